#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/assert.hpp"

namespace tickstock {

/// Writes integers, least significant byte first, into bytes of a fixed size. What lies on disk
/// never depends on a struct's layout or the processor.
class LittleEndianWriter {
public:
    explicit LittleEndianWriter(std::span<char> out) : out_(out) {}

    /// REQUIRES: room for it.
    template <class Integer>
    void put(Integer value) {
        static_assert(std::is_integral_v<Integer>);
        TS_ASSERT(out_.size() - at_ >= sizeof(Integer));
        if constexpr (std::endian::native == std::endian::little) {
            std::memcpy(out_.data() + at_, &value, sizeof value);
            at_ += sizeof value;
        } else {
            auto bits = static_cast<std::uint64_t>(value);
            for (std::size_t i = 0; i < sizeof(Integer); ++i, bits >>= 8) {
                out_[at_++] = static_cast<char>(bits & 0xFF);
            }
        }
    }
    void put_double(double value) { put(std::bit_cast<std::uint64_t>(value)); }
    void put_bytes(std::string_view bytes) {
        TS_ASSERT(out_.size() - at_ >= bytes.size());
        bytes.copy(out_.data() + at_, bytes.size());
        at_ += bytes.size();
    }

    std::size_t size() const { return at_; }

private:
    std::span<char> out_;
    std::size_t at_ = 0;
};

/// Reads back what LittleEndianWriter wrote. Past the end it yields zeros and says so in ok(), so a
/// decoder asks once, at its end.
class LittleEndianReader {
public:
    explicit LittleEndianReader(std::string_view bytes) : bytes_(bytes) {}

    template <class Integer>
    Integer get() {
        static_assert(std::is_integral_v<Integer>);
        const std::string_view bytes = get_bytes(sizeof(Integer));
        if (bytes.size() != sizeof(Integer)) {
            return 0;
        }
        if constexpr (std::endian::native == std::endian::little) {
            Integer value;
            std::memcpy(&value, bytes.data(), sizeof value);
            return value;
        } else {
            std::uint64_t bits = 0;
            for (std::size_t i = bytes.size(); i > 0; --i) {
                bits = bits << 8 | static_cast<std::uint8_t>(bytes[i - 1]);
            }
            return static_cast<Integer>(bits);
        }
    }
    double get_double() { return std::bit_cast<double>(get<std::uint64_t>()); }
    std::string_view get_bytes(std::size_t count) {
        if (bytes_.size() - at_ < count) {
            fail();
            return {};
        }
        at_ += count;
        return bytes_.substr(at_ - count, count);
    }
    /// A value that cannot be: from here on nothing is read.
    void fail() {
        ok_ = false;
        at_ = bytes_.size();
    }

    /// Everything asked for was there.
    bool ok() const { return ok_; }
    bool at_end() const { return at_ == bytes_.size(); }
    std::size_t left() const { return bytes_.size() - at_; }

private:
    std::string_view bytes_;
    std::size_t at_ = 0;
    bool ok_ = true;
};

}  // namespace tickstock
