#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "model/rollout.hpp"
#include "rollout/rollout_control.hpp"

namespace tickstock {

/// Names that one list of symbols may hold.
inline constexpr std::size_t rollout_list_limit = 10'000;

/// What a phase begins with: S4's flags, each phase's on top of those before. Lists stay as in
/// `before`.
FeatureFlags phase_flags(std::uint8_t phase, const FeatureFlags& before);
/// `before` with what the phase asks for: switches nothing off and takes no symbol away.
FeatureFlags advanced_flags(std::uint8_t phase, const FeatureFlags& before);
/// The phase whose share that is: 1 for none, 2 up to 1 %, 3 up to 10 %, else 4.
std::uint8_t phase_of(std::uint16_t buckets);

/// Hundredths of a percent. Refused: not a number of 0 … 100, or less than 0.01 and not 0.
Result<std::uint16_t> buckets_of(double percentage);
/// A list both whole and by single symbols, or a symbol put in and out at once; empty = none.
std::string list_contradiction(const SetRolloutFlags& wanted);
/// `before` with what a person wants. Refused, with everything that is wrong: flags that need
/// others which are off, a percentage that would act on nobody, lists that are too long.
Result<FeatureFlags> with_flags(const FeatureFlags& before, const SetRolloutFlags& wanted);

/// "rollout_percentage 1 -> 10, rollout_tickers +AAPL"; empty when both are the same. Bounded.
std::string describe_change(const FeatureFlags& before, const FeatureFlags& after);

}  // namespace tickstock
