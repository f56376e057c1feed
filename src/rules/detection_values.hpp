#pragma once

#include <array>

#include "config/rule_fields.hpp"
#include "model/event.hpp"

namespace tickstock {

/// The fields of filter, transform and enrich rules, by place in detection_rule_fields.
using DetectionValues = std::array<double, detection_rule_fields.size()>;

/// Every field; 0 where the detection has none.
DetectionValues detection_values(const Detection& detection);

}  // namespace tickstock
