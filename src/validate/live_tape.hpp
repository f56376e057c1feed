#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tickstock::validate {

/// A made-up market as rows for /ingest: so many symbols trade in turn at an even pace, each makes
/// a new session high every few seconds. The n-th trade has a time of its own, so an event tells
/// which trade made it. The same for the same arguments.
class LiveTape {
public:
    /// REQUIRES: all ≥ 1; 1e9 is a multiple of `trades_per_second`.
    LiveTape(std::uint32_t symbols, std::uint64_t trades_per_second,
             std::uint64_t highs_per_second);

    std::uint32_t symbols() const { return symbols_; }
    std::uint64_t trades_per_second() const { return rate_; }

    /// Rows are appended, with line ends between them.
    void append_trades(std::uint64_t first, std::uint64_t count, std::string& rows) const;
    /// A bar of one minute and a fair value of each symbol, of the minute so many minutes before
    /// the first trade. One in twenty fair values is far enough off to be an event.
    void append_bars(unsigned minutes_before, std::uint32_t first, std::uint32_t count,
                     std::string& rows) const;
    void append_fair_values(std::uint32_t first, std::uint32_t count, std::string& rows) const;

    /// The number of the trade that made this event, when it is a high of this tape.
    std::optional<std::uint64_t> trade_of(std::string_view event_body) const;

private:
    const std::uint32_t symbols_;
    const std::uint64_t rate_;
    const std::uint64_t rounds_a_high_;  // a symbol's trades from one high to the next
};

}  // namespace tickstock::validate
