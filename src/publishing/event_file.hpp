#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "publishing/event_stream.hpp"

namespace tickstock {

/// Writes event bodies as NDJSON, a body a line.
class EventFile {
public:
    virtual ~EventFile() = default;

    virtual void write(const StreamEntry& entry, std::string_view body) = 0;

    /// Writes what is left and closes. An error names the file and the cause; nothing may be
    /// written after.
    virtual Result<std::uint64_t> finish() = 0;  ///< lines written
};

/// In stream order, line by line. `path` "-" is standard output.
Result<std::unique_ptr<EventFile>> open_stream_order_file(const std::string& path);

/// Sorted by (ts, symbol, type, id, rev), which does not depend on when an event came out. Bodies
/// over `memory_limit` bytes go to sorted runs in a temporary file that are merged at the end.
Result<std::unique_ptr<EventFile>> open_sorted_file(const std::string& path,
                                                    std::size_t memory_limit = std::size_t{256}
                                                                               << 20);

}  // namespace tickstock
