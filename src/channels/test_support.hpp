#pragma once

#include <cstdint>

#include "model/intake_note.hpp"
#include "model/record.hpp"

namespace tickstock {

inline IntakeItem item_of(const Record& record, Eligibility eligibility = Eligibility::all()) {
    IntakeItem item;
    item.record = &record;
    item.note.eligibility = eligibility;
    return item;
}

inline Record trade_of(std::uint64_t sequence) {
    Record record = Trade{};
    record.header().sequence = Sequence(sequence);
    record.header().clock = unix_nanos(static_cast<std::int64_t>(sequence));
    return record;
}

}  // namespace tickstock
