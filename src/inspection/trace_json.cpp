#include "inspection/trace_json.hpp"

#include <fmt/format.h>

#include "base/json_writer.hpp"
#include "inspection/trace_text.hpp"

namespace tickstock {
namespace {

void put_text(JsonWriter& json, std::string_view key, std::string_view text) {
    json.key(key);
    text.empty() ? json.null() : json.string(text);
}

void put(JsonWriter& json, const FateStep& step, Sequence own) {
    json.begin_object().key("stage").string(to_string(step.stage));
    json.key("outcome").string(to_string(step.outcome));
    put_text(json, "reason", step.reason ? to_string(*step.reason) : std::string_view());
    put_text(json, "note", step.note);
    json.key("count").number(step.count);
    json.key("released").boolean(step.released);
    json.key("at");  // another entry with which it came
    step.at == own || step.at == sequence_end ? json.null() : json.number(step.at.value());
    json.end_object();
}

void put(JsonWriter& json, const TracedEvent& event) {
    json.begin_object().key("id").string(fmt::format("{:016x}", event.id));
    json.key("rev").number(event.revision).key("type").string(to_string(event.type));
    json.key("offset").null();  // the stream's, which a journal does not know
    json.key("at");
    event.at == sequence_end ? json.null() : json.number(event.at.value());
    json.key("text").string(event.text).key("body").raw(event.body).end_object();
}

void put(JsonWriter& json, const TraceFacts& facts, const TracedRecord& traced) {
    const RecordHeader& header = traced.record.header();
    json.begin_object().key("sequence").number(header.sequence.value());
    json.key("ts").number(to_ns(header.ts_event)).key("clock").number(to_ns(header.clock));
    json.key("source").string(source_name(facts, header));
    json.key("kind").string(to_string(header.kind));
    json.key("text").string(describe(traced.record)).key("fate").begin_array();
    for (const FateStep& step : traced.fate) {
        put(json, step, header.sequence);
    }
    json.end_array().key("events").begin_array();
    for (const TracedEvent& event : traced.events) {
        put(json, event);
    }
    json.end_array().end_object();
}

void put(JsonWriter& json, Stage stage, const StageSum& sum) {
    json.begin_object().key("stage").string(to_string(stage));
    json.key("held_before").number(sum.held_before).key("in").number(sum.in);
    json.key("out").number(sum.out).key("held").number(sum.held_after);
    json.key("dropped").begin_object();
    for (std::size_t i = 0; i < reason_count; ++i) {
        if (sum.dropped[i] != 0) {
            json.key(to_string(static_cast<Reason>(i))).number(sum.dropped[i]);
        }
    }
    json.end_object().end_object();
}

}  // namespace

std::string source_name(const TraceFacts& facts, const RecordHeader& header) {
    const std::size_t place = header.source.value();
    return place < facts.sources.size() ? facts.sources[place]
                                        : std::string(to_string(header.source_kind));
}

std::string trace_json(const TraceFacts& facts, const SymbolTracer* tracer) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("symbol").string(facts.symbol);
    json.key("from").number(tracer == nullptr ? 0 : facts.from.value());
    json.key("through").number(facts.through.value());
    json.key("begin").begin_object();
    put_text(json, "kind", facts.begin_kind);
    json.key("sequence").number(facts.begin.value()).end_object();
    put_text(json, "note", facts.note);
    json.key("records").begin_array();
    if (tracer != nullptr) {
        for (const TracedRecord& traced : tracer->records()) {
            put(json, facts, traced);
        }
    }
    json.end_array().key("traced").number(tracer == nullptr ? 0 : tracer->traced());
    json.key("events").number(tracer == nullptr ? 0 : tracer->events());
    const std::string wrong = tracer == nullptr ? "" : tracer->check();
    json.key("closes").boolean(wrong.empty());
    if (!wrong.empty()) {
        json.key("wrong").string(wrong);
    }
    json.key("sum").begin_array();
    const TraceSum sum = tracer == nullptr ? TraceSum{} : tracer->ledger_sum();
    for (std::size_t i = 0; i < stage_count; ++i) {
        put(json, static_cast<Stage>(i), sum[i]);
    }
    json.end_array().end_object();
    return text;
}

}  // namespace tickstock
