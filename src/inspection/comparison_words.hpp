#pragma once

#include <string>
#include <string_view>

#include "inspection/comparison_tally.hpp"

namespace tickstock {

// Words of a comparison's report for people; text and page share them.

/// "only A".
std::string_view words_of(ComparisonOutcome::Kind kind);
/// "2024-03-05 09:30:01.123", New York's clock.
std::string new_york_words(UnixNanos t);
/// "12.34 up, offset 17, record 2034", of a pair both sides: "A … | B …".
std::string summary_of(const ListedDifference& difference);
/// One sentence.
std::string verdict_of(const ComparisonTally& tally);

}  // namespace tickstock
