#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/record.hpp"
#include "sources/format.hpp"
#include "sources/formats/decode_context.hpp"

namespace tickstock {

/// Bytes that must be readable behind every line handed to a decoder (simdjson's padding).
inline constexpr std::size_t line_padding = 64;

/// Longest line that is read; longer ones are counted as line_too_long.
inline constexpr std::size_t line_length_max = std::size_t{1} << 20;

/// Turns one line of text into records. Pure: bytes in, records and counts out.
class LineDecoder {
public:
    virtual ~LineDecoder() = default;

    /// Appends the records of `line` (without its line end) to `out` and counts every row of it
    /// in the context's ledger. A row is never partly decoded; a bad one changes nothing else.
    /// REQUIRES: line.size() <= line_length_max, line_padding readable bytes behind it.
    virtual void decode(std::string_view line, std::vector<Record>& out) = 0;
};

/// True for formats whose first line names the columns.
bool has_header(Format format);

/// The decoder of a text format. `header` is the first line of formats that have one. Fails when
/// the header lacks a column that the format needs. `context` must outlive the decoder.
/// REQUIRES: a format of lines of text, so neither Journal nor Dbn.
Result<std::unique_ptr<LineDecoder>> make_line_decoder(Format format, std::string_view header,
                                                       DecodeContext& context);

}  // namespace tickstock
