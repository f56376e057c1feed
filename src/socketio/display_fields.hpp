#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_writer.hpp"
#include "socketio/display_event.hpp"

namespace tickstock {

/// An event's body taken apart, and the display object that is written from it.
class DisplayFields {
public:
    explicit DisplayFields(std::string_view body);
    DisplayFields(const DisplayFields&) = delete;
    DisplayFields& operator=(const DisplayFields&) = delete;

    JsonWriter& json() { return json_; }
    /// What was written since the last take().
    std::string take() { return std::exchange(out_, {}); }

    /// The JSON value of a member of the body or of its `data`; "null" when absent.
    std::string_view body(std::string_view name) const;
    std::string_view data(std::string_view name) const { return data_or(name, "null"); }
    std::string_view data_or(std::string_view name, std::string_view otherwise) const;
    /// The same, "0" where there is no number.
    std::string_view number(std::string_view name) const;
    std::string_view data_number(std::string_view name) const;
    /// The content of a string, as in JSON; empty when absent or null.
    std::string_view data_word(std::string_view name) const;

private:
    using Members = std::vector<std::pair<std::string_view, std::string_view>>;
    static std::string_view find(const Members& members, std::string_view name);

    Members body_;
    Members data_;
    std::string out_;
    JsonWriter json_{out_};
};

/// "09:30:01", New York's clock.
std::string clock_text(UnixNanos t);
/// "1753824856.9906166": Unix seconds, exact.
std::string seconds_text(UnixNanos t);

// The parts of a display object, in the order in which they stand there.
void append_counts(DisplayFields& fields, const DisplayFacts& facts, const DisplayHistory& history);
void append_market_numbers(DisplayFields& fields, const DisplayFacts& facts);
void append_label(DisplayFields& fields, const DisplayFacts& facts);
void append_high_low(DisplayFields& fields, const DisplayFacts& facts,
                     const DisplayHistory& history);
void append_trend(DisplayFields& fields, const DisplayFacts& facts);
void append_surge(DisplayFields& fields, const DisplayFacts& facts);
/// What stands after surge_age.
void append_surge_tail(DisplayFields& fields, const DisplayFacts& facts);

}  // namespace tickstock
