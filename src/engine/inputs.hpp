#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "config/config.hpp"
#include "engine/live_source.hpp"
#include "model/record_reader.hpp"
#include "sources/file_reader.hpp"

namespace tickstock {

/// Opens recorded files of any format, journals included, as one run of records.
Result<std::unique_ptr<RecordReader>> open_recorded(const std::vector<std::string>& paths,
                                                    const std::string& format,
                                                    RejectCallback on_first_reject);

/// The inputs that the settings name. `now` only finds the date of a synthetic market whose date is
/// not set. An error names the setting, or the file.
Result<std::vector<std::unique_ptr<LiveSource>>> open_live_sources(const Config& config,
                                                                   UnixNanos now);

}  // namespace tickstock
