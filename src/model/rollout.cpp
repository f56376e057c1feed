#include "model/rollout.hpp"

#include "base/hash.hpp"

namespace tickstock {

std::string_view to_string(ProcessingPath path) {
    return path == ProcessingPath::Linear ? "linear" : "multi_channel";
}

std::string_view to_string(RiskTier tier) {
    static constexpr std::array<std::string_view, risk_tier_count> names{"low", "medium", "high"};
    return names[static_cast<std::size_t>(tier)];
}

std::string_view to_string(FallbackCause cause) {
    static constexpr std::array<std::string_view, 5> names{"error", "timeout", "parked", "skipped",
                                                           "difference"};
    return names[static_cast<std::size_t>(cause)];
}

std::uint16_t rollout_bucket(std::string_view symbol) {
    return static_cast<std::uint16_t>(xxh64(symbol) % FeatureFlags::all_buckets);
}

std::string_view rollout_phase_name(std::uint8_t phase) {
    static constexpr std::array<std::string_view, rollout_phase_count> names{
        "phase_0_installation", "phase_1_parallel_testing", "phase_2_limited_rollout",
        "phase_3_gradual_expansion", "phase_4_full_rollout"};
    return phase < names.size() ? names[phase] : "none";
}

RiskTier RolloutSelection::tier_of(const SymbolText& symbol) const {
    if (std::ranges::binary_search(low, symbol)) {
        return RiskTier::Low;
    }
    return std::ranges::binary_search(medium, symbol) ? RiskTier::Medium : RiskTier::High;
}

bool RolloutSelection::selects(const SymbolText& symbol) const {
    return rollout_bucket(symbol.view()) < buckets[static_cast<std::size_t>(tier_of(symbol))] ||
           std::ranges::binary_search(kept, symbol);
}

}  // namespace tickstock
