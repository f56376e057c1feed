#include "base/crc32c.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <string>

namespace tickstock {
namespace {

std::string ascending(std::size_t count) {
    std::string bytes(count, '\0');
    for (std::size_t i = 0; i < count; ++i) {
        bytes[i] = static_cast<char>(i);
    }
    return bytes;
}

void expect_crc(const std::string& bytes, std::uint32_t expected) {
    EXPECT_EQ(crc32c(bytes), expected);
    EXPECT_EQ(crc32c_portable(bytes), expected);
}

// The check value of the CRC catalogue, and the vectors of RFC 3720 B.4.
TEST(Crc32c, PublishedCheckValues) {
    expect_crc("", 0);
    expect_crc("123456789", 0xE3069283);
    expect_crc(std::string(32, '\0'), 0x8A9136AA);
    expect_crc(std::string(32, '\xFF'), 0x62A8AB43);
    std::string bytes = ascending(32);
    expect_crc(bytes, 0x46DD794E);
    std::reverse(bytes.begin(), bytes.end());
    expect_crc(bytes, 0x113FDB5C);
}

TEST(Crc32c, IscsiReadCommand) {
    constexpr std::array<unsigned char, 48> command{
        0x01, 0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00,
        0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x18, 0x28, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};
    expect_crc(std::string(command.begin(), command.end()), 0xD9963A56);
}

RC_GTEST_PROP(Crc32c, InstructionAndTablesAgree, (const std::string& bytes, std::uint32_t crc)) {
    RC_ASSERT(crc32c(bytes, crc) == crc32c_portable(bytes, crc));
}

RC_GTEST_PROP(Crc32c, ContinuesOverPieces, (const std::string& a, const std::string& b)) {
    RC_ASSERT(crc32c(b, crc32c(a)) == crc32c(a + b));
}

}  // namespace
}  // namespace tickstock
