#include "base/crc32c.hpp"

#include <array>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace tickstock {
namespace {

constexpr std::uint32_t reflected_polynomial = 0x82F63B78;

// tables[0] advances the checksum by one byte, tables[k] by that byte and k zero bytes after it, so
// that eight bytes are folded in with eight independent look-ups.
using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Tables make_tables() {
    Tables tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1) ^ ((crc & 1U) != 0 ? reflected_polynomial : 0U);
        }
        tables[0][byte] = crc;
    }
    for (std::size_t k = 1; k < tables.size(); ++k) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t before = tables[k - 1][byte];
            tables[k][byte] = (before >> 8) ^ tables[0][before & 0xFF];
        }
    }
    return tables;
}

constexpr Tables tables = make_tables();

std::uint32_t byte_at(const char* at) {
    return static_cast<std::uint8_t>(*at);
}

#if defined(__x86_64__)

__attribute__((target("sse4.2"))) std::uint32_t crc32c_sse42(std::string_view bytes,
                                                             std::uint32_t crc) {
    std::uint64_t state = ~crc;
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= sizeof(std::uint64_t); left -= sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof word);
        state = _mm_crc32_u64(state, word);
        at += sizeof word;
    }
    auto narrow = static_cast<std::uint32_t>(state);
    for (; left > 0; --left) {
        narrow = _mm_crc32_u8(narrow, static_cast<std::uint8_t>(*at++));
    }
    return ~narrow;
}

bool has_crc_instruction() {
    return __builtin_cpu_supports("sse4.2") != 0;
}

#endif

}  // namespace

std::uint32_t crc32c_portable(std::string_view bytes, std::uint32_t crc) {
    std::uint32_t state = ~crc;
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, at += 8) {
        const std::uint32_t low = state ^ (byte_at(at) | byte_at(at + 1) << 8 |
                                           byte_at(at + 2) << 16 | byte_at(at + 3) << 24);
        state = tables[7][low & 0xFF] ^ tables[6][(low >> 8) & 0xFF] ^
                tables[5][(low >> 16) & 0xFF] ^ tables[4][low >> 24] ^ tables[3][byte_at(at + 4)] ^
                tables[2][byte_at(at + 5)] ^ tables[1][byte_at(at + 6)] ^
                tables[0][byte_at(at + 7)];
    }
    for (; left > 0; --left, ++at) {
        state = (state >> 8) ^ tables[0][(state ^ byte_at(at)) & 0xFF];
    }
    return ~state;
}

std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc) {
#if defined(__x86_64__)
    static const bool fast = has_crc_instruction();
    if (fast) {
        return crc32c_sse42(bytes, crc);
    }
#endif
    return crc32c_portable(bytes, crc);
}

}  // namespace tickstock
