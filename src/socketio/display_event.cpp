#include "socketio/display_event.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>

#include "base/json_writer.hpp"
#include "model/calendar.hpp"
#include "socketio/display_fields.hpp"
#include "socketio/json_slices.hpp"

namespace tickstock {
namespace {

template <class Enum, std::size_t N>
Enum read_word(std::string_view word, const std::array<Enum, N>& values, Enum otherwise) {
    const auto found =
        std::ranges::find_if(values, [&](Enum value) { return to_string(value) == word; });
    return found == values.end() ? otherwise : *found;
}

std::string_view unquoted(std::string_view value) {
    return value.size() >= 2 && value.front() == '"' ? value.substr(1, value.size() - 2) : "";
}

template <class Number>
Number read_number(std::string_view text) {
    Number number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

void common_fields(DisplayFields& fields, const DisplayFacts& facts) {
    JsonWriter& json = fields.json();
    json.key("ticker").raw(fields.body("symbol"));
    json.key("type").string(to_string(facts.type));
    json.key("price").raw(facts.type == EventType::Control ? "null" : fields.number("price"));
    json.key("time").string(clock_text(facts.ts));
    json.key("event_id").raw(fields.body("id"));
    json.key("direction").raw(fields.body("direction"));
    json.key("reversal").raw(fields.data_or("reversal", "false"));
}

}  // namespace

DisplayFacts display_facts(std::string_view body) {
    static constexpr std::array types{EventType::Trend,    EventType::Surge, EventType::High,
                                      EventType::Low,      EventType::Rule,  EventType::Control,
                                      EventType::Valuation};
    static constexpr std::array directions{Direction::Up, Direction::Down};
    DisplayFacts facts;
    for_each_json_member(body, [&](std::string_view name, std::string_view value) {
        if (name == "symbol") {
            facts.symbol = unquoted(value);
        } else if (name == "type") {
            facts.type = read_word(unquoted(value), types, EventType::Control);
        } else if (name == "direction") {
            facts.direction = read_word(unquoted(value), directions, Direction::None);
        } else if (name == "ts") {
            facts.ts = unix_nanos(read_number<std::int64_t>(value));
        } else if (name == "rev") {
            facts.revision = read_number<std::uint64_t>(value);
        } else if (name == "data") {
            // Of the types that trades make, only bars' events name a timeframe.
            facts.is_of_bar = value.starts_with("{\"timeframe\":");
        }
    });
    return facts;
}

DisplayEvent::DisplayEvent(std::string_view body, const DisplayFacts& facts,
                           const DisplayHistory& history)
    : type_(facts.type), direction_(facts.direction), ts_(facts.ts) {
    DisplayFields fields(body);
    common_fields(fields, facts);
    append_counts(fields, facts, history);
    append_market_numbers(fields, facts);
    append_label(fields, facts);
    switch (type_) {
        case EventType::High:
        case EventType::Low: append_high_low(fields, facts, history); break;
        case EventType::Trend: append_trend(fields, facts); break;
        case EventType::Surge:
            append_surge(fields, facts);
            fields.json().key("surge_age");
            head_ = fields.take();
            append_surge_tail(fields, facts);
            tail_ = fields.take();
            return;
        case EventType::Valuation:
        case EventType::Rule:
        case EventType::Control: break;
    }
    head_ = fields.take();
}

void DisplayEvent::append_object(std::string& out, UnixNanos market_now) const {
    out += head_;
    if (!tail_.empty()) {
        // To the millisecond, which is what a page may show.
        const Nanos age = std::max(market_now - ts_, Nanos{0});
        JsonWriter(out).seconds(std::chrono::floor<std::chrono::milliseconds>(age));
        out += tail_;
    }
    out += '}';
}

std::string DisplayEvent::market_event_packet(std::string_view body, std::uint64_t offset) const {
    std::string text = "42[\"market_event\",";
    append_object(text, ts_);
    text.pop_back();
    text += ",\"event_specific_data\":";
    text += json_member(body, "data");
    text += ",\"rev\":";
    text += json_member(body, "rev");
    text += ",\"offset\":" + std::to_string(offset) + "}]";
    return text;
}

}  // namespace tickstock
