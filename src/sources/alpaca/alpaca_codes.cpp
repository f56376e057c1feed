#include "sources/alpaca/alpaca_codes.hpp"

#include <array>

namespace tickstock {
namespace {

constexpr std::uint8_t unknown_condition = 255;
constexpr std::uint8_t tape_utp = 3;

struct Letter {
    char letter;
    std::uint8_t number;
};

using Table = std::array<std::uint8_t, 128>;

template <std::size_t Count>
constexpr Table table_of(const Letter (&letters)[Count], std::uint8_t otherwise) {
    Table table{};
    for (std::uint8_t& number : table) {
        number = otherwise;
    }
    for (const Letter& one : letters) {
        table[static_cast<std::size_t>(one.letter)] = one.number;
    }
    return table;
}

// Ids by letter, after the vendor-neutral list of sale conditions (docs/sources.md names it). Where
// two ids share a letter of a plan, the one of that plan's own wording stands here: O, 5 and 6 are
// a market center's opening, reopening and closing trade on CTA, opening, re-opening and closing
// prints on UTP.
constexpr Letter cta_letters[]{
    {' ', 0},  {'@', 0},  {'B', 2},  {'C', 7},  {'E', 3},  {'F', 14}, {'H', 21},
    {'I', 37}, {'K', 23}, {'L', 30}, {'M', 15}, {'N', 20}, {'O', 17}, {'P', 22},
    {'Q', 16}, {'R', 29}, {'T', 12}, {'U', 13}, {'V', 52}, {'X', 9},  {'Z', 32},
    {'4', 10}, {'5', 18}, {'6', 19}, {'7', 53}, {'9', 38},
};
constexpr Letter utp_letters[]{
    {' ', 0},  {'@', 0},  {'A', 1},  {'B', 4},  {'C', 7},  {'D', 11}, {'F', 14}, {'G', 5},
    {'H', 21}, {'I', 37}, {'K', 23}, {'L', 30}, {'M', 15}, {'N', 20}, {'O', 25}, {'P', 22},
    {'Q', 16}, {'R', 29}, {'S', 34}, {'T', 12}, {'U', 13}, {'V', 52}, {'W', 2},  {'X', 9},
    {'Y', 36}, {'Z', 32}, {'1', 27}, {'4', 10}, {'5', 28}, {'6', 8},  {'7', 53}, {'9', 38},
};
// The letters under which the tapes know their participants, as the list of exchanges gives them.
// Q is Nasdaq too: the other tapes' letter for it.
constexpr Letter exchange_letters[]{
    {'A', 1},  {'B', 2},  {'C', 3},  {'D', 4},  {'E', 5},  {'I', 6},  {'J', 7},  {'K', 8},
    {'M', 9},  {'N', 10}, {'P', 11}, {'Q', 12}, {'T', 12}, {'S', 13}, {'L', 14}, {'V', 15},
    {'W', 16}, {'X', 17}, {'Y', 18}, {'Z', 19}, {'H', 20}, {'U', 21},
};

constexpr Table cta = table_of(cta_letters, unknown_condition);
constexpr Table utp = table_of(utp_letters, unknown_condition);
constexpr Table exchanges = table_of(exchange_letters, 0);

std::uint8_t look_up(const Table& table, char letter, std::uint8_t otherwise) {
    const auto at = static_cast<unsigned char>(letter);
    return at < table.size() ? table[at] : otherwise;
}

}  // namespace

std::uint8_t tape_number(std::string_view letter) {
    if (letter.size() != 1 || letter.front() < 'A' || letter.front() > 'C') {
        return 0;
    }
    return static_cast<std::uint8_t>(letter.front() - 'A' + 1);
}

std::uint8_t condition_number(char letter, std::uint8_t tape) {
    return look_up(tape == tape_utp ? utp : cta, letter, unknown_condition);
}

FieldStatus read_condition_letters(std::string_view json, std::uint8_t tape, ConditionList& out) {
    if (json.empty()) {
        return field_ok;
    }
    if (json.size() < 2 || json.front() != '[' || json.back() != ']') {
        return Reason::Malformed;
    }
    json = json.substr(1, json.size() - 2);
    // The parser has checked the array's outline, so quotes come in pairs unless one is escaped.
    for (std::size_t open = json.find('"'); open != std::string_view::npos;) {
        const std::size_t close = json.find('"', open + 1);
        if (close == std::string_view::npos) {
            return Reason::Malformed;
        }
        const std::string_view text = json.substr(open + 1, close - open - 1);
        if (!text.empty() &&
            !out.add(text.size() == 1 ? condition_number(text.front(), tape) : unknown_condition)) {
            return Reason::TooManyConditions;
        }
        open = json.find('"', close + 1);
    }
    return field_ok;
}

std::uint8_t exchange_number(std::string_view letter) {
    return letter.size() == 1 ? look_up(exchanges, letter.front(), 0) : std::uint8_t{0};
}

TradingStatus::Action status_action(std::string_view code, std::uint8_t tape) {
    using Action = TradingStatus::Action;
    if (code.size() != 1) {
        return Action::None;
    }
    const char letter = code.front();
    if (tape == tape_utp) {
        return letter == 'H'                    ? Action::Halt
               : letter == 'P'                  ? Action::Pause
               : letter == 'Q' || letter == 'T' ? Action::Resume
                                                : Action::None;
    }
    return letter == '2' ? Action::Halt : letter == '3' ? Action::Resume : Action::None;
}

}  // namespace tickstock
