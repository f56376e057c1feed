#include "socketio/display_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "model/calendar.hpp"
#include "socketio/json_slices.hpp"

namespace tickstock {
namespace {

std::string_view arrow_of(Direction direction) {
    switch (direction) {
        case Direction::Up: return "↑";
        case Direction::Down: return "↓";
        case Direction::None: break;
    }
    return "";
}

bool is_number(std::string_view value) {
    return !value.empty() &&
           (value.front() == '-' || (value.front() >= '0' && value.front() <= '9'));
}

std::string_view number_or_zero(std::string_view value) {
    return is_number(value) ? value : "0";
}

std::string_view word_of(std::string_view value) {
    return value.size() >= 2 && value.front() == '"' ? value.substr(1, value.size() - 2) : "";
}

/// "up" or "down", null for the empty word.
void append_flag(DisplayFields& fields, std::string_view name) {
    const std::string_view word = fields.data_word(name);
    fields.json().key(name);
    word.empty() ? fields.json().null() : fields.json().string(word);
}

void append_number(DisplayFields& fields, std::string_view name, std::string_view member) {
    fields.json().key(name).raw(fields.data_number(member));
}

std::int64_t integer_of(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string upper(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        c = c == '_' ? ' ' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return result;
}

std::string label_of(const DisplayFields& fields, const DisplayFacts& facts) {
    const std::string_view arrow = arrow_of(facts.direction);
    const std::string name = upper(to_string(facts.type));
    if (facts.is_of_bar) {
        const bool has_arrow = facts.type == EventType::Trend || facts.type == EventType::Surge;
        return fmt::format("{} {}{}{}", name, has_arrow ? arrow : "", has_arrow ? " " : "",
                           fields.data_word("timeframe"));
    }
    switch (facts.type) {
        case EventType::High: return fmt::format("HIGH #{}", fields.data_number("count_up"));
        case EventType::Low: return fmt::format("LOW #{}", fields.data_number("count_down"));
        case EventType::Trend:
            return fmt::format("TREND {} {}", arrow, fields.data_word("trend_strength"));
        case EventType::Surge:
            return fmt::format("SURGE {} {}", arrow, fields.data_word("trigger_type"));
        case EventType::Valuation: return upper(fields.data_word("signal"));
        case EventType::Rule:
            return fmt::format("RULE {} #{}", fields.data_word("rule"),
                               fields.data_number("count"));
        case EventType::Control: {
            const std::string_view reason = fields.data_word("reason");
            return upper(fields.data_word("kind")) + (reason.empty() ? "" : " ") +
                   std::string(reason);
        }
    }
    return name;
}

}  // namespace

DisplayFields::DisplayFields(std::string_view body) {
    const auto add_to = [](Members& members) {
        return [&members](std::string_view name, std::string_view value) {
            members.emplace_back(name, value);
        };
    };
    for_each_json_member(body, add_to(body_));
    if (const std::string_view data = find(body_, "data"); !data.empty()) {
        for_each_json_member(data, add_to(data_));
    }
    out_ = "{";
}

std::string_view DisplayFields::find(const Members& members, std::string_view name) {
    const auto found =
        std::ranges::find_if(members, [&](const auto& member) { return member.first == name; });
    return found == members.end() ? std::string_view{} : found->second;
}

std::string_view DisplayFields::body(std::string_view name) const {
    const std::string_view value = find(body_, name);
    return value.empty() ? "null" : value;
}

std::string_view DisplayFields::data_or(std::string_view name, std::string_view otherwise) const {
    const std::string_view value = find(data_, name);
    return value.empty() ? otherwise : value;
}

std::string_view DisplayFields::number(std::string_view name) const {
    return number_or_zero(find(body_, name));
}

std::string_view DisplayFields::data_number(std::string_view name) const {
    return number_or_zero(find(data_, name));
}

std::string_view DisplayFields::data_word(std::string_view name) const {
    return word_of(find(data_, name));
}

std::string clock_text(UnixNanos t) {
    const auto local = new_york_time(t);
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const auto second = std::chrono::floor<std::chrono::seconds>(local - day).count();
    return fmt::format("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
}

std::string seconds_text(UnixNanos t) {
    std::string text;
    JsonWriter(text).seconds(t.time_since_epoch());
    return text;
}

void append_counts(DisplayFields& fields, const DisplayFacts& facts,
                   const DisplayHistory& history) {
    std::string up(fields.data_number("count_up"));
    std::string down(fields.data_number("count_down"));
    std::string count(fields.data_number("count"));  // of a user rule
    if (facts.type == EventType::Surge && !facts.is_of_bar) {
        up = std::to_string(history.surges_up);
        down = std::to_string(history.surges_down);
        count = fields.data_number("daily_surge_count");
    } else if (facts.type != EventType::Rule) {
        count = std::to_string(integer_of(up) + integer_of(down));
    }
    fields.json().key("count").raw(count).key("count_up").raw(up).key("count_down").raw(down);
}

void append_market_numbers(DisplayFields& fields, const DisplayFacts& facts) {
    std::string_view percent = "percent_change";
    std::string_view relative = "rel_volume";
    if (facts.type == EventType::Surge && !facts.is_of_bar) {
        percent = "magnitude";
    } else if (facts.type == EventType::Valuation) {
        percent = "deviation";
    }
    if (facts.type == EventType::Surge || facts.is_of_bar) {
        relative = "volume_multiplier";
    }
    append_number(fields, "percent_change", percent);
    append_number(fields, "vwap", "vwap");
    append_number(fields, "vwap_divergence", "vwap_divergence");
    fields.json().key("volume").raw(fields.number("volume"));
    append_number(fields, "rel_volume", relative);
}

void append_label(DisplayFields& fields, const DisplayFacts& facts) {
    // Words of the body are in it as JSON has them already; only printable ASCII and arrows here.
    fields.json().key("label").raw('"' + label_of(fields, facts) + '"');
}

void append_high_low(DisplayFields& fields, const DisplayFacts& facts,
                     const DisplayHistory& history) {
    const bool is_high = facts.type == EventType::High;
    // A bar's event is about the extreme that its price is; the other one it does not tell.
    const std::string_view price = fields.number("price");
    fields.json()
        .key("session_high")
        .raw(facts.is_of_bar && is_high ? price : fields.data_number("session_high"));
    fields.json()
        .key("session_low")
        .raw(facts.is_of_bar && !is_high ? price : fields.data_number("session_low"));
    fields.json().key("last_update").raw(seconds_text(facts.ts));
    append_flag(fields, "trend_flag");
    append_flag(fields, "surge_flag");
    append_number(fields, "significance_score", "significance");
    JsonWriter& json = fields.json();
    json.key("reversal_info");
    const std::string_view kind = fields.data_word("reversal");
    if (kind.empty()) {
        json.null();
        return;
    }
    json.begin_object().key("type").string(kind);
    if (history.other_extreme == UnixNanos{}) {
        json.key("time_span").null().key("is_rapid").boolean(false);
    } else {
        const Nanos span = facts.ts - history.other_extreme;
        json.key("time_span").seconds(span);
        json.key("is_rapid").boolean(span < std::chrono::seconds(60));
    }
    json.key("previous_type").string(is_high ? "low" : "high");
    json.key("previous_price").raw(fields.data_number(is_high ? "previous_low" : "previous_high"));
    json.end_object();
}

void append_trend(DisplayFields& fields, const DisplayFacts& facts) {
    fields.json().key("trend_strength").raw(fields.data("trend_strength"));
    for (const std::string_view name :
         {"trend_score", "trend_short_score", "trend_medium_score", "trend_long_score"}) {
        append_number(fields, name, name);
    }
    fields.json().key("trend_vwap_position").raw(fields.data("trend_vwap_position"));
    append_number(fields, "trend_age", "trend_age");
    fields.json().key("last_trend_update").raw(seconds_text(facts.ts));
}

void append_surge(DisplayFields& fields, const DisplayFacts& facts) {
    append_number(fields, "magnitude", facts.is_of_bar ? "percent_change" : "magnitude");
    append_number(fields, "score", "score");
    fields.json().key("strength").raw(fields.data("surge_strength"));
    fields.json()
        .key("trigger_type")
        .raw(facts.is_of_bar ? "\"bar\"" : fields.data("trigger_type"));
    fields.json().key("description").raw(fields.data_or("description", "\"\""));
    append_number(fields, "volume_multiplier", "volume_multiplier");
    const std::string key = fmt::format("\"{}_{}_{}\"", facts.symbol, to_string(facts.direction),
                                        seconds_text(facts.ts));
    fields.json().key("event_key").raw(key);
}

void append_surge_tail(DisplayFields& fields, const DisplayFacts& facts) {
    fields.json().raw("");  // what stands in between: the next member begins with a comma
    const UnixNanos expiration = unix_nanos(integer_of(fields.data_number("expiration")));
    fields.json().key("expiration").raw(seconds_text(facts.is_of_bar ? facts.ts : expiration));
    append_number(fields, "daily_surge_count", "daily_surge_count");
    fields.json().key("last_surge_timestamp").raw(seconds_text(facts.ts));
}

}  // namespace tickstock
