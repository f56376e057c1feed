#pragma once

#include <array>

#include "config/rule_fields.hpp"
#include "model/record.hpp"

namespace tickstock {

/// The fields of validate rules, by place in record_rule_fields.
using RecordValues = std::array<double, record_rule_fields.size()>;

/// Fills the fields that the record has; those of other kinds keep what they held.
/// REQUIRES: a trade, bar or fair value.
void fill_record_values(const Record& record, RecordValues& values);

}  // namespace tickstock
