#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tickstock {

enum class Align : unsigned char { Left, Right };

/// Columns that `text` takes. REQUIRES: it passed clean_text() or is the program's own.
std::size_t text_width(std::string_view text);

/// A server's text as a terminal may show it: bytes that are no UTF-8, control characters (a
/// terminal obeys them) and characters that may take no or two columns become '?'.
std::string clean_text(std::string_view text);

/// Exactly `width` columns: filled with blanks, or cut with '…' as its last character.
std::string fit(std::string_view text, std::size_t width, Align align = Align::Left);

/// The first `width` columns at most, without a mark.
std::string_view first_columns(std::string_view text, std::size_t width);

/// Each character in ASCII, one for one: for terminals without UTF-8.
std::string to_ascii(std::string_view text);

}  // namespace tickstock
