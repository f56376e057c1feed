#pragma once

#include <compare>

#include "model/event.hpp"

namespace tickstock {

/// The rank of SPEC 9 without its last step: source, then latest ts, then confidence, then the
/// type's own rule (high the higher price, low the lower, others the larger score). `greater` = a
/// is the better one; `equivalent` = the smaller id decides. Prices are compared exactly.
std::weak_ordering compare_rank(const Detection& a, const Detection& b);

}  // namespace tickstock
