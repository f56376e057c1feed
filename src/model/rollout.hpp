#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/symbol.hpp"

namespace tickstock {

// Words of the rollout (SPEC 15, S0 section 4, S4): two paths work the same trades, flags say which
// one is in charge of a symbol.

/// Who finds the events of a symbol's trades.
enum class ProcessingPath : std::uint8_t {
    Linear,        ///< trades only, one after the other, without channels: the legacy way
    MultiChannel,  ///< router, channels and their lanes
};
/// "linear", "multi_channel".
std::string_view to_string(ProcessingPath path);

/// S4's hierarchical flags. A level below acts only while those above it are on.
struct FeatureFlags {
    // system
    bool multichannel_system_enabled = false;
    // components
    bool tick_channel_enabled = false;
    bool router_enabled = false;
    bool integration_layer_enabled = false;
    // testing
    bool parallel_processing_enabled = false;
    bool performance_comparison_enabled = false;
    // rollout
    std::uint16_t rollout_buckets = 0;        ///< of 10,000: hundredths of a percent of all symbols
    std::vector<SymbolText> rollout_tickers;  ///< in charge whatever the percentage; sorted
    std::vector<SymbolText> excluded_tickers;  ///< never; sorted

    static constexpr std::uint16_t all_buckets = 10'000;

    double rollout_percentage() const { return rollout_buckets / 100.0; }
    /// Of S4: all levels on, and somebody selected.
    bool is_fully_enabled() const {
        return multichannel_system_enabled && tick_channel_enabled && router_enabled &&
               integration_layer_enabled && (rollout_buckets > 0 || !rollout_tickers.empty());
    }
    /// The multi-channel path works the trades, in charge or muted.
    bool runs_multi_channel() const { return integration_layer_enabled; }
    /// Both paths' finds are held against each other.
    bool compares() const {
        return integration_layer_enabled && router_enabled && tick_channel_enabled &&
               parallel_processing_enabled;
    }

    friend bool operator==(const FeatureFlags&, const FeatureFlags&) = default;
    template <class Archive>
    void archive(Archive& a) {
        a(multichannel_system_enabled, tick_channel_enabled, router_enabled,
          integration_layer_enabled, parallel_processing_enabled, performance_comparison_enabled,
          rollout_buckets, rollout_tickers, excluded_tickers);
    }
};

/// S4's risk of a symbol. Unknown = High.
enum class RiskTier : std::uint8_t { Low, Medium, High };
inline constexpr std::size_t risk_tier_count = 3;
/// "low", "medium", "high".
std::string_view to_string(RiskTier tier);

/// Place of a symbol in the rollout, 0 … 9,999: XXH64 of its text. The same for ever.
std::uint16_t rollout_bucket(std::string_view symbol);

/// Which symbols the multi-channel path is in charge of, as far as the flags allow it. Made by the
/// control, journaled whole, so that every shard and every replay answers alike.
struct RolloutSelection {
    /// By tier: a symbol with a bucket below it is selected.
    std::array<std::uint16_t, risk_tier_count> buckets{};
    std::vector<SymbolText> low;     ///< symbols of the tier; sorted
    std::vector<SymbolText> medium;  ///< sorted; all others are High
    std::vector<SymbolText> kept;    ///< selected at a smaller percentage: they stay; sorted

    RiskTier tier_of(const SymbolText& symbol) const;
    bool selects(const SymbolText& symbol) const;

    friend bool operator==(const RolloutSelection&, const RolloutSelection&) = default;
    template <class Archive>
    void archive(Archive& a) {
        a(buckets, low, medium, kept);
    }
};

/// S4's phases, 0 … 4.
inline constexpr std::uint8_t rollout_phase_count = 5;
/// "phase_0_installation" …; "none" beyond.
std::string_view rollout_phase_name(std::uint8_t phase);

/// What made a symbol, or all of them, fall back to the linear path.
enum class FallbackCause : std::uint8_t {
    Error,       ///< a detector of the multi-channel path failed
    Timeout,     ///< it took longer than integration.channel_timeout_ms
    Parked,      ///< the tick channel is paused or in error
    Skipped,     ///< its overflow action dropped the record
    Difference,  ///< it found something else than the linear path
};
/// "error", "timeout", "parked", "skipped", "difference".
std::string_view to_string(FallbackCause cause);

}  // namespace tickstock
