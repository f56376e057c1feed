#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "model/record.hpp"
#include "support/naive_samples.hpp"
#include "support/naive_session_market.hpp"
#include "support/naive_surge.hpp"
#include "support/naive_trend.hpp"

namespace tickstock::naive {

/// What the oracle's market of one symbol has to do with second bars: it is told of trades and of
/// time, and appends the trends and surges that come of it to `out`.
class SampleMarket {
public:
    /// When and with which place in the order an event comes out (SPEC 9).
    struct Place {
        std::int64_t fire = 0;
        std::uint64_t sequence = 0;
        int phase = 0;
    };

    SampleMarket(std::string symbol, const PipelineSettings& settings, std::vector<Fact>& out)
        : symbol_(std::move(symbol)),
          settings_(settings),
          trend_(settings.trend),
          surge_(settings.surge),
          out_(out) {}

    /// A new trading session begins; the number is Session::number.
    void reset(std::int64_t session_number);
    void on_trade(const Trade& trade, const Rights& rights, std::int64_t clock);
    /// A second bar of the feed, with SPEC 7.2's setting `feed`. One that is not later than the
    /// session's newest (SPEC is silent) is no sample.
    void on_feed_bar(const Bar& bar, const Place& place, bool muted);

    std::optional<std::int64_t> next_end() const { return seconds_.next_end(); }
    void close_next(const Place& place, bool muted);

    Direction trend_flag() const { return trend_.state(); }
    Direction surge_flag(std::int64_t clock) const { return surge_.flag(clock); }

    Branches branches;

private:
    void on_sample(const PlainSample& sample, const Place& place, bool muted);
    Fact fact_of(EventType type, Direction direction, const PlainSample& sample,
                 const Place& place) const;

    const std::string symbol_;
    const PipelineSettings& settings_;
    std::int64_t session_number_ = 0;
    std::int64_t newest_t_ = 0;  // of the session's samples
    SecondFold seconds_;
    VolumeSums sums_;
    NaiveTrend trend_;
    NaiveSurge surge_;
    std::vector<Fact>& out_;
};

}  // namespace tickstock::naive
