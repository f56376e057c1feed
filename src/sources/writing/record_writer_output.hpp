#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tickstock {

/// Bytes on their way through a compressor into a file. Once an error came back, every further call
/// returns it.
class OutputSink {
public:
    virtual ~OutputSink() = default;
    virtual std::optional<Error> write(std::string_view bytes) = 0;
    /// Everything is on disk (or handed to the pipe) after it.
    virtual std::optional<Error> finish() = 0;
    /// Bytes that reached the file so far.
    virtual std::uint64_t bytes() const = 0;
};

/// Opens `path`: "-" = standard output, *.gz and *.zst are compressed. A regular file is written as
/// `path`.tmp, synced and renamed by finish(), and removed if finish() was not reached; devices and
/// pipes are written as they are.
Result<std::unique_ptr<OutputSink>> open_output(const std::string& path);

}  // namespace tickstock
