// RunningEngine: from the sources into the one order.

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "base/mutant.hpp"
#include "engine/running_engine.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

constexpr Nanos shown_clock_interval = std::chrono::seconds(1);
constexpr Nanos retry_write_interval = std::chrono::milliseconds(100);
constexpr std::array all_channels{ChannelType::Tick, ChannelType::Ohlcv, ChannelType::Fmv};

unsigned kinds_of(const std::vector<Record>& records) {
    unsigned kinds = 0;
    for (const Record& record : records) {
        kinds |= 1U << static_cast<unsigned>(record.header().source_kind);
    }
    return kinds;
}

}  // namespace

void RunningEngine::poll_sources(Nanos now, Step& step) {
    if (draining_) {
        return;
    }
    for (SourceSlot& slot : sources_) {
        if (!slot.ended) {
            poll_source(slot, now, step);
        }
    }
}

void RunningEngine::poll_source(SourceSlot& slot, Nanos now, Step& step) {
    if (!slot.waiting.empty() ||
        !slot.due.empty()) {  // held back by a full channel: nothing is asked for meanwhile
        slot.batch.source = slot.id;
        slot.batch.records.swap(slot.waiting);
        slot.waiting.clear();
        if (TICKSTOCK_MUTANT(20)) {
            slot.batch.records.pop_back();
        }
        const std::size_t before = slot.batch.records.size();
        admit(slot, now);
        step.worked = step.worked || slot.waiting.size() < before;
        admit_due(slot, now);
        step.wake_at = std::min(step.wake_at, now + std::chrono::milliseconds(1));
        return;
    }
    slot.last = slot.source->poll(now, slot.batch);
    switch (slot.last.status) {
        case LiveSource::Status::Records:
            slot.batch.source = slot.id;
            slot.heard_at = now;
            if (!slot.batch.records.empty()) {
                slot.last_record = slot.batch.records.back().header().ts_event;
            }
            warming_up_ = slot.last.warming_up;
            slot.refused = 0;
            slot.counts_refused = true;
            arbitrate(slot);
            if (slot.due.empty()) {
                if (const std::string* client = slot.source->client()) {
                    note_client(slot, *client);
                }
                admit(slot, now);
            }
            admit_due(slot, now);
            step.worked = true;
            break;
        case LiveSource::Status::Wait:
            warming_up_ = false;
            step.wake_at = std::min(step.wake_at, slot.last.wait_until);
            break;
        case LiveSource::Status::Restarted:
            if (const std::string why = slot.source->failure(); !why.empty()) {
                log_error("engine", "{}: {}", slot.source->name(), why);
            }
            ++slot.pass;
            begin_again(slot);
            step.worked = true;
            break;
        case LiveSource::Status::Gap: tell_gap(slot.id, slot.last.gap); break;
        case LiveSource::Status::End:
            slot.ended = true;
            warming_up_ = false;
            if (const std::string why = slot.source->failure(); !why.empty()) {
                log_error("engine", "{}: {}", slot.source->name(), why);
            } else {
                log_info("engine", "{} has ended; the server goes on", slot.source->name());
            }
            step.worked = true;
            break;
    }
}

/// A feed cannot say that it was received whole, or that is over.
void RunningEngine::tell_gap(SourceId source, const FeedGap& gap) {
    if (!gap.recovered) {
        arbiter_.set_down(source);
    }
    decide(SourceGap{source, gap.recovered, gap.from, gap.to, gap.reason}, "source");
}

/// Leaves in the batch what its source is in charge of. Where held records go before it, all of
/// them stand in `due`.
void RunningEngine::arbitrate(SourceSlot& slot) {
    if (!arbiter_.is_needed() || !arbiter_.has(slot.id)) {
        return;
    }
    place_new_symbols(slot.batch);
    std::vector<Record>& records = slot.batch.records;
    const std::size_t offered = records.size();
    const std::string* client = slot.source->client();
    arbiter_released_.clear();
    arbiter_.filter({slot.id, system_->sequencer().global_ids(slot.id), client, records},
                    system_->symbols(), arbiter_released_);
    slot.refused = offered - records.size();
    if (arbiter_released_.empty()) {
        return;
    }
    for (SourceArbiter::Released& released : arbiter_released_) {
        slot.due_records += released.records.size();
        slot.due.push_back({std::move(released.client), std::move(released.records), false});
    }
    slot.due_records += records.size();
    slot.due.push_back({client == nullptr ? "" : *client, std::move(records), true});
    records.clear();
}

/// As far as no full channel holds them back.
void RunningEngine::admit_due(SourceSlot& slot, Nanos now) {
    while (slot.waiting.empty() && !slot.due.empty()) {
        SourceSlot::Due due = std::move(slot.due.front());
        slot.due.pop_front();
        slot.due_records -= due.records.size();
        slot.batch.source = slot.id;
        slot.batch.records = std::move(due.records);
        slot.counts_refused = due.is_polled;
        note_client(slot, due.client);
        admit(slot, now);
    }
    tell_admitted(slot);
}

/// Who pushes is journaled before his records, so that a start knows how far he came.
void RunningEngine::note_client(SourceSlot& slot, const std::string& client) {
    if (slot.source->client() == nullptr || slot.batch.records.empty() ||
        client == push_clients_.current(slot.id)) {
        return;
    }
    push_clients_.set_current(slot.id, client);
    decide(PushedBy{slot.id, client}, "source");
}

void RunningEngine::tell_admitted(SourceSlot& slot) {
    if (slot.waiting.empty() && slot.due.empty()) {
        slot.source->admitted(system_->last_sequence(), slot.refused);
    }
}

/// The source's batch into the order, the journal and the tail.
void RunningEngine::admit(SourceSlot& slot, Nanos now) {
    Sequencer& sequencer = system_->sequencer();
    std::vector<Record>& records = slot.batch.records;
    const std::size_t offered = records.size();
    place_new_symbols(slot.batch);
    for (auto& asked : asked_) {
        asked = {};
    }
    sequencer.admit(slot.batch, gated_ ? this : nullptr, slot.waiting);
    slot.position += TICKSTOCK_MUTANT(17) ? records.size() : offered - slot.waiting.size();
    records_ += offered - slot.waiting.size();
    if (slot.counts_refused) {
        slot.refused += offered - slot.waiting.size() - records.size();
    }
    if (slot.source->client() != nullptr && !records.empty()) {
        if (const std::string& client = push_clients_.current(slot.id); !client.empty()) {
            push_clients_.reached(client, records.back().header().source_sequence);
        }
    }
    auto refusal = sequencer.refusals().begin();
    const auto refusals_end = sequencer.refusals().end();
    for (std::size_t i = 0; i <= records.size(); ++i) {
        for (; refusal != refusals_end && refusal->before == i; ++refusal) {
            if (!TICKSTOCK_MUTANT(18)) {
                journal_->append_refused(slot.id, refusal->reason, refusal->count);
                refused_behind_last_entry_[slot.id.value()] += refusal->count;
            }
        }
        if (i < records.size()) {
            append_to_journal(records[i]);
        }
    }
    if (records.empty()) {
        return;
    }
    auto run = std::make_shared<Run>();
    run->admitted = now;
    run->warm_up = warming_up_;
    if (records.capacity() > 2 * records.size()) {  // the tail holds no room for what was held back
        run->records = records;
        records.clear();
    } else {
        run->records.swap(records);
    }
    if (!warming_up_) {
        latency_.mark(run->records.back().header().sequence, now, clock_.monotonic(),
                      kinds_of(run->records));
    }
    append_run(std::move(run));
}

/// Where new symbols live is decided before their first records are admitted.
void RunningEngine::place_new_symbols(RecordBatch& batch) {
    const std::size_t before = system_->symbols().size();
    system_->sequencer().learn_symbols(batch);
    const std::size_t known = system_->symbols().size();
    if (known == before || shards_.size() == 1) {
        return;
    }
    place_symbols_from(before);
}

void RunningEngine::place_symbols_from(std::size_t first) {
    std::vector<SymbolId> fresh;
    for (std::size_t id = first; id < system_->symbols().size(); ++id) {
        fresh.push_back(SymbolId{static_cast<std::uint32_t>(id)});
    }
    const Nanos begin = clock_.monotonic();
    auto places = system_->router().place_new(fresh, system_->symbols());
    system_->router().record_selection_time(clock_.monotonic() - begin);
    if (places) {
        decide(std::move(*places), "control");
    }
}

/// Fills in where the records live, counts them into the shards' queues, and hands the run over.
void RunningEngine::append_run(std::shared_ptr<Run> run) {
    DataChannelRouter& router = system_->router();
    if (run->decision) {
        run->shard_of = shards_of(*run->decision, [&](SymbolId symbol) {
            return static_cast<std::uint16_t>(router.shard_of(symbol, system_->symbols()));
        });
        if (std::holds_alternative<ManualHalt>(run->decision->action)) {
            shards_[run->shard_of.front()]->add_admitted(ChannelType::Tick, 1);
        }
    } else {
        std::vector<std::array<std::uint64_t, channel_type_count>>& counts = asked_;
        for (auto& of_shard : counts) {
            of_shard = {};
        }
        const Nanos begin = clock_.monotonic();
        const std::uint64_t routed_before = router.counts().in;
        run->shard_of.resize(run->records.size());
        for (std::size_t i = 0; i < run->records.size(); ++i) {
            const Record& record = run->records[i];
            if (record.kind() == RecordKind::ClockTick) {
                run->shard_of[i] = Run::no_shard;
                continue;
            }
            const auto channel = router.route(record);
            const unsigned shard =
                shards_.size() == 1 ? 0
                                    : router.shard_of(record.header().symbol, system_->symbols());
            run->shard_of[i] = static_cast<std::uint16_t>(shard);
            if (record.kind() == RecordKind::Trade) {
                trade_meter_.count(record.header().clock);
            }
            ++counts[shard][static_cast<std::size_t>(*channel)];
        }
        router.record_time(router.counts().in - routed_before, clock_.monotonic() - begin);
        for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
            for (const ChannelType type : all_channels) {
                shards_[shard]->add_admitted(type, counts[shard][static_cast<std::size_t>(type)]);
            }
        }
    }
    tail_.append(std::move(run));
    wake_();
}

/// AdmissionGate: is there room in the record's channel?
AdmissionGate::Answer RunningEngine::ask(const Record& record) {
    if (TICKSTOCK_MUTANT(19)) {
        return Answer::Take;
    }
    const auto channel = DataChannelRouter::channel_of(record);
    const auto index = static_cast<std::size_t>(*channel);
    const ChannelSettings& settings = config_.pipeline.channels[index];
    if (settings.overflow != OverflowAction::Block &&
        settings.overflow != OverflowAction::DropNewest) {
        return Answer::Take;
    }
    const unsigned shard = system_->router().shard_of(record.header().symbol, system_->symbols());
    if (shards_[shard]->queued(*channel) + asked_[shard][index] < settings.queue_size) {
        ++asked_[shard][index];
        return Answer::Take;
    }
    if (settings.overflow == OverflowAction::Block) {
        return Answer::Wait;
    }
    ++queue_full_[index];
    return Answer::Refuse;
}

/// A source starts again from its begin: everything does, with empty state (SPEC 2).
void RunningEngine::begin_again(SourceSlot& again) {
    again.position = 0;  // the others go on where they are
    system_->sequencer().restart_source(again.id);
    BeginEpoch begin;
    begin.epoch = make_epoch_();
    begin.state = BeginEpoch::State::Again;
    begin.reason = again.source->name() + " begins again";
    begin.sources = sources_text();
    decide(std::move(begin), "source");
    tell_pauses_again();
    warming_up_ = true;
    log_info("engine", "{} begins again: empty state, new epoch", again.source->name());
}

UnixNanos RunningEngine::next_deadline() const {
    UnixNanos earliest = time_never;
    for (const auto& shard : shards_) {
        earliest = std::min(earliest, shard->next_deadline());
    }
    return earliest;
}

bool RunningEngine::shards_caught_up() const {
    const Sequence last = system_->last_sequence();
    return std::all_of(shards_.begin(), shards_.end(),
                       [&](const auto& shard) { return shard->finished_through() == last; });
}

/// Time that passes without a record: deadlines fire in a quiet market too, and at the end of all
/// inputs the clock passes every open one.
void RunningEngine::tick(Nanos now, Step& step) {
    UnixNanos market_clock = time_never;
    double speed = 1;
    bool all_ended = !sources_.empty();
    for (const SourceSlot& slot : sources_) {
        if (slot.ended) {
            continue;
        }
        all_ended = false;
        const bool waits = slot.waiting.empty() && slot.last.status == LiveSource::Status::Wait;
        market_clock = std::min(market_clock, waits ? slot.last.market_clock : time_unknown);
        speed = slot.source->speed() > 0 ? slot.source->speed() : 1;
    }
    if (TICKSTOCK_MUTANT(26) && market_clock != time_never && market_clock != time_unknown) {
        market_clock -= std::chrono::seconds(5);
    }
    if (ended_ || !shards_caught_up()) {
        return;
    }
    const UnixNanos deadline = next_deadline();
    if (all_ended) {
        if (deadline == time_never) {
            ended_ = true;
            return;
        }
        market_clock = deadline;
    } else if (draining_ || market_clock == time_unknown || market_clock == time_never) {
        return;
    }
    const bool shown_clock_is_old = now - last_tick_ >= shown_clock_interval;
    if (shown_clock_is_old || deadline <= market_clock) {
        last_tick_ = now;
        Record record;
        if (system_->sequencer().tick(market_clock, record)) {
            append_to_journal(record);
            auto run = std::make_shared<Run>();
            run->admitted = now;
            run->records.push_back(record);
            append_run(std::move(run));
            step.worked = true;
            return;
        }
    }
    if (deadline != time_never && deadline > market_clock) {
        const double market_ns = static_cast<double>((deadline - market_clock).count());
        const double wait_ns = std::min(market_ns / speed, 1e9);
        step.wake_at = std::min(step.wake_at, now + Nanos{static_cast<std::int64_t>(wait_ns) + 1});
    }
}

/// False while the disk is full: nothing is admitted then.
bool RunningEngine::write_journal(Nanos now, Step& step) {
    if (disk_full_ && now < retry_write_at_) {
        step.wake_at = std::min(step.wake_at, retry_write_at_);
        return false;
    }
    const Sequence written_before = journal_->written_through();
    switch (journal_->write()) {
        case Journal::Written::Done:
            if (journal_->written_through() == written_before) {
                break;
            }
            latency_.journaled(journal_->written_through(), clock_.monotonic());
            if (config_.journal.durability == Durability::Always) {
                wake_();  // the disk's thread
            }
            break;
        case Journal::Written::DiskFull:
            retry_write_at_ = now + retry_write_interval;
            step.wake_at = std::min(step.wake_at, retry_write_at_);
            note_disk_full();
            return false;
        case Journal::Written::Failed:
            fail(journal_->failure()->message);
            step.failed = true;
            return false;
    }
    for (SourceSlot& slot : sources_) {
        slot.source->journaled(gate());
    }
    const auto is_due = [this] {
        return !unanswered_.empty() && unanswered_.front().second.sequence <= gate().value();
    };
    if (rollout_ && is_due()) {
        rollout_->save(now);  // who is told of a change finds it in the audit, whatever happens
    }
    while (is_due()) {
        unanswered_.front().first.reply(std::move(unanswered_.front().second));
        unanswered_.pop_front();
    }
    if (disk_full_ && !TICKSTOCK_MUTANT(28)) {
        disk_full_ = false;
        log_warn("engine", "the disk has room again: admission goes on");
        SourceGap gap;
        gap.recovered = true;
        gap.from = disk_full_since_;
        gap.to = clock_.wall();
        gap.reason = "disk_full";
        decide(gap, "control");
        step.worked = true;
    }
    return true;
}

void RunningEngine::note_disk_full() {
    if (disk_full_) {
        return;
    }
    disk_full_ = true;
    ++disk_full_stops_;
    disk_full_since_ = clock_.wall();
    log_error("engine", "the disk is full: nothing is admitted until it has room");
    SourceGap gap;  // the journal's reserve has room for this word
    gap.from = gap.to = disk_full_since_;
    gap.reason = "disk_full";
    decide(gap, "control");
    journal_->write();
}

}  // namespace tickstock
