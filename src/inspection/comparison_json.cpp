#include "inspection/comparison_report.hpp"

namespace tickstock {
namespace {

constexpr std::size_t symbols_shown = 50;

void write_side(JsonWriter& json, const ComparisonFacts::Side& side) {
    json.begin_object().key("name").string(side.name);
    json.key("seconds").number(side.seconds).key("records").number(side.records);
    json.key("records_per_second").number(side.records_per_second()).end_object();
}

void write_found(JsonWriter& json, const ListedDifference::Side& side) {
    if (side.body.empty()) {
        json.null();
        return;
    }
    json.begin_object().key("offset").number(side.offset).key("sequence");
    side.sequence == 0 ? json.null() : json.number(side.sequence);
    json.key("event").raw(side.body).end_object();
}

void write_settings(JsonWriter& json, const std::vector<ConfigDifference>& settings) {
    json.begin_array();
    for (const ConfigDifference& setting : settings) {
        json.begin_object().key("name").string(setting.name);
        json.key("a").string(setting.from).key("b").string(setting.to).end_object();
    }
    json.end_array();
}

}  // namespace

void write_tally(JsonWriter& json, const EventTally& tally) {
    json.key("a").number(tally.a).key("b").number(tally.b);
    json.key("both").number(tally.both).key("changed").number(tally.changed);
    json.key("near").number(tally.near);
    json.key("only_a").number(tally.only_a).key("only_b").number(tally.only_b);
}

void write_by_type(JsonWriter& json, const ComparisonTally& tally) {
    json.begin_array();
    for (std::size_t type = 0; type < event_type_count; ++type) {
        const EventTally& counts = tally.by_type()[type];
        if (counts.a + counts.b > 0) {
            json.begin_object().key("type").string(to_string(static_cast<EventType>(type)));
            write_tally(json, counts);
            json.end_object();
        }
    }
    json.end_array();
}

void write_difference(JsonWriter& json, const ListedDifference& difference) {
    json.begin_object().key("kind").string(to_string(difference.kind));
    json.key("symbol").string(difference.symbol.view());
    json.key("type").string(to_string(difference.type));
    json.key("clock").number(to_ns(difference.clock));
    json.key("a");
    write_found(json, difference.a);
    json.key("b");
    write_found(json, difference.b);
    json.end_object();
}

std::string comparison_json(const ComparisonFacts& facts, const ComparisonTally& tally) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("a");
    write_side(json, facts.a);
    json.key("b");
    write_side(json, facts.b);
    json.key("inputs").begin_array();
    for (const std::string& input : facts.inputs) {
        json.string(input);
    }
    json.end_array().key("settings");
    write_settings(json, facts.settings);
    json.key("time_tolerance_seconds").seconds(facts.tolerances.time_tolerance);
    json.key("price_tolerance_percent").number(facts.tolerances.price_tolerance);
    json.key("notes").begin_array();
    for (const std::string& note : facts.notes) {
        json.string(note);
    }
    json.end_array().key("equal").boolean(tally.total().differences() == 0);
    json.key("counts").begin_object();
    write_tally(json, tally.total());
    json.end_object().key("by_type");
    write_by_type(json, tally);
    json.key("by_hour").begin_array();
    for (std::size_t hour = 0; hour < tally.by_hour().size(); ++hour) {
        if (tally.by_hour()[hour] != EventTally{}) {
            json.begin_object().key("hour").number(std::uint64_t{hour});
            write_tally(json, tally.by_hour()[hour]);
            json.end_object();
        }
    }
    json.end_array().key("symbols").begin_array();
    for (const ComparisonTally::Symbol& symbol : tally.top_symbols(symbols_shown)) {
        json.begin_object().key("symbol").string(symbol.symbol.view());
        write_tally(json, symbol.tally);
        json.end_object();
    }
    json.end_array().key("differences_total").number(tally.total().differences());
    json.key("differences").begin_array();
    for (const ListedDifference& difference : tally.differences()) {
        write_difference(json, difference);
    }
    json.end_array().end_object();
    return text;
}

}  // namespace tickstock
