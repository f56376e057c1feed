#include "server/frame_check.hpp"

#include <algorithm>
#include <cstddef>

namespace tickstock {

bool ends_within_character(std::string_view text) {
    const std::size_t most = std::min<std::size_t>(text.size(), 3);
    for (std::size_t back = 1; back <= most; ++back) {
        const auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if (byte < 0x80) {
            return false;
        }
        if (byte >= 0xC0) {  // the last character's first byte: it tells its length
            const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
            return length > back;
        }
    }
    return false;
}

}  // namespace tickstock
