#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "base/time.hpp"
#include "sources/synthetic/model.hpp"
#include "sources/synthetic/random.hpp"
#include "sources/synthetic/universe.hpp"

namespace tickstock {

/// A moment at which something happens to a symbol.
struct Arrival {
    enum class Kind : std::uint32_t { OpeningCross, ClosingCross, Trade };

    std::int64_t at_ns = 0;  ///< since the epoch
    std::uint32_t symbol = 0;
    Kind kind = Kind::Trade;

    friend auto operator<=>(const Arrival&, const Arrival&) = default;
};

/// When which symbol trades: a self-exciting (Hawkes) process over the whole market, drawn as a
/// tree. Independent arrivals choose a symbol by its activity; every arrival calls forth on average
/// `branching_ratio` further ones of its symbol, shortly after. News adds decaying bursts.
/// Time goes on in slices of equal length; cost is per arrival, not per symbol.
class ArrivalProcess {
public:
    /// Slices start at `begin`; trades_per_second = mean of the regular session.
    ArrivalProcess(const SyntheticModel& model, std::uint64_t seed,
                   const std::vector<SyntheticSymbol>& universe, UnixNanos begin,
                   Nanos slice_length, double trades_per_second);

    /// The arrivals of the next slice in order of (time, symbol). `activity` = of the
    /// ActivityCurve.
    const std::vector<Arrival>& next_slice(double activity);

    /// About `count` more trades of `symbol` from now on, thinning out with time constant
    /// `decay_s`.
    void add_burst(std::uint32_t symbol, double count, double decay_s);

    /// One arrival of its own; it must lie less than `horizon` ahead of the slice to come.
    void schedule(const Arrival& arrival);
    static constexpr Nanos horizon = std::chrono::seconds(60);

    /// Mean trades that one arrival prints (sweeps print several).
    static double prints_per_arrival(const SyntheticModel& model);

private:
    struct Burst {
        std::uint32_t symbol;
        double rate;   ///< arrivals a second now
        double decay;  ///< factor per slice
    };

    std::uint32_t choose_symbol();
    void add_independent(double rate);
    void add_bursts();
    void call_forth();
    std::vector<Arrival>& slot(std::int64_t slice) {
        return ring_[static_cast<std::size_t>(slice) % ring_.size()];
    }

    const SyntheticModel model_;
    Random random_;
    const std::int64_t begin_ns_;
    const std::int64_t slice_ns_;
    const double base_rate_;
    std::int64_t slice_ = 0;  ///< the next one
    std::vector<std::vector<Arrival>> ring_;
    std::vector<Arrival> current_;
    std::vector<Burst> bursts_;
    // Alias table: O(1) choice by weight.
    std::vector<double> keep_;
    std::vector<std::uint32_t> alias_;
};

}  // namespace tickstock
