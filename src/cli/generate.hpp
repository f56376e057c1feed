#pragma once

#include <string>

#include "config/config.hpp"

namespace tickstock {

/// `tickstock generate`: a synthetic session to a file.
struct GenerateOptions {
    std::string out;     ///< "-" = standard output
    std::string format;  ///< empty = by the name of `out`, else polygon-ws
    std::string from;    ///< exchange-local time of day, "HH:MM[:SS]"; empty = the day's begin
    std::string to;      ///< empty = the day's end
    SyntheticSettings market;
};

/// Writes the file; progress and summary go to standard error. Exit code: 0 good, 1 the file could
/// not be written, 2 an option is wrong.
int run_generate(const GenerateOptions& options);

}  // namespace tickstock
