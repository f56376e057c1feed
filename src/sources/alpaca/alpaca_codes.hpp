#pragma once

#include <cstdint>
#include <string_view>

#include "model/record.hpp"
#include "sources/formats/field_values.hpp"

namespace tickstock {

// Letters of the consolidated tapes -> the numbers that the rest of the product knows (those of
// `polygon-ws`). Two plans share the letters with different meanings: CTA (tapes A and B: NYSE,
// American, Arca and regional listings) and UTP (tape C: Nasdaq listings).

/// "A", "B", "C" -> 1, 2, 3; anything else 0.
std::uint8_t tape_number(std::string_view letter);

/// The id of one sale condition; 255, which no table has, for an unknown letter.
std::uint8_t condition_number(char letter, std::uint8_t tape);

/// The JSON array `["@","I"]`, as it stands on the wire; empty = none.
FieldStatus read_condition_letters(std::string_view json, std::uint8_t tape, ConditionList& out);

/// The id of a venue's letter; 0 for an unknown one.
std::uint8_t exchange_number(std::string_view letter);

/// What a status code does; None for one that neither stops nor resumes trading.
TradingStatus::Action status_action(std::string_view code, std::uint8_t tape);

}  // namespace tickstock
