#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "config/config.hpp"
#include "detectors/sample.hpp"
#include "detectors/trend_state.hpp"
#include "detectors/trend_window.hpp"
#include "detectors/volatility.hpp"

namespace tickstock {

/// Trends on second bars (SPEC 7.3).
///
/// Three windows of a symbol, of 180, 360 and 600 s, each score how far price, distance from VWAP
/// and signed volume lean one way; their weighted sum is measured against the thresholds of the
/// sample's period, scaled by volatility. A trend is told when it sets in, turns, grows to a higher
/// class, and again after the interval; it ends in silence when its score retraces. While the
/// symbol is halted, windows and volatility go on and everything else stands still. O(1) a sample;
/// one thread; never reads a clock.
class TrendDetector final : public SampleDetector {
public:
    explicit TrendDetector(const TrendSettings& settings);

    void reconfigure(const PipelineSettings& settings) override;

    void reset(SymbolId symbol) override;
    void restore(const SessionRestore& session) override;
    /// Sets stats.trend_flag. A sample that is not later than its symbol's last has no effect.
    void on_sample(const Sample& sample, SessionStats& stats, const Moment& moment,
                   DetectionSink& sink) override;
    void prefetch(SymbolId symbol) const override;

    const char* name() const override { return "trend"; }
    void save_symbol(SymbolId symbol, StateWriter& out) const override;
    void load_symbol(SymbolId symbol, StateReader& in) override;
    void forget_symbol(SymbolId symbol) override;

private:
    struct SymbolState {
        TrendWindows windows;
        Volatility volatility;
        TrendState trend;
        std::int64_t last_second = 0;  // 0 = no sample yet this session

        template <class Archive>
        void archive(Archive& a) {
            a(windows, volatility, trend, last_second);
        }
    };
    /// Of one period and volatility level.
    struct Thresholds {
        TrendLimits limits;
        std::int64_t direction_e12 = 0;
        std::int64_t strength_e12 = 0;
        std::int64_t factor_e12 = 0;  // the volatility's
    };

    void take(const TrendSettings& settings);
    static Thresholds thresholds_of(const TrendPeriodSettings& period, VolatilityLevel level);
    void emit(const Sample& sample, const SessionStats& stats, const SymbolState& state,
              const TrendScore& score, const Thresholds& applied, const Moment& moment,
              DetectionSink& sink) const;
    SymbolState& state_of(SymbolId symbol);

    TrendSettings settings_;
    std::array<std::array<Thresholds, volatility_level_count>, market_period_count> thresholds_;
    std::vector<SymbolState> states_;  // by SymbolId
};

}  // namespace tickstock
