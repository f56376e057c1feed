#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json_writer.hpp"
#include "config/reload_plan.hpp"
#include "inspection/comparison_tally.hpp"

namespace tickstock {

/// What a comparison was of, beside what it found.
struct ComparisonFacts {
    struct Side {
        std::string name;  ///< the configuration, as it was named, with what was set beside it
        double seconds = 0;
        std::uint64_t records = 0;
        double records_per_second() const {
            return seconds > 0 ? static_cast<double>(records) / seconds : 0;
        }
    };
    Side a;
    Side b;
    std::vector<std::string> inputs;
    std::vector<ConfigDifference> settings;  ///< from A's to B's value
    EventComparison::Settings tolerances;
    std::vector<std::string> notes;  ///< for people
};

/// The report as text for people; ends with '\n'. `listed` = of the differences at most so many.
std::string comparison_text(const ComparisonFacts& facts, const ComparisonTally& tally,
                            std::size_t listed);
/// The same as one line of JSON.
std::string comparison_json(const ComparisonFacts& facts, const ComparisonTally& tally);
/// One page that needs nothing else: light and dark, no script, charts as inline SVG.
std::string comparison_html(const ComparisonFacts& facts, const ComparisonTally& tally);

// Parts of the JSON, which /api/v1/compare shows, too.

/// Members a, b, both, changed, near, only_a, only_b into an open object.
void write_tally(JsonWriter& json, const EventTally& tally);
/// An array; types without any event are left out.
void write_by_type(JsonWriter& json, const ComparisonTally& tally);
/// An object.
void write_difference(JsonWriter& json, const ListedDifference& difference);

}  // namespace tickstock
