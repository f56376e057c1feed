#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inspection/comparison_tally.hpp"

namespace tickstock {

/// A member of an event's body: "evidence.thresholds.min_price_change" and its JSON.
struct BodyField {
    std::string name;
    std::string value;
};

/// All members of a body that encode_body() wrote, nested ones by their path. Arrays stay whole,
/// texts lose their quotation marks.
std::vector<BodyField> body_fields(std::string_view body);
/// The value of one; empty when there is none.
std::string body_field(std::string_view body, std::string_view name);

/// A member as both sides have it; empty = that side has none.
struct FieldPair {
    std::string name;
    std::string a;
    std::string b;
    bool differs() const { return a != b; }
};
/// Both sides' members in the body's order, but those that the list shows anyway (id, symbol,
/// type).
std::vector<FieldPair> field_pairs(const ListedDifference& difference);

}  // namespace tickstock
