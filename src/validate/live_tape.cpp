#include "validate/live_tape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/assert.hpp"
#include "validate/raw_json.hpp"

namespace tickstock::validate {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t begin_ns = 1'709'650'800 * second_ns;  // 2024-03-05 10:00 in New York

void next_row(std::string& rows) {
    if (!rows.empty()) {
        rows += '\n';
    }
}

}  // namespace

LiveTape::LiveTape(std::uint32_t symbols, std::uint64_t trades_per_second,
                   std::uint64_t highs_per_second)
    : symbols_(symbols),
      rate_(trades_per_second),
      rounds_a_high_(std::max<std::uint64_t>(2, trades_per_second / highs_per_second)) {
    TS_ASSERT(second_ns % trades_per_second == 0);
}

void LiveTape::append_trades(std::uint64_t first, std::uint64_t count, std::string& rows) const {
    for (std::uint64_t number = first; number < first + count; ++number) {
        const std::uint64_t symbol = number % symbols_;
        const std::uint64_t turn = number / symbols_ + symbol;  // symbols are apart in phase
        const std::uint64_t highs = turn / rounds_a_high_;
        // 0.20 USD above the level, which then follows: more than the least change that counts.
        const bool is_high = turn % rounds_a_high_ == rounds_a_high_ - 1;
        const std::uint64_t cents = 10'000 + highs * 20 + (is_high ? 20 : 0);
        next_row(rows);
        fmt::format_to(std::back_inserter(rows),
                       R"({{"symbol":"V{:05}","price":{}.{:02},"size":100,"timestamp":{}}})",
                       symbol, cents / 100, cents % 100, begin_ns + number * (second_ns / rate_));
    }
}

void LiveTape::append_bars(unsigned minutes_before, std::uint32_t first, std::uint32_t count,
                           std::string& rows) const {
    for (std::uint32_t symbol = first; symbol < std::min(first + count, symbols_); ++symbol) {
        next_row(rows);
        fmt::format_to(
            std::back_inserter(rows),
            R"({{"type":"bar","symbol":"V{:05}","open":100,"high":100.05,"low":99.95,"close":100.02,"volume":{},"timestamp":{},"timeframe":"1m"}})",
            symbol, 1000 + symbol % 100, begin_ns - minutes_before * 60 * second_ns);
    }
}

void LiveTape::append_fair_values(std::uint32_t first, std::uint32_t count,
                                  std::string& rows) const {
    for (std::uint32_t symbol = first; symbol < std::min(first + count, symbols_); ++symbol) {
        next_row(rows);
        fmt::format_to(
            std::back_inserter(rows),
            R"({{"type":"fmv","symbol":"V{:05}","fmv":{},"market_price":100,"confidence":0.95,"timestamp":{}}})",
            symbol, symbol % 20 == 0 ? "101.5" : "100.2", begin_ns - 1);
    }
}

std::optional<std::uint64_t> LiveTape::trade_of(std::string_view event_body) const {
    std::string_view type;
    std::optional<std::uint64_t> time;
    for (const RawMember& member : raw_members(event_body)) {
        if (member.name == "type") {
            type = raw_text(member.value);
        } else if (member.name == "ts") {
            time = raw_number(member.value);
            break;
        }
    }
    if (type != "high" || !time || *time < begin_ns ||
        (*time - begin_ns) % (second_ns / rate_) != 0) {
        return std::nullopt;
    }
    return (*time - begin_ns) / (second_ns / rate_);
}

}  // namespace tickstock::validate
