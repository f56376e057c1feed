#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "config/config.hpp"
#include "engine/live_source.hpp"
#include "model/record_reader.hpp"
#include "sources/feed/feed_key.hpp"
#include "sources/file_reader.hpp"
#include "sources/push/push_queue.hpp"

namespace tickstock {

/// Opens recorded files of any format, journals included, as one run of records.
Result<std::unique_ptr<RecordReader>> open_recorded(const std::vector<std::string>& paths,
                                                    const std::string& format,
                                                    RejectCallback on_first_reject);

struct LiveInputs {
    std::vector<std::unique_ptr<LiveSource>> sources;
    PushQueue* push = nullptr;  ///< one of them; null = no push source is configured
};

/// What inputs need beside the settings.
struct InputParts {
    const Clock& clock;  ///< outlives the inputs; its wall time finds the synthetic market's date
    std::shared_ptr<const FeedKey> polygon_key;  ///< null = none was given
};

/// The inputs that the settings name. An error names the setting, or the file.
Result<LiveInputs> open_live_sources(const Config& config, const InputParts& parts);

}  // namespace tickstock
