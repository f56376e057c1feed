// GET /metrics: every family of metrics/names.hpp for which this version has a figure.

#include "metrics/names.hpp"
#include "metrics/prometheus.hpp"
#include "server/config_metrics.hpp"
#include "server/control_metrics.hpp"
#include "server/feed_pages.hpp"
#include "server/process_metrics.hpp"
#include "server/rollout_metrics.hpp"
#include "server/site.hpp"
#include "server/socketio_hub.hpp"
#include "server/storage_pages.hpp"

namespace tickstock {
namespace {

using Stage = std::pair<std::string_view, const StageCounts*>;

std::vector<Stage> stages_of(const Accounting& accounting) {
    std::vector<Stage> stages{{"sources", &accounting.sources},
                              {"sequencer", &accounting.sequencer},
                              {"router", &accounting.router},
                              {"intake", &accounting.intake}};
    for (std::size_t i = 0; i < accounting.channels.size(); ++i) {
        stages.emplace_back(to_string(static_cast<ChannelType>(i)), &accounting.channels[i]);
    }
    stages.emplace_back("detectors", &accounting.detectors);
    stages.emplace_back("linear", &accounting.linear);
    stages.emplace_back("selection", &accounting.selection);
    stages.emplace_back("rules", &accounting.rules);
    stages.emplace_back("coordination", &accounting.coordination);
    stages.emplace_back("priority", &accounting.priority);
    stages.emplace_back("publishing", &accounting.publishing);
    return stages;
}

void single(MetricsWriter& out, const MetricFamily& family, auto value) {
    out.family(family);
    out.sample({}, value);
}

void write_stages(MetricsWriter& out, const Accounting& accounting) {
    const auto stages = stages_of(accounting);
    out.family(metric::stage_in);
    for (const auto& [name, counts] : stages) {
        out.sample({{"stage", name}}, counts->in);
    }
    out.family(metric::stage_out);
    for (const auto& [name, counts] : stages) {
        out.sample({{"stage", name}}, counts->out);
    }
    out.family(metric::stage_held);
    for (const auto& [name, counts] : stages) {
        out.sample({{"stage", name}}, counts->held);
    }
    out.family(metric::stage_dropped);
    for (const auto& [name, counts] : stages) {
        write_dropped(out, "stage", name, *counts);
    }
}

void write_sources(MetricsWriter& out, const EngineStatus& status) {
    out.family(metric::source_rows);
    for (const SourceSummary& source : status.sources) {
        out.sample({{"source", source.name}}, source.counts.in);
    }
    out.family(metric::source_records);
    for (const SourceSummary& source : status.sources) {
        out.sample({{"source", source.name}}, source.counts.out);
    }
    out.family(metric::source_rejected);
    for (const SourceSummary& source : status.sources) {
        write_dropped(out, "source", source.name, source.counts);
    }
    out.family(metric::source_last_record);
    for (const SourceSummary& source : status.sources) {
        if (to_ns(source.last_record) > 0) {
            out.sample({{"source", source.name}},
                       static_cast<double>(to_ns(source.last_record)) / 1e9);
        }
    }
    out.family(metric::source_idle);
    for (const SourceSummary& source : status.sources) {
        if (source.state != "ended" && source.state != "warming_up") {
            out.sample({{"source", source.name}},
                       std::chrono::duration<double>(source.idle).count());
        }
    }
    out.family(metric::source_switches);
    for (const SourceSummary& source : status.sources) {
        out.sample({{"source", source.name}}, source.switches);
    }
    out.family(metric::source_up);
    for (const SourceSummary& source : status.sources) {
        const bool is_up = source.state == "streaming" || source.state == "warming_up";
        out.sample({{"source", source.name}}, std::uint64_t{is_up ? 1U : 0U});
    }
    write_feed_metrics(out, status);
}

/// One sample for each source and type that was received.
void by_source_and_type(MetricsWriter& out, const EngineStatus& status, const MetricFamily& family,
                        std::uint64_t CoordinationCounts::*count) {
    out.family(family);
    status.coordination.for_each([&](SourceKind source, EventType type,
                                     const CoordinationCounts& counts) {
        if (counts.received > 0) {
            out.sample({{"source", to_string(source)}, {"type", to_string(type)}}, counts.*count);
        }
    });
}

void write_coordination(MetricsWriter& out, const EngineStatus& status) {
    using Counts = CoordinationCounts;
    by_source_and_type(out, status, metric::coordination_received, &Counts::received);
    by_source_and_type(out, status, metric::coordination_conflicts, &Counts::conflicts);
    by_source_and_type(out, status, metric::coordination_resolved, &Counts::resolved);
    by_source_and_type(out, status, metric::coordination_emitted, &Counts::emitted);
    by_source_and_type(out, status, metric::coordination_suppressed, &Counts::suppressed);
}

void write_engine(MetricsWriter& out, const EngineStatus& status, const ClientCounts& clients) {
    single(out, metric::clock, static_cast<double>(to_ns(status.clock)) / 1e9);
    out.family(metric::session);
    out.sample({{"session", to_string(status.session)}}, std::uint64_t{1});
    single(out, metric::sequence, status.last_sequence);
    single(out, metric::symbols, status.symbols);
    single(out, metric::shards, std::uint64_t{status.shards});
    single(out, metric::deadlines, status.open_deadlines);
    out.family(metric::records);
    for (std::size_t i = 0; i < status.records_by_kind.size(); ++i) {
        out.sample({{"type", to_string(static_cast<RecordKind>(i))}}, status.records_by_kind[i]);
    }
    single(out, metric::second_bars, status.second_bars);
    single(out, metric::halted_symbols, status.halted_symbols);
    out.family(metric::unknown_conditions);
    for (const UnknownConditionEntry& entry : status.unknown_by_code) {
        out.sample({{"code", std::to_string(entry.code)}}, entry.count);
    }
    out.family(metric::rule_disabled);
    for (const RuleSummary& rule : status.rules) {
        out.sample({{"rule", rule.name}}, rule.activity.disabled_symbols);
    }
    write_stages(out, status.accounting);
    out.family(metric::latency);
    out.sample({{"stage", "admission"}}, status.stage_latencies.admission);
    out.sample({{"stage", "journal"}}, status.stage_latencies.journal);
    out.sample({{"stage", "detection"}}, status.stage_latencies.detection);
    out.sample({{"stage", "publishing"}}, status.batch_latency);
    out.sample({{"stage", "client"}}, clients.end_to_end);
    write_control_metrics(out, status);
    write_coordination(out, status);
    write_rollout_metrics(out, status.rollout.get());
    write_sources(out, status);
}

void write_stream(MetricsWriter& out, const EventStream& stream) {
    const StreamRange range = stream.range();
    single(out, metric::stream_offset, range.last.value());
    single(out, metric::stream_first, range.first.value());
    single(out, metric::stream_evicted, stream.evicted_events());
    out.family(metric::events);
    const auto by_type = stream.events_by_type();
    for (std::size_t i = 0; i < by_type.size(); ++i) {
        out.sample({{"type", to_string(static_cast<EventType>(i))}}, by_type[i]);
    }
}

void write_auth(MetricsWriter& out, const Authenticator* authenticator) {
    if (authenticator == nullptr) {
        return;
    }
    out.family(metric::auth_failures);
    for (int i = 0; i < auth_failure_count; ++i) {
        const auto failure = static_cast<AuthFailure>(i);
        out.sample({{"reason", to_string(failure)}}, authenticator->failures(failure));
    }
    single(out, metric::auth_successes, authenticator->successes());
}

void write_fanout(MetricsWriter& out, const Fanout::Counts& counts) {
    out.family(metric::fanout_frames);
    out.sample({{"made", "gathered"}}, counts.frames_gathered);
    out.sample({{"made", "copied"}}, counts.frames_built - counts.frames_gathered);
    out.sample({{"made", "shared"}}, counts.frames_shared);
}

void write_clients(MetricsWriter& out, const ClientCounts& clients) {
    out.family(metric::clients);
    out.sample({{"transport", "ws"}}, clients.websocket_open);
    out.sample({{"transport", "sse"}}, clients.sse_open);
    out.sample({{"transport", "socketio"}}, clients.socketio_open);
    out.sample({{"transport", "ingest"}}, clients.ingest.open);
    out.sample({{"transport", "http"}}, clients.http_open);
    single(out, metric::clients_accepted, clients.accepted);
    out.family(metric::clients_refused);
    out.sample({{"reason", "limit"}}, clients.refused - clients.over_rate);
    out.sample({{"reason", "rate"}}, clients.over_rate);
    out.family(metric::clients_closed);
    const auto codes = close_codes();
    for (std::size_t i = 0; i < codes.size(); ++i) {
        out.sample({{"reason", codes[i].reason}}, clients.closes[i]);
    }
    single(out, metric::subscriptions, clients.subscriptions);
    single(out, metric::client_events, clients.events_out);
    single(out, metric::client_bytes, clients.bytes_out);
    single(out, metric::client_gaps, clients.gaps);
    out.family(metric::client_delay);
    out.sample({}, clients.delay);
    single(out, metric::clients_compressed, clients.compressed_open);
    single(out, metric::tls_failures, clients.tls_failures);
}

void write_ingest(MetricsWriter& out, const IngestCounts& counts, const IngestDesk& desk) {
    out.family(metric::ingest_requests);
    for (std::size_t i = 0; i < counts.requests.size(); ++i) {
        out.sample({{"result", to_string(static_cast<IngestResult>(i))}}, counts.requests[i]);
    }
    out.family(metric::ingest_rows);
    out.sample({{"fate", "accepted"}}, counts.accepted);
    out.sample({{"fate", "duplicate"}}, counts.duplicates);
    out.sample({{"fate", "rejected"}}, counts.rejected);
    out.sample({{"fate", "refused"}}, counts.refused);
    single(out, metric::ingest_in_flight, counts.in_flight_bytes);
    single(out, metric::ingest_queued, std::uint64_t{desk.queued_bytes()});
}

}  // namespace

HttpResponse Site::metrics_page(const HttpRequest& request) const {
    const MetricsFormat format = negotiate_metrics_format(request.accept);
    HttpResponse response;
    response.content_type = content_type(format);
    MetricsWriter out(response.body, format);
    out.family(metric::build_info);
    out.sample({{"version", parts_.info.version}}, std::uint64_t{1});
    const auto status = parts_.status();
    const bool is_ready = what_is_missing(status.get()).empty();
    single(out, metric::ready, std::uint64_t{is_ready ? 1U : 0U});
    if (status) {
        write_engine(out, *status, parts_.clients);
        write_data_metrics(out, status->control.journal);
    }
    write_stream(out, parts_.stream);
    write_clients(out, parts_.clients);
    single(out, metric::display_dropped, parts_.socketio.feeds().dropped());
    write_fanout(out, parts_.fanout.counts());
    write_ingest(out, parts_.clients.ingest, parts_.ingest);
    write_storage_metrics(out, parts_.info.history_writer);
    write_auth(out, parts_.gate.authenticator());
    write_process_metrics(out);
    write_thread_metrics(out, parts_.info.watchdog);
    write_alert_metrics(out, parts_.info.alerts);
    write_config_metrics(out, parts_.info.config);
    out.finish();
    return response;
}

}  // namespace tickstock
