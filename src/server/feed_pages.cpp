#include "server/feed_pages.hpp"

#include <functional>

#include "metrics/feed_names.hpp"

namespace tickstock {
namespace {

double in_seconds(Nanos time) {
    return std::chrono::duration<double>(time).count();
}

template <class Value>
void by_connection(MetricsWriter& out, const EngineStatus& status, const MetricFamily& family,
                   Value value) {
    out.family(family);
    for (const SourceSummary& source : status.sources) {
        if (source.feed) {
            for (const FeedConnection& connection : source.feed->connections) {
                out.sample({{"source", source.name}, {"connection", connection.name}},
                           value(connection));
            }
        }
    }
}

void by_source(MetricsWriter& out, const EngineStatus& status, const MetricFamily& family,
               std::uint64_t FeedStatus::*count) {
    out.family(family);
    for (const SourceSummary& source : status.sources) {
        if (source.feed) {
            out.sample({{"source", source.name}}, (*source.feed).*count);
        }
    }
}

}  // namespace

void write_feed(JsonWriter& json, const FeedStatus& feed) {
    json.begin_object().key("connections").begin_array();
    for (const FeedConnection& connection : feed.connections) {
        json.begin_object().key("name").string(connection.name);
        json.key("state").string(connection.state).key("detail").string(connection.detail);
        json.key("epoch").number(connection.epoch).key("frames").number(connection.frames);
        json.key("bytes").number(connection.bytes).key("connects").number(connection.connects);
        json.key("disconnects").number(connection.disconnects);
        json.key("queued_bytes").number(std::uint64_t{connection.queued_bytes});
        json.key("lag_seconds").seconds(connection.lag);
        json.key("silence_seconds").seconds(connection.silence);
        json.key("subscriptions").number(std::uint64_t{connection.subscriptions});
        json.key("wanted").number(std::uint64_t{connection.wanted}).end_object();
    }
    json.end_array();
    json.key("gaps").number(feed.gaps).key("recovered").number(feed.recovered);
    json.key("duplicates").number(feed.duplicates);
    json.key("out_of_order").number(feed.out_of_order);
    json.key("backfilled").number(feed.backfilled);
    json.key("backfill_failed").number(feed.backfill_failed);
    json.key("suspected_missing").number(feed.suspected_missing).end_object();
}

void write_feed_metrics(MetricsWriter& out, const EngineStatus& status) {
    using Connection = const FeedConnection&;
    by_connection(out, status, metric::feed_up,
                  [](Connection c) { return std::uint64_t{c.state == "live" ? 1U : 0U}; });
    by_connection(out, status, metric::feed_epoch, [](Connection c) { return c.epoch; });
    by_connection(out, status, metric::feed_frames, [](Connection c) { return c.frames; });
    by_connection(out, status, metric::feed_bytes, [](Connection c) { return c.bytes; });
    by_connection(out, status, metric::feed_disconnects,
                  [](Connection c) { return c.disconnects; });
    by_connection(out, status, metric::feed_queued,
                  [](Connection c) { return std::uint64_t{c.queued_bytes}; });
    by_connection(out, status, metric::feed_lag, [](Connection c) { return in_seconds(c.lag); });
    by_connection(out, status, metric::feed_silence,
                  [](Connection c) { return in_seconds(c.silence); });
    by_connection(out, status, metric::feed_topics,
                  [](Connection c) { return std::uint64_t{c.subscriptions}; });
    by_connection(out, status, metric::feed_topics_wanted,
                  [](Connection c) { return std::uint64_t{c.wanted}; });
    by_source(out, status, metric::feed_gaps, &FeedStatus::gaps);
    by_source(out, status, metric::feed_recovered, &FeedStatus::recovered);
    by_source(out, status, metric::feed_out_of_order, &FeedStatus::out_of_order);
    by_source(out, status, metric::feed_backfilled, &FeedStatus::backfilled);
    by_source(out, status, metric::feed_backfill_failed, &FeedStatus::backfill_failed);
    by_source(out, status, metric::feed_suspected, &FeedStatus::suspected_missing);
}

}  // namespace tickstock
