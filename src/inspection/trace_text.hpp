#pragma once

#include <string>
#include <string_view>

#include "intake/quarantine.hpp"
#include "model/event.hpp"
#include "model/intake_note.hpp"
#include "model/record.hpp"

namespace tickstock {

// What a trace says in words, for people.

/// "123.45 × 100 conditions 12,37".
std::string describe(const Record& record);

/// "high 123.45 #3, before 123.40": the fact and its evidence.
std::string describe(const Event& event);

/// What intake lets the record update: "regular, volume only (late print)".
std::string describe(const Record& record, const IntakeNote& note, bool is_late);

/// "8.2 % from 123.45, accepted up to 5 %".
std::string describe(const QuarantinedTrade& trade);

}  // namespace tickstock
