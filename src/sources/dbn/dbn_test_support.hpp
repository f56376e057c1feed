#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "sources/dbn/dbn_layout.hpp"

namespace tickstock::dbn {

// DBN written byte by byte, each version by its own layout, for this folder's tests. Kinds and
// flags stand as numbers there: the decoder's names must not be right by themselves.

inline constexpr std::array<std::uint8_t, 3> versions{1, 2, 3};

inline void put(std::string& out, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) {
        out += static_cast<char>(i < 8 ? value >> (8 * i) & 0xFF : 0);
    }
}

inline void put_text(std::string& out, std::string_view text, std::size_t bytes) {
    TS_ASSERT(text.size() <= bytes);
    out.append(text).append(bytes - text.size(), '\0');
}

struct TestInterval {
    std::string asked;
    std::uint32_t start = 0;
    std::uint32_t end = 0;
    std::string found;
};

struct TestHead {
    std::uint8_t version = 3;
    std::uint8_t stype_in = 1;   // raw symbol
    std::uint8_t stype_out = 0;  // instrument id
    std::size_t symbol_bytes = 71;
    std::vector<TestInterval> mappings;
};

/// Magic, version, length and metadata.
inline std::string write_head(const TestHead& head) {
    const bool first = head.version == 1;
    const std::size_t width = first ? 22 : head.symbol_bytes;
    std::string body;
    put_text(body, "XNAS.ITCH", 16);
    put(body, 4, 2);   // schema trades
    put(body, 0, 24);  // start, end, limit
    if (first) {
        put(body, 7, 8);  // record count
    }
    put(body, head.stype_in, 1);
    put(body, head.stype_out, 1);
    put(body, 0, 1);  // ts_out
    if (!first) {
        put(body, width, 2);
    }
    put(body, 0, first ? 47 : 53);
    TS_ASSERT(body.size() == 100);
    put(body, 0, 4);  // no schema definition
    put(body, 1, 4);
    put_text(body, "ABC", width);  // symbols
    put(body, 0, 4);               // partial
    put(body, 0, 4);               // not found
    put(body, head.mappings.size(), 4);
    for (const TestInterval& mapping : head.mappings) {
        put_text(body, mapping.asked, width);
        put(body, 1, 4);
        put(body, mapping.start, 4);
        put(body, mapping.end, 4);
        put_text(body, mapping.found, width);
    }
    if (head.version >= 3) {
        body.append((8 - body.size() % 8) % 8, '\0');
    }
    std::string out = "DBN";
    put(out, head.version, 1);
    put(out, body.size(), 4);
    return out + body;
}

inline constexpr std::uint64_t test_time = 1'609'146'088'297'098'637;  // 2020-12-28 09:01 UTC

struct TestRecord {
    std::uint8_t kind = 0x00;
    std::uint16_t publisher = 2;
    std::uint32_t instrument = 6155;
    std::uint64_t event = test_time;
};

/// Header and body; the length byte fits.
inline std::string write_record(const TestRecord& record, const std::string& body) {
    std::string out;
    put(out, (header_bytes + body.size()) / length_unit, 1);
    put(out, record.kind, 1);
    put(out, record.publisher, 2);
    put(out, record.instrument, 4);
    put(out, record.event, 8);
    return out + body;
}

struct TestTrade {
    std::int64_t price = 100'500'000'000;
    std::uint32_t size = 25;
    char action = 'T';
    std::uint8_t flags = 0x80;
    std::uint64_t recv = test_time + 1000;
    std::uint32_t sequence = 77;
};

inline std::string trade_body(const TestTrade& trade = {}) {
    std::string out;
    put(out, static_cast<std::uint64_t>(trade.price), 8);
    put(out, trade.size, 4);
    out += trade.action;
    out += 'B';
    put(out, trade.flags, 1);
    put(out, 0, 1);  // depth
    put(out, trade.recv, 8);
    put(out, 0, 4);
    put(out, trade.sequence, 4);
    return out;
}

inline std::string write_trade(const TestRecord& record = {}, const TestTrade& trade = {}) {
    return write_record(record, trade_body(trade));
}

struct TestLevel {
    std::int64_t bid = 100'000'000'000;
    std::int64_t ask = 101'000'000'000;
    std::uint32_t bid_size = 3;
    std::uint32_t ask_size = 4;
    std::uint32_t bid_publisher = 8;  // or the count of orders
    std::uint32_t ask_publisher = 43;
};

inline std::string level_body(const TestLevel& level = {}) {
    std::string out;
    put(out, static_cast<std::uint64_t>(level.bid), 8);
    put(out, static_cast<std::uint64_t>(level.ask), 8);
    put(out, level.bid_size, 4);
    put(out, level.ask_size, 4);
    put(out, level.bid_publisher, 4);
    put(out, level.ask_publisher, 4);
    return out;
}

/// A record of the market-by-price family with one level.
inline std::string write_top(std::uint8_t kind, const TestTrade& trade = {},
                             const TestLevel& level = {}) {
    return write_record({kind}, trade_body(trade) + level_body(level));
}

inline std::string write_bar(std::uint8_t kind, const std::array<std::int64_t, 4>& prices,
                             std::uint64_t volume) {
    std::string body;
    for (const std::int64_t price : prices) {
        put(body, static_cast<std::uint64_t>(price), 8);
    }
    put(body, volume, 8);
    return write_record({kind}, body);
}

inline std::string write_status(std::uint16_t action, std::uint16_t reason, char is_trading) {
    std::string body;
    put(body, test_time + 5, 8);
    put(body, action, 2);
    put(body, reason, 2);
    put(body, 0, 2);
    body += is_trading;
    body += "~~";
    body.append(7, '\0');
    return write_record({0x12}, body);
}

inline std::string write_mapping(std::uint8_t version, std::uint32_t instrument,
                                 std::string_view symbol) {
    std::string body;
    if (version == 1) {
        put_text(body, "ASKED", 22);
        put_text(body, symbol, 22);
        put(body, 0, 4);
    } else {
        put(body, 1, 1);
        put_text(body, "ASKED", 71);
        put(body, 1, 1);
        put_text(body, symbol, 71);
    }
    put(body, 0, 16);  // start and end
    return write_record({0x16, 0, instrument}, body);
}

/// 360, 400 and 520 bytes.
inline std::string write_definition(std::uint8_t version, std::uint32_t instrument,
                                    std::string_view symbol, std::uint64_t recv) {
    std::string body;
    put(body, recv, 8);
    body.resize((version < 3 ? 200 : 238) - header_bytes, 'x');
    put_text(body, symbol, version == 1 ? 22 : 71);
    body.resize((version == 1 ? 360 : version == 2 ? 400 : 520) - header_bytes, 'x');
    return write_record({0x13, 2, instrument}, body);
}

}  // namespace tickstock::dbn
