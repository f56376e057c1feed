#include "cli/history_service.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <utility>

#include "cli/history_operations.hpp"
#include "cli/storage_connection.hpp"
#include "history/known_sessions.hpp"
#include "metrics/log.hpp"
#include "model/calendar.hpp"
#include "monitoring/alert_book.hpp"
#include "monitoring/windows.hpp"
#include "server/process_stats.hpp"
#include "storage/migrations.hpp"
#include "storage/operations_query.hpp"

namespace tickstock {
namespace {

/// There is no database yet, which is no news to anybody.
bool is_first_start(const Config& config) {
    std::error_code ignored;
    return config.storage.url == "sqlite" &&
           !std::filesystem::exists(config.data.directory + "/storage.db", ignored);
}

double in_milliseconds(Nanos time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

/// The mean of what a histogram got since an earlier copy of it.
Nanos mean_between(const Histogram& before, const Histogram& now) {
    const std::uint64_t count = now.count() - before.count();
    return count == 0 ? Nanos{0} : (now.sum() - before.sum()) / static_cast<std::int64_t>(count);
}

/// S4's record_performance_metric: component and metric_name as there, where it names them. Times
/// are of what came since `before`, the status of the sample before.
HistorySamples samples_of(const EngineStatus& status, const EngineStatus& before) {
    HistorySamples samples;
    const auto add = [&](std::string component, std::string name, double value) {
        samples.metrics.push_back({std::move(component), std::move(name), value});
    };
    for (const ChannelSummary& channel : status.channels) {
        const std::string name(channel.name.empty() ? to_string(channel.type) : channel.name);
        const Histogram& earlier =
            before.channels[static_cast<std::size_t>(channel.type)].processing;
        if (channel.processing.count() > earlier.count()) {
            add("channel_system", name + "_processing_time",
                in_milliseconds(mean_between(earlier, channel.processing)));
        }
        add("channel_system", name + "_processed", static_cast<double>(channel.counts.out));
        add("channel_system", name + "_errors", static_cast<double>(channel.errors));
        add("channel_system", name + "_queue_size", static_cast<double>(channel.queue_size));
    }
    add("engine", "records_per_second", status.records_per_second);
    add("engine", "events_per_second", status.events_per_second);
    if (status.batch_latency.count() > before.batch_latency.count()) {
        const auto of = [&](double q) {
            return in_milliseconds(quantile_between(before.batch_latency, status.batch_latency, q));
        };
        add("engine", "latency_p50_ms", of(0.5));
        add("engine", "latency_p99_ms", of(0.99));
    }
    for (const SourceSummary& source : status.sources) {
        add("source", source.name + "_records", static_cast<double>(source.counts.out));
    }
    const ProcessStats process = read_process_stats();
    add("process", "resident_memory_bytes", static_cast<double>(process.resident_bytes));
    add("process", "cpu_seconds", process.cpu_seconds);
    if (status.trade_windows) {
        for (const TradeWindow& window : *status.trade_windows) {
            samples.trades.push_back(
                {window.number, to_ns(window.at), static_cast<std::int64_t>(window.trades)});
        }
    }
    samples.records = status.accounting.sequencer.out;
    return samples;
}

bool is_live(const std::string& source) {
    return source == "polygon" || source == "push";
}

}  // namespace

Result<HistoryService> open_history(const Config& config, const StoredStream& stored,
                                    const Clock& clock,
                                    std::function<std::shared_ptr<const EngineStatus>()> status,
                                    std::function<std::shared_ptr<const AlertReport>()> alerts) {
    HistoryService service;
    const std::string& data = config.data.directory;
    auto writing = storage_connection(config.storage, data, StorageUse::Write);
    if (!writing) {
        return writing.error();
    }
    if (*writing == nullptr) {
        return service;
    }
    auto reading = storage_connection(config.storage, data, StorageUse::Read);
    if (!reading) {
        return reading.error();
    }
    const auto operations = [status, alerts = std::move(alerts)](std::uint64_t after) {
        const auto now = status();
        const auto report = alerts();
        return operations_of(now == nullptr ? nullptr : now->rollout.get(), report.get(), after);
    };
    const auto samples = [status = std::move(status),
                          before = std::make_shared<const EngineStatus>()]() mutable {
        const auto now = status();
        HistorySamples taken = now == nullptr ? HistorySamples{} : samples_of(*now, *before);
        before = now == nullptr ? before : now;
        return taken;
    };
    service.writer = std::make_unique<HistoryWriter>(HistoryWriter::Parts{
        stored, std::move(*writing), config.storage, clock, samples, operations});
    service.reader = std::make_unique<HistoryReader>(std::move(*reading), clock);
    return service;
}

std::vector<Alert> restore_alerts(const Config& config, const Clock& clock) {
    std::vector<Alert> alerts;
    if (is_first_start(config)) {
        return alerts;
    }
    auto connection =
        storage_connection(config.storage, config.data.directory, StorageUse::Inspect);
    if (!connection || *connection == nullptr) {
        return alerts;
    }
    AlertQuery query;
    query.range.from = clock.wall() - config.monitoring.history;
    query.range.limit = AlertBook::history_limit;
    auto done = (*connection)->connect();
    done = done ? check_schema(**connection) : done;
    const auto page = done ? query_alerts(**connection, query)
                           : Result<HistoryPage<StoredAlert>, SqlError>(done.error());
    if (!page) {
        log_info("monitoring", "no alerts from the history: {}", page.error().message);
        return alerts;
    }
    for (const StoredAlert& stored : page->rows) {
        alerts.push_back(resolved_alert(stored.alert));
    }
    std::ranges::stable_sort(alerts, std::greater<>(),
                             [](const Alert& alert) { return *alert.resolved; });
    return alerts;
}

std::vector<RestoredSession> restore_sessions(const Config& config, const Clock& clock) {
    std::vector<RestoredSession> restored;
    if (!config.storage.restore || std::ranges::none_of(config.source.names, is_live)) {
        return restored;
    }
    auto connection =
        storage_connection(config.storage, config.data.directory, StorageUse::Inspect);
    if (!connection || *connection == nullptr) {
        return restored;
    }
    const std::optional<UnixNanos> now =
        config.source.clock == SourceClock::Event ? std::nullopt : std::optional(clock.wall());
    const auto known =
        load_known_sessions(**connection, TradingCalendar(config.pipeline.calendar), now);
    if (!known) {
        log_info("recovery", "no sessions from the history: {}", known.error().message);
        return restored;
    }
    for (const KnownSession& one : *known) {
        if (SymbolText::is_valid(one.symbol)) {
            restored.push_back({SymbolText(one.symbol), one.session});
        }
    }
    log_info("recovery", "{} open sessions from the history", restored.size());
    return restored;
}

}  // namespace tickstock
