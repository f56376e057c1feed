#include "server/storage_pages.hpp"

#include "metrics/feed_names.hpp"

namespace tickstock {

void write_storage(JsonWriter& json, const HistoryWriter* writer) {
    if (writer == nullptr) {
        json.null();
        return;
    }
    const HistoryStatus status = writer->status();
    json.begin_object().key("state").string(to_string(status.state));
    json.key("database").string(status.database);
    json.key("epoch").string(status.epoch).key("offset").number(status.offset);
    json.key("behind").number(status.behind).key("events").number(status.events);
    json.key("gaps").number(status.gaps).key("transactions").number(status.transactions);
    json.key("records_per_transaction").number(status.records_per_transaction);
    json.key("operations").number(status.operations);
    json.key("operations_waiting").number(status.operations_waiting);
    json.key("operations_lost").number(status.operations_lost);
    json.key("errors").number(status.errors).key("rebuilds").number(status.rebuilds);
    json.key("removed").number(status.removed).key("last_error").string(status.last_error);
    json.key("last_batch_at").number(to_ns(status.last_batch_at));
    json.key("last_batch_seconds").seconds(status.last_batch_took).end_object();
}

void write_storage_metrics(MetricsWriter& out, const HistoryWriter* writer) {
    if (writer == nullptr) {
        return;
    }
    const HistoryStatus status = writer->status();
    const auto single = [&](const MetricFamily& family, auto value) {
        out.family(family);
        out.sample({}, value);
    };
    const bool is_up = status.state == HistoryState::Ok || status.state == HistoryState::Behind;
    single(metric::storage_up, std::uint64_t{is_up ? 1U : 0U});
    single(metric::storage_behind, status.behind);
    single(metric::storage_events, status.events);
    single(metric::storage_transactions, status.transactions);
    single(metric::storage_errors, status.errors);
    single(metric::storage_gaps, status.gaps);
    single(metric::storage_operations, status.operations);
    single(metric::storage_operations_lost, status.operations_lost);
    single(metric::storage_ratio, status.records_per_transaction);
    single(metric::storage_batch, std::chrono::duration<double>(status.last_batch_took).count());
}

}  // namespace tickstock
