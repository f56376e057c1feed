#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "model/record.hpp"

namespace tickstock::golden {

/// One text file: what came in, and what a trader should see (the grammar stands in
/// tests/README.md).
struct Case {
    std::string path;
    std::vector<std::string> input;   ///< as written, comments included
    std::vector<std::string> events;  ///< expected, comments and blank lines left out
    std::vector<std::string> dropped;
    Config config;
    RecordBatch batch;
};

/// Throws std::runtime_error naming file and line.
Case read_case(const std::string& path);

/// Runs the records, one a batch or all at once, and says what came out in the file's words.
struct Outcome {
    std::vector<std::string> events;
    std::vector<std::string> dropped;
};
Outcome run_case(const Case& golden, std::size_t batch_size, unsigned shards);

/// Rewrites the expectations in place (TICKSTOCK_UPDATE_GOLDEN=1); the diff is for review.
void rewrite_case(const Case& golden, const Outcome& outcome);

}  // namespace tickstock::golden
