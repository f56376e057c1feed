// RunningEngine: snapshots and what it tells about itself.

#include <algorithm>
#include <utility>

#include "base/named_thread.hpp"
#include "engine/running_engine.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

constexpr std::array overflow_names{"spill", "block", "drop_newest", "drop_oldest"};

RecoverySummary summary_of(const RecoveryReport& report) {
    RecoverySummary summary;
    summary.had_journal = report.had_journal;
    summary.had_snapshot = report.had_snapshot;
    summary.snapshot = report.snapshot;
    summary.recovered_through = report.recovered_through;
    summary.entries_run = report.entries_run;
    summary.events_compared = report.events_compared;
    summary.events_published = report.events_published;
    summary.torn_bytes = report.torn_bytes;
    summary.new_epoch = report.new_epoch;
    summary.why_new_epoch = report.why_new_epoch;
    summary.notes = report.notes;
    return summary;
}

/// Paused channels keep what they have on the disk, a snapshot takes it through memory. With more
/// than this the snapshot before serves a start, with the journal behind it.
constexpr std::uint64_t most_parked_in_snapshot = 50'000;
constexpr Nanos longest_wait_for_lull = std::chrono::seconds(2);

/// The first half of a second of the market: no shard has to copy at once all symbols whose second
/// bars close.
bool is_lull(UnixNanos clock) {
    return to_ns(clock) % 1'000'000'000 < 500'000'000;
}

double rate(std::uint64_t now, std::uint64_t before, double seconds) {
    return static_cast<double>(now - std::min(now, before)) / seconds;
}

}  // namespace

void RunningEngine::snapshot_when_due(Nanos now, Step& step) {
    collect_snapshot();
    if (job_ != nullptr) {
        if (job_->complete()) {
            const std::lock_guard lock(mutex_);
            if (job_to_write_ == nullptr) {
                job_to_write_ = job_;
                step.worked = true;
            }
        }
        return;
    }
    const Nanos interval = config_.snapshot.interval;
    if (interval == Nanos{0} || disk_full_ || draining_) {
        return;
    }
    if (now - last_snapshot_ >= interval) {
        const Nanos overdue = now - last_snapshot_ - interval;
        if (overdue < std::min(longest_wait_for_lull, interval / 20) &&
            !is_lull(system_->clock())) {
            step.wake_at = std::min(step.wake_at, now + std::chrono::milliseconds(10));
            return;
        }
        last_snapshot_ = now;
        if (const std::uint64_t parked = parked_records(); parked > most_parked_in_snapshot) {
            log_warn("engine", "no snapshot: {} records of paused channels wait", parked);
        } else if (system_->last_sequence() != last_snapshot_sequence_) {
            begin_snapshot(now);
            step.worked = true;
        }
    }
    step.wake_at = std::min(step.wake_at, last_snapshot_ + interval);
}

void RunningEngine::begin_last_snapshot(Nanos now) {
    if (last_snapshot_sequence_ != system_->last_sequence() &&
        parked_records() <= most_parked_in_snapshot) {
        begin_snapshot(now);
    }
}

/// Of channels that are paused or in error; what is on its way there included.
std::uint64_t RunningEngine::parked_records() const {
    std::uint64_t parked = 0;
    for (const ChannelSupervisor& supervisor : supervisors_) {
        if (supervisor.is_parked()) {
            for (const auto& shard : shards_) {
                parked += shard->queued(supervisor.channel());
            }
        }
    }
    return parked;
}

/// A cut at the last entry: each part is handed in by its own thread as it stands there.
void RunningEngine::begin_snapshot(Nanos now) {
    const Sequence at = system_->last_sequence();
    SnapshotHeader header;
    header.logic_version = logic_version_;
    header.sequence = at;
    header.clock = system_->clock();
    header.created = clock_.wall();
    header.configuration_hash = configuration_hash_;
    job_ = std::make_shared<SnapshotJob>(header, shards(), now);
    StateWriter engine;
    std::vector<SourcePosition> positions;
    for (const SourceSlot& slot : sources_) {
        positions.push_back({slot.source->identity(), slot.pass,
                             slot.position - refused_behind_last_entry_[slot.id.value()]});
    }
    std::vector<SymbolText> texts;
    const std::size_t known = system_->symbols().size();
    for (std::uint32_t id = 0; id < known; ++id) {
        texts.push_back(system_->symbols().text(SymbolId{id}));
    }
    engine(positions, epoch_, configuration_hash_, last_empty_begin_, texts,
           config_.journal.durability == Durability::Always);
    push_clients_.archive(engine);
    job_->add(SnapshotPart::Engine, engine.take());
    StateWriter counts;
    system_->save_counts(counts);
    job_->add(SnapshotPart::Sequencer, counts.take());
    for (const auto& shard : shards_) {
        shard->request_state(at, [job = job_, number = shard->number()](Shard::StateParts parts) {
            job->add_shard(number, std::move(parts));
        });
    }
    publisher_->request_state(
        at, [job = job_](std::string state) { job->add_stream(std::move(state)); });
    wake_();
}

/// step_sync's thread: the file, which may take as long as the disk does.
void RunningEngine::write_snapshot() {
    std::shared_ptr<SnapshotJob> job;
    {
        const std::lock_guard lock(mutex_);
        job = job_to_write_;
    }
    if (job == nullptr || job->written()) {
        return;
    }
    // A snapshot never outlives what it stands on.
    if (!sync_files()) {
        return;
    }
    const auto saved = snapshots_->save(job->header(), job->sections());
    std::uint64_t bytes = 0;
    for (const SnapshotSection& section : job->sections()) {
        bytes += section.bytes.size();
    }
    {
        const std::lock_guard lock(mutex_);
        if (saved.ok()) {
            snapshot_summary_.last = job->header().sequence;
            snapshot_summary_.taken = job->header().created;
            snapshot_summary_.took = clock_.monotonic() - job->begun();
            snapshot_summary_.bytes = bytes;
            snapshot_summary_.last_error.clear();
            ++snapshot_summary_.count;
        } else {  // the one before holds; the next try comes with the next interval
            ++snapshot_summary_.failures;
            snapshot_summary_.last_error = saved.error().message;
            log_error("engine", "no snapshot: {}", saved.error().message);
        }
    }
    job->set_written(saved.ok());
    wake_();
}

/// Sequencer's thread: a written snapshot lets the journal forget what is older.
void RunningEngine::collect_snapshot() {
    if (job_ == nullptr || !job_->written()) {
        return;
    }
    if (job_->saved()) {
        last_snapshot_sequence_ = job_->header().sequence;
        kept_snapshots_.push_back(last_snapshot_sequence_);
    }
    while (kept_snapshots_.size() > std::max(1U, config_.snapshot.keep)) {
        kept_snapshots_.pop_front();
    }
    {
        const std::lock_guard lock(mutex_);
        job_to_write_ = nullptr;
    }
    job_ = nullptr;
    // Whoever falls back to the oldest snapshot kept runs from there.
    if (kept_snapshots_.size() >= config_.snapshot.keep) {
        Sequence needed = kept_snapshots_.front();
        for (const auto& shard : shards_) {
            needed = std::min(needed, shard->taken_through());
        }
        // With that entry's segment: what was refused right behind it may stand there.
        journal_->retain(needed, clock_.wall());
        stored_->retain(clock_.wall());
    }
}

namespace {

/// The stages are looked at one after another, the later ones first; what is between two of them
/// waits there.
void close_ledgers(Accounting& accounting) {
    StageCounts& router = accounting.router;
    router.held = router.out - accounting.intake.in;
    router.out = accounting.intake.in;
    StageCounts& priority = accounting.priority;
    priority.held = priority.out - accounting.publishing.in;
    priority.out = accounting.publishing.in;
}

}  // namespace

void RunningEngine::update_status(Nanos now) {
    const bool first = last_status_ == Nanos{0};
    const double seconds =
        std::max(std::chrono::duration<double>(now - last_status_).count(), 1e-3);
    last_status_ = now;
    std::vector<ShardReport> reports;
    for (const auto& shard : shards_) {
        reports.push_back(*shard->report());
    }
    system_->fill_status(reports, status_);
    update_rollout_status(now);
    status_.accounting.sources = sources_before_;
    for (const SourceSlot& slot : sources_) {
        status_.accounting.sources += slot.source->counts();
        status_.accounting.sources.out -= slot.waiting.size() + slot.due_records;
        status_.accounting.sources.held += slot.waiting.size() + slot.due_records;
    }
    // What the arbiter dropped or holds never reached the sequencer.
    StageCounts& sources = status_.accounting.sources;
    sources.out -= arbiter_.standby() + arbiter_.held();
    sources.held += arbiter_.held();
    sources.dropped[static_cast<std::size_t>(Reason::Standby)] += arbiter_.standby();
    status_.accounting.sources.in += system_->made_records();
    status_.accounting.sources.out += system_->made_records();
    status_.accounting.publishing = reports.front().publishing;
    for (const ShardReport& report : reports) {
        if (report.publishing.in < status_.accounting.publishing.in) {
            status_.accounting.publishing = report.publishing;
        }
    }
    const std::uint64_t unheard = system_->unheard_events();
    status_.accounting.publishing.in += unheard;
    status_.accounting.publishing.dropped[static_cast<std::size_t>(Reason::ToldBefore)] += unheard;
    close_ledgers(status_.accounting);
    latency_.copy_to(status_.batch_latency, status_.batch_latency_by_kind, status_.stage_latencies);
    for (const std::string& note : stored_->take_notes()) {
        log_warn("stream", "{}", note);
    }
    unknown_log_.tell(status_.unknown_by_code);
    disabled_rule_log_.tell(status_.rules);
    status_.ready = !warming_up_ && !disk_full_ && state_ != "stopped";
    const std::uint64_t events = status_.accounting.publishing.out;
    if (!first) {
        status_.records_per_second = rate(records_, records_at_status_, seconds);
        status_.events_per_second = rate(events, events_at_status_, seconds);
    }
    if (was_ready_ && status_.ready) {  // the warm-up's rate is no market's
        status_.records_per_second_peak =
            std::max(status_.records_per_second_peak, status_.records_per_second);
        status_.events_per_second_peak =
            std::max(status_.events_per_second_peak, status_.events_per_second);
    }
    was_ready_ = status_.ready;
    records_at_status_ = records_;
    events_at_status_ = events;
    status_.events_by_type = stream_.events_by_type();
    if (state_ == "stopped") {
        trade_meter_.close();
    }
    status_.trade_windows = trade_meter_.closed();
    for (RuleSummary& rule : status_.rules) {
        const auto switched = switched_rules_.find(rule.name);
        rule.on = switched == switched_rules_.end() || switched->second;
    }
    fill_channels(status_, reports, first ? 0 : seconds);
    fill_sources(status_);
    fill_control(status_);
    auto snapshot = std::make_shared<const EngineStatus>(status_);
    const std::lock_guard lock(mutex_);
    published_status_ = std::move(snapshot);
}

void RunningEngine::fill_channels(EngineStatus& status, const std::vector<ShardReport>& reports,
                                  double seconds) {
    const Nanos now = clock_.monotonic();
    for (ChannelSummary& channel : status.channels) {
        const auto index = static_cast<std::size_t>(channel.type);
        const ChannelSettings& settings = config_.pipeline.channels[index];
        const ChannelSupervisor& supervisor = supervisors_[index];
        channel.status = settings.enabled ? supervisor.status() : ChannelStatus::Shutdown;
        if (state_ == "stopped") {
            channel.status = ChannelStatus::Shutdown;
        }
        channel.status_reason = supervisor.reason();
        channel.returns_last_hour = supervisor.returns(now);
        channel.failed = supervisor.failed();
        channel.circuit_history = circuit_log_.of(to_string(channel.type));
        channel.overflow_action = overflow_names[static_cast<std::size_t>(settings.overflow)];
        channel.queue_full = queue_full_[index];
        channel.queue_size = 0;
        for (const auto& shard : shards_) {
            channel.queue_size += shard->queued(channel.type);
        }
        channel.records_per_second =
            seconds > 0 ? rate(channel.counts.out, channel_records_at_status_[index], seconds) : 0;
        channel_records_at_status_[index] = channel.counts.out;
        std::vector<const ChannelVitals*> vitals;
        for (const ShardReport& report : reports) {
            vitals.push_back(&report.vitals[index]);
        }
        merge_vitals(vitals, system_->symbols(), channel);
    }
}

void RunningEngine::fill_sources(EngineStatus& status) const {
    status.sources.clear();
    for (const SourceSlot& slot : sources_) {
        SourceSummary source;
        source.name = slot.source->name();
        source.detail = slot.source->detail();
        source.state = !slot.source->failure().empty() ? "failed"
                       : state_ == "stopped"           ? "stopped"
                       : slot.ended                    ? "ended"
                       : slot.last.warming_up          ? "warming_up"
                                                       : "streaming";
        source.feed = slot.source->feed_status();
        source.switches = arbiter_.switches(slot.id);
        source.idle = last_status_ - slot.heard_at;
        if (source.feed && source.state == "streaming") {
            for (const FeedConnection& connection : source.feed->connections) {
                if (connection.state != "live") {
                    source.state = connection.state;
                }
            }
            // Before and after the regular session a feed of few symbols may have nothing to say.
            if (source.state == "streaming" && status.session == TradingSession::Regular &&
                source.idle > config_.monitoring.feed_stale) {
                source.state = "stale";
            }
        }
        source.counts = slot.source->counts();
        source.speed = slot.source->speed();
        source.loops = slot.source->passes();
        source.last_record = slot.last_record;
        status.sources.push_back(std::move(source));
    }
}

void RunningEngine::fill_control(EngineStatus& status) const {
    ControlStatus& control = status.control;
    control.shards.clear();
    const Sequence last = system_->last_sequence();
    for (const auto& shard : shards_) {
        ShardSummary summary;
        summary.shard = shard->number();
        summary.symbols = shards_.size() == 1
                              ? system_->symbols().size()
                              : system_->router().placement().symbols_on(shard->number());
        summary.done_through = shard->finished_through();
        summary.lag_records = last.value() - summary.done_through.value();
        summary.reading_from_file = shard->reading_from_file();
        const auto report = shard->report();
        for (std::size_t i = 0; i < summary.queued.size(); ++i) {
            summary.queued[i] = shard->queued(static_cast<ChannelType>(i));
            summary.processed += shard->finished(static_cast<ChannelType>(i));
            summary.lag = std::max(summary.lag, report->vitals[i].lag);
        }
        summary.mean_time = report->mean_time;
        control.shards.push_back(summary);
    }
    JournalSummary& journal = control.journal;
    journal.directory = journal_path_;
    journal.first = journal_->first();
    journal.last = last;
    journal.written = journal_->written_through();
    journal.durable = journal_->durable_through();
    journal.bytes = journal_->bytes();
    journal.segments = journal_->segments();
    journal.unwritten_bytes = journal_->unwritten_bytes();
    static constexpr std::array durabilities{"always", "interval", "none"};
    journal.durability = durabilities[static_cast<std::size_t>(config_.journal.durability)];
    const bool no_room = disk_full_ || publisher_->blocked();
    const std::string state = !failure().empty() ? "failed" : no_room ? "disk_full" : "writing";
    if (journal.state != state) {  // others than the sequencer's are seen as late as this
        journal.since = state == "disk_full" && disk_full_ ? disk_full_since_ : clock_.wall();
        journal.state = state;
    }
    journal.reason = journal.state == "failed"      ? failure()
                     : journal.state == "disk_full" ? "no room on the disk"
                                                    : "";
    journal.disk_full_stops = disk_full_stops_;
    control.recovery = summary_of(recovery_);
    control.recovery.took = recovery_took_;
    fill_router(status);
    control.shed.level = shed_.level();
    control.shed.pending = publisher_->pending();
    control.shed.capacity = config_.pipeline.priority.event_capacity;
    control.universes = universe_summaries_;
    control.decisions.assign(decisions_.begin(), decisions_.end());
    control.decision_total = decision_total_;
    control.draining = draining_;
    control.threads.clear();
    for (ThreadTime& thread : thread_times()) {
        control.threads.push_back({std::move(thread.name), thread.cpu_seconds});
    }
    const std::lock_guard lock(mutex_);
    control.snapshot = snapshot_summary_;
    control.snapshot.age =
        snapshot_summary_.count == 0 ? Nanos{0} : clock_.wall() - snapshot_summary_.taken;
    journal.last_sync = last_sync_took_;
    journal.syncs = syncs_;
}

/// After the channels and the accounting.
void RunningEngine::fill_router(EngineStatus& status) const {
    RouterSummary& summary = status.control.router;
    const DataChannelRouter& router = system_->router();
    const RouterStatistics statistics = router.statistics();
    summary.strategy = std::string(to_string(statistics.strategy));
    summary.total_routed = statistics.total_routed;
    summary.routing_time = router.routing_time();
    summary.selection_time = router.selection_time();
    summary.last_activity = statistics.last_activity;
    std::copy_n(statistics.routes_by_type.begin(), summary.routes_by_type.size(),
                summary.routes_by_type.begin());
    summary.routes_by_channel = statistics.routes_by_channel;
    summary.symbols_by_channel = statistics.symbols_by_channel;
    summary.circuit = statistics.circuit;
    summary.circuit_trips = statistics.circuit_trips;
    summary.circuit_history = circuit_log_.of("router");
    const auto& errors = statistics.errors_by_reason;
    summary.no_channel = errors[static_cast<std::size_t>(RoutingError::NoChannel)];
    summary.none_healthy = errors[static_cast<std::size_t>(RoutingError::NoneHealthy)];
    // Sources and channels count these two.
    summary.unidentified = status.accounting.sources.dropped_for(Reason::Unidentified);
    summary.timed_out = 0;
    for (const ChannelSummary& channel : status.channels) {
        summary.timed_out += channel.timed_out;
    }
    summary.routing_errors =
        summary.unidentified + summary.no_channel + summary.none_healthy + summary.timed_out;
    summary.moves = statistics.moves;
}

}  // namespace tickstock
