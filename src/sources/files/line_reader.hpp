#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "sources/files/byte_source.hpp"

namespace tickstock {

/// Cuts a byte source into lines without copying them. A line ends with LF or CRLF, the last one
/// perhaps with nothing; a UTF-8 byte order mark at the begin is skipped. Memory: the buffer size
/// given, growing to line_length_max + that size when a line needs it.
class LineReader {
public:
    explicit LineReader(std::unique_ptr<ByteSource> source,
                        std::size_t buffer_size = std::size_t{256} << 10);

    struct Line {
        std::string_view text;     ///< lives until the next call; line_padding bytes behind it
        std::uint64_t number = 0;  ///< from 1
        std::uint64_t byte = 0;    ///< of its begin in the decompressed text
        bool too_long = false;     ///< over line_length_max: `text` is only its begin
    };

    /// The next line; nothing at the end or after a failure of the source.
    std::optional<Line> next();

    /// The first bytes of the source, at most `wanted`, without taking them. Call before next().
    std::string_view head(std::size_t wanted);

    const ByteSource& source() const { return *source_; }

    /// Gives the source back, together with the bytes read so far. Call before next(), as the last.
    std::unique_ptr<ByteSource> release() &&;

    std::uint64_t lines() const { return number_; }

private:
    bool fill();
    Line take(std::size_t length, std::size_t line_end);
    Line skip_long_line();

    std::unique_ptr<ByteSource> source_;
    std::size_t buffer_size_;
    std::vector<char> buffer_;  // padded behind end_
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t number_ = 0;
    std::uint64_t byte_ = 0;  // of begin_
    bool at_end_ = false;
};

}  // namespace tickstock
