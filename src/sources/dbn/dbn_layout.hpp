#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

#include "base/assert.hpp"

namespace tickstock::dbn {

// Where things stand in Databento's binary encoding (DBN), versions 1 to 3: little endian, records
// of a fixed layout, each with its length in front. Offsets count from a record's first byte.

inline constexpr std::string_view magic = "DBN";
inline constexpr std::uint8_t version_first = 1;
inline constexpr std::uint8_t version_last = 3;

/// What a record is.
namespace rtype {
inline constexpr std::uint8_t trade = 0x00;
inline constexpr std::uint8_t mbp_1 = 0x01;  ///< also the schema tbbo
inline constexpr std::uint8_t mbp_10 = 0x0A;
inline constexpr std::uint8_t ohlcv_old = 0x11;  ///< of the first version, without an interval
inline constexpr std::uint8_t status = 0x12;
inline constexpr std::uint8_t definition = 0x13;
inline constexpr std::uint8_t imbalance = 0x14;
inline constexpr std::uint8_t error = 0x15;
inline constexpr std::uint8_t symbol_mapping = 0x16;
inline constexpr std::uint8_t system = 0x17;
inline constexpr std::uint8_t statistics = 0x18;
inline constexpr std::uint8_t ohlcv_1s = 0x20;
inline constexpr std::uint8_t ohlcv_1m = 0x21;
inline constexpr std::uint8_t ohlcv_1h = 0x22;
inline constexpr std::uint8_t ohlcv_1d = 0x23;
inline constexpr std::uint8_t ohlcv_eod = 0x24;
inline constexpr std::uint8_t mbo = 0xA0;
inline constexpr std::uint8_t cmbp_1 = 0xB1;
inline constexpr std::uint8_t cbbo_1s = 0xC0;
inline constexpr std::uint8_t cbbo_1m = 0xC1;
inline constexpr std::uint8_t tcbbo = 0xC2;
inline constexpr std::uint8_t bbo_1s = 0xC3;
inline constexpr std::uint8_t bbo_1m = 0xC4;
}  // namespace rtype

inline constexpr std::size_t header_bytes = 16;
inline constexpr std::size_t length_unit = 4;  ///< the length byte counts words of 4 bytes

// The header of every record.
inline constexpr std::size_t at_length = 0;      // u8
inline constexpr std::size_t at_rtype = 1;       // u8
inline constexpr std::size_t at_publisher = 2;   // u16
inline constexpr std::size_t at_instrument = 4;  // u32
inline constexpr std::size_t at_ts_event = 8;    // u64, ns since 1970

/// Trades, and in front of its levels every record of the market-by-price family.
namespace trade {
inline constexpr std::size_t price = 16;     // i64
inline constexpr std::size_t size = 24;      // u32
inline constexpr std::size_t action = 28;    // char
inline constexpr std::size_t flags = 30;     // u8
inline constexpr std::size_t ts_recv = 32;   // u64
inline constexpr std::size_t sequence = 44;  // u32; reserved in consolidated records
inline constexpr std::size_t bytes = 48;
}  // namespace trade

/// The first level of the market-by-price family.
namespace level {
inline constexpr std::size_t bid = 48;            // i64
inline constexpr std::size_t ask = 56;            // i64
inline constexpr std::size_t bid_size = 64;       // u32
inline constexpr std::size_t ask_size = 68;       // u32
inline constexpr std::size_t bid_publisher = 72;  // u16, consolidated records only
inline constexpr std::size_t ask_publisher = 76;  // u16
inline constexpr std::size_t bytes = 80;
inline constexpr std::size_t bytes_of_ten = 48 + 10 * 32;
}  // namespace level

namespace mbo {
inline constexpr std::size_t price = 24;
inline constexpr std::size_t size = 32;
inline constexpr std::size_t flags = 36;
inline constexpr std::size_t action = 38;
inline constexpr std::size_t ts_recv = 40;
inline constexpr std::size_t sequence = 52;
inline constexpr std::size_t bytes = 56;
}  // namespace mbo

namespace ohlcv {
inline constexpr std::size_t open = 16;
inline constexpr std::size_t high = 24;
inline constexpr std::size_t low = 32;
inline constexpr std::size_t close = 40;
inline constexpr std::size_t volume = 48;  // u64
inline constexpr std::size_t bytes = 56;
}  // namespace ohlcv

namespace status {
inline constexpr std::size_t ts_recv = 16;
inline constexpr std::size_t action = 24;      // u16
inline constexpr std::size_t reason = 26;      // u16
inline constexpr std::size_t is_trading = 30;  // 'Y', 'N' or '~'
inline constexpr std::size_t bytes = 40;
}  // namespace status

// Records with symbols: their places depend on the version and the length of a symbol.
inline constexpr std::size_t symbol_length_v1 = 22;
inline constexpr std::size_t definition_ts_recv = 16;

/// Of an instrument definition's raw symbol.
constexpr std::size_t definition_symbol(std::uint8_t version) {
    return version < 3 ? 200 : 238;
}
/// Of a symbol mapping's stype_out_symbol; behind it, start_ts and end_ts. Version 1 has no stypes.
constexpr std::size_t mapping_symbol_out(std::uint8_t version, std::size_t symbol_length) {
    return version < 2 ? header_bytes + symbol_length : header_bytes + symbol_length + 2;
}

inline constexpr char action_trade = 'T';
inline constexpr std::uint8_t flag_bad_ts_recv = 0x08;
inline constexpr std::uint8_t flag_maybe_bad_book = 0x04;

inline constexpr std::int64_t price_undefined = std::numeric_limits<std::int64_t>::max();
inline constexpr std::uint32_t size_undefined = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::uint64_t time_undefined = std::numeric_limits<std::uint64_t>::max();

/// The integer at `offset`. REQUIRES: it lies inside of `bytes`.
template <class Integer>
Integer get(std::string_view bytes, std::size_t offset) {
    static_assert(std::endian::native == std::endian::little);
    TS_ASSERT(offset + sizeof(Integer) <= bytes.size());
    Integer value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

/// A text of at most `length` bytes, ended by its first zero. REQUIRES: as get().
inline std::string_view get_text(std::string_view bytes, std::size_t offset, std::size_t length) {
    TS_ASSERT(offset + length <= bytes.size());
    const std::string_view field = bytes.substr(offset, length);
    return field.substr(0, field.find('\0'));
}

}  // namespace tickstock::dbn
