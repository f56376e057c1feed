#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tickstock {

/// Length in bytes of the valid UTF-8 sequence at the front of `text` (RFC 3629: not overlong, no
/// surrogate, at most U+10FFFF); 0 when there is none. REQUIRES: not empty.
std::size_t utf8_sequence(std::string_view text);

/// The code point of such a sequence. REQUIRES: `sequence` is exactly one valid sequence.
std::uint32_t code_point(std::string_view sequence);

}  // namespace tickstock
