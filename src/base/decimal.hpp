#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tickstock {

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

/// Why a text is no decimal number of the wanted size.
enum class DecimalStatus : std::uint8_t {
    Ok,
    Malformed,   ///< not `-?digits[.digits][(e|E)[+-]digits]`; "NaN", "inf", "1,5", "0x10" are this
    OutOfRange,  ///< a number, but its scaled value does not fit in int64
};

/// Reads a decimal number exactly into an integer scaled by 10^scale (0 ≤ scale ≤ 18). Digits after
/// the scale-th are rounded half to even. The whole of `text` must be the number. Never reads
/// floating point.
DecimalStatus parse_decimal(std::string_view text, int scale, std::int64_t& out);

/// Appends `raw` / 10^scale as the shortest exact decimal: no exponent, no trailing zeros.
void append_decimal(std::string& out, std::int64_t raw, int scale);

/// Appends a double rounded half-even to 6 decimals, trailing zeros cut, −0 as 0. Published doubles
/// all pass here, so the text is the same on every compiler. `value` must be finite.
void append_double(std::string& out, double value);

}  // namespace tickstock
