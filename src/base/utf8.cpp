#include "base/utf8.hpp"

namespace tickstock {

std::size_t utf8_sequence(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto tail = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
    const unsigned lead = byte(0);
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        return tail(1) ? 2 : 0;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        const bool overlong = lead == 0xE0 && text.size() > 1 && byte(1) < 0xA0;
        const bool surrogate = lead == 0xED && text.size() > 1 && byte(1) > 0x9F;
        return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const bool overlong = lead == 0xF0 && text.size() > 1 && byte(1) < 0x90;
        const bool too_high = lead == 0xF4 && text.size() > 1 && byte(1) > 0x8F;
        return tail(1) && tail(2) && tail(3) && !overlong && !too_high ? 4 : 0;
    }
    return 0;
}

std::uint32_t code_point(std::string_view sequence) {
    const auto byte = [&](std::size_t i) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(sequence[i]));
    };
    if (sequence.size() == 1) {
        return byte(0);
    }
    // The lead byte has 7 - n bits for a sequence of n bytes, each other byte 6.
    std::uint32_t code = byte(0) & (0x7FU >> sequence.size());
    for (std::size_t i = 1; i < sequence.size(); ++i) {
        code = code << 6 | (byte(i) & 0x3FU);
    }
    return code;
}

}  // namespace tickstock
