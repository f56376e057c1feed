#pragma once

#include <cstdint>
#include <string_view>

namespace tickstock {

/// CRC-32C (Castagnoli polynomial 0x1EDC6F41, reflected), as in iSCSI: the checksum of journal
/// frames. Uses the processor's instruction where there is one. `crc` is the checksum of the bytes
/// before, so that crc32c(b, crc32c(a)) is the checksum of a and b together.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc = 0);

/// The same from tables alone, on any processor; tests compare the two.
std::uint32_t crc32c_portable(std::string_view bytes, std::uint32_t crc = 0);

}  // namespace tickstock
