#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "config/config.hpp"
#include "detectors/sample.hpp"
#include "detectors/surge_conditions.hpp"
#include "detectors/surge_window.hpp"
#include "detectors/volatility.hpp"

namespace tickstock {

/// Surges on second bars (SPEC 7.4).
///
/// A sample is compared with the close of 20 s ago, and the volume of the last 20 s with the mean
/// of the 100 s before. Whether price, volume or both must have moved, and by how much, depends on
/// the sample's period, its price and the symbol's volatility; all comparisons are exact. A
/// cooldown holds per symbol and direction. While the symbol is halted, window and volatility go on
/// and nothing is told. O(1) amortised a sample; one thread; never reads a clock.
class SurgeDetector final : public SampleDetector {
public:
    explicit SurgeDetector(const SurgeSettings& settings);

    void reconfigure(const PipelineSettings& settings) override;

    /// The count of the day's surges outlives the session.
    void reset(SymbolId symbol) override;
    /// Sets stats.surge_direction and surge_expiration. A sample that is not later than its
    /// symbol's last has no effect.
    void on_sample(const Sample& sample, SessionStats& stats, const Moment& moment,
                   DetectionSink& sink) override;
    void prefetch(SymbolId symbol) const override;
    void prefetch_pointed(SymbolId symbol) const override;

    const char* name() const override { return "surge"; }
    void save_symbol(SymbolId symbol, StateWriter& out) const override;
    void load_symbol(SymbolId symbol, StateReader& in) override;
    void forget_symbol(SymbolId symbol) override;

private:
    struct SymbolState {
        SurgeWindow window;
        Volatility volatility;
        std::int64_t last_second = 0;             // 0 = no sample yet this session
        std::array<UnixNanos, 2> cooldown_until;  // up, down
        std::int32_t date = 0;                    // of daily_count, days since 1970
        std::uint32_t daily_count = 0;

        void save(StateWriter& out) const;
        void load(StateReader& in);
    };

    SurgeLimits limits_of(const Sample& sample, VolatilityLevel level) const;
    void emit(const Sample& sample, SessionStats& stats, SymbolState& state, const SurgeMove& move,
              const SurgeLimits& limits, SurgeData::Trigger trigger, const Moment& moment,
              DetectionSink& sink) const;
    SymbolState& state_of(SymbolId symbol);

    SurgeSettings settings_;
    std::vector<SymbolState> states_;  // by SymbolId
};

}  // namespace tickstock
