#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/multi_channel_system.hpp"

namespace tickstock {

/// Writes the detections that became no event of their own as NDJSON, in the order in which they
/// were decided (`replay --losers FILE`).
class LosersFile {
public:
    /// `path` "-" is standard output. Tells `system` to collect them; it must outlive this.
    static Result<std::unique_ptr<LosersFile>> open(const std::string& path,
                                                    MultiChannelSystem& system);
    ~LosersFile();
    LosersFile(const LosersFile&) = delete;
    LosersFile& operator=(const LosersFile&) = delete;

    /// Writes what was decided since the last call.
    void write();

    /// Writes what is left and closes. An error names the file and the cause.
    Result<std::uint64_t> finish();  ///< lines written

private:
    LosersFile(const std::string& path, std::FILE* file, MultiChannelSystem& system);

    const std::string path_;
    std::FILE* file_;
    MultiChannelSystem& system_;
    std::vector<Loser> losers_;  // reused
    std::string line_;           // reused
    std::uint64_t lines_ = 0;
    int error_ = 0;  // errno of the first failed write
};

}  // namespace tickstock
