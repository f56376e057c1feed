#include "server/channel_json.hpp"

namespace tickstock {
namespace {

double milliseconds(Nanos time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

void write_times(JsonWriter& json, const Histogram& times) {
    json.begin_object().key("count").number(times.count());
    const auto member = [&](std::string_view name, Nanos time) {
        json.key(name);
        times.count() == 0 ? json.null() : json.seconds(time);
    };
    member("mean", times.mean());
    member("p50", times.quantile(0.5));
    member("p95", times.quantile(0.95));
    member("p99", times.quantile(0.99));
    member("max", times.max());
    json.end_object();
}

void write_circuit_history(JsonWriter& json, const std::vector<CircuitEntry>& history) {
    json.begin_array();
    for (const CircuitEntry& entry : history) {
        json.begin_object().key("sequence").number(entry.sequence.value());
        json.key("clock").number(to_ns(entry.clock)).key("circuit").string(entry.circuit);
        json.key("to").string(to_string(entry.to)).key("reason").string(entry.reason).end_object();
    }
    json.end_array();
}

void write_channel_members(JsonWriter& json, const ChannelSummary& channel) {
    json.key("name").string(to_string(channel.type));
    json.key("configured_name").string(channel.label());
    json.key("enabled").boolean(channel.enabled).key("priority").number(channel.priority);
    json.key("status").string(to_string(channel.status));
    json.key("status_reason").string(channel.status_reason);
    json.key("healthy").boolean(channel.healthy).key("why_unhealthy").begin_array();
    for (const std::string& why : channel.why_unhealthy) {
        json.string(why);
    }
    json.end_array().key("failed").boolean(channel.failed);
    json.key("returns_last_hour").number(channel.returns_last_hour);
    json.key("records").number(channel.counts.in).key("events").number(channel.events);
    json.key("batches").number(channel.batches).key("errors").number(channel.errors);
    json.key("timed_out").number(channel.timed_out);
    json.key("error_rate").number(channel.error_rate);
    json.key("error_rate_lifetime").number(channel.error_rate_lifetime);
    json.key("circuit").string(to_string(channel.circuit));
    json.key("circuit_trips").number(channel.circuit_trips);
    json.key("queue_size").number(channel.queue_size);
    json.key("queue_limit").number(channel.queue_limit);
    json.key("oldest_seconds").seconds(channel.oldest_age);
    json.key("parked").number(channel.parked);
    json.key("overflow_action").string(channel.overflow_action);
    json.key("skipped").number(channel.skipped).key("queue_full").number(channel.queue_full);
    json.key("dead_letter_total").number(channel.dead_letter_total);
    json.key("processing_seconds");
    write_times(json, channel.processing);
    json.key("batch_seconds");
    write_times(json, channel.batch);
    json.key("records_per_second").number(channel.records_per_second);
    json.key("last_activity").number(to_ns(channel.last_activity));
}

void write_channel_metrics(JsonWriter& json, const ChannelSummary& channel) {
    json.begin_object().key("processed_count").number(channel.counts.in);
    json.key("error_count").number(channel.errors + channel.timed_out);
    json.key("last_processing_time_ms").number(milliseconds(channel.last_time));
    json.key("avg_processing_time_ms").number(milliseconds(channel.processing.mean()));
    json.key("events_generated").number(channel.events);
    json.key("status").string(to_string(channel.status));
    json.key("last_activity").number(to_ns(channel.last_activity));
    json.key("backlog_size").number(channel.queue_size).end_object();
}

void write_channel_debug_members(JsonWriter& json, const ChannelSummary& channel) {
    json.key("last_errors").begin_array();
    for (const ChannelErrorEntry& error : channel.last_errors) {
        json.begin_object().key("sequence").number(error.sequence.value());
        json.key("clock").number(to_ns(error.clock)).key("text").string(error.text).end_object();
    }
    json.end_array().key("slowest").begin_array();
    for (const SlowRecordEntry& record : channel.slowest) {
        json.begin_object().key("sequence").number(record.sequence.value());
        json.key("symbol").string(record.symbol).key("clock").number(to_ns(record.clock));
        json.key("seconds").seconds(record.time);
        json.key("records").number(record.records).end_object();
    }
    json.end_array().key("dead_letters").begin_array();
    for (const DeadLetterEntry& letter : channel.dead_letters) {
        json.begin_object().key("detector").string(letter.detector);
        json.key("symbol").string(letter.symbol).key("sequence").number(letter.sequence.value());
        json.key("ts").number(to_ns(letter.ts)).key("reason").string(letter.reason).end_object();
    }
    json.end_array().key("dead_letter_total").number(channel.dead_letter_total);
    json.key("circuit_history");
    write_circuit_history(json, channel.circuit_history);
}

}  // namespace tickstock
