#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "config/config.hpp"
#include "model/record_reader.hpp"
#include "sources/file_reader.hpp"
#include "sources/paced_source.hpp"

namespace tickstock {

/// Opens recorded files of any format, journals included, as one run of records.
Result<std::unique_ptr<RecordReader>> open_recorded(const std::vector<std::string>& paths,
                                                    const std::string& format,
                                                    RejectCallback on_first_reject);

/// A paced input of the live engine, and how people know it.
struct LiveInput {
    std::string name;    ///< "synthetic", "replay"
    std::string detail;  ///< files; symbols, seed and date
    double speed = 1;
    std::unique_ptr<PacedSource> source;
};

/// The input that the settings name. `now` only finds the date of a synthetic market whose date is
/// not set. An error names the setting, or the file.
Result<LiveInput> open_live_input(const Config& config, UnixNanos now);

}  // namespace tickstock
