#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/status.hpp"

namespace tickstock {

/// The summary's lines about sale conditions that the table does not know; nothing when there are
/// none. To standard error.
void print_unknown_conditions(const std::vector<UnknownConditionEntry>& entries);

/// `--quarantine FILE`: every trade that the sanity guard held back, in the order of admission, a
/// JSON object a line. Opened before the run, so that a bad path is told at once.
class QuarantineFile {
public:
    /// `path` "-" is standard output. An error names the file and the cause.
    static Result<QuarantineFile> open(const std::string& path);

    /// Writes and closes. Once.
    Result<std::size_t> write(const std::vector<QuarantineEntry>& entries);

private:
    struct Close {
        void operator()(std::FILE* file) const {
            if (file != stdout) {
                std::fclose(file);
            }
        }
    };

    std::string path_;
    std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace tickstock
