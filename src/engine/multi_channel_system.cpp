#include "engine/multi_channel_system.hpp"

#include <algorithm>
#include <iterator>

#include "base/assert.hpp"

namespace tickstock {

std::unique_ptr<Pipeline> fresh_like(const Pipeline& old, const PipelineFactory& factory,
                                     const SymbolTable& symbols, unsigned shard) {
    StateWriter kept;
    old.save_control(kept);
    old.save_totals(kept);
    auto fresh = factory.make(symbols, shard);
    fresh->reconfigure(old.settings(), old.configuration());
    fresh->ignore_changes_through(old.changes_ignored_through());
    StateReader in(kept.text());
    fresh->load_control(in);
    fresh->add_totals(in);
    fresh->take_skips_of(old);
    TS_ASSERT(in.ok());
    return fresh;
}

Result<std::unique_ptr<MultiChannelSystem>> MultiChannelSystem::create(
    const PipelineSettings& settings, unsigned shards, PipelineExtensions extensions,
    const RouterSettings& router, PipelineResources resources) {
    auto factory = PipelineFactory::create(settings, std::move(extensions), std::move(resources));
    if (!factory) {
        return factory.error();
    }
    return std::unique_ptr<MultiChannelSystem>(
        new MultiChannelSystem(std::move(*factory), std::max(1U, shards), router));
}

MultiChannelSystem::MultiChannelSystem(std::unique_ptr<PipelineFactory> factory, unsigned shards,
                                       const RouterSettings& router)
    : factory_(std::move(factory)), settings_(factory_->settings()), router_(shards, router) {
    for (unsigned shard = 0; shard < shards; ++shard) {
        shards_.push_back(factory_->make(sequencer_.symbols(), shard));
    }
    shard_events_.resize(shards);
}

void MultiChannelSystem::add_source(SourceId source, Sequencer::SourceRule rule) {
    sequencer_.add_source(source, rule);
}

void MultiChannelSystem::process(RecordBatch& batch, std::vector<Event>& out) {
    sequencer_.admit(batch);
    run_.records.swap(batch.records);
    work(run_, out);
    run_.records.swap(batch.records);
}

void MultiChannelSystem::tick(UnixNanos clock, std::vector<Event>& out) {
    Record record;
    if (sequencer_.tick(clock, record)) {
        run_.records.assign(1, record);
        work(run_, out);
        run_.records.clear();
    }
}

void MultiChannelSystem::adopt_symbol(SymbolId id, const SymbolText& text) {
    sequencer_.adopt_symbol(id, text);
}

void MultiChannelSystem::apply(Run& run, std::vector<Event>& out) {
    if (run.decision) {
        sequencer_.adopt(*run.decision);
    }
    for (const Record& record : run.records) {
        sequencer_.adopt(record);
    }
    work(run, out);
}

void MultiChannelSystem::run_again(Run& run) {
    for (const Record& record : run.records) {
        if (record.kind() != RecordKind::ClockTick) {
            ++made_records_;
        }
    }
    std::vector<Event> told_before;
    work(run, told_before);
    if (run.decision) {
        const auto* begin = std::get_if<BeginEpoch>(&run.decision->action);
        if (begin != nullptr && begins_empty(begin->state)) {  // an earlier warm-up went this way
            begin_epoch(begin->state, run.last(), told_before);
        }
    }
    unheard_events_ += told_before.size();
}

void MultiChannelSystem::begin_with(const PipelineSettings& settings, const std::string& text) {
    for (const auto& shard : shards_) {
        shard->reconfigure(settings, text);
    }
}

void MultiChannelSystem::ignore_changes_through(Sequence sequence) {
    for (const auto& shard : shards_) {
        shard->ignore_changes_through(sequence);
    }
}

void MultiChannelSystem::skip(const SkipRecords& skipped) {
    skips_.push_back(skipped);
    for (const auto& shard : shards_) {
        shard->skip(skipped);
    }
}

void MultiChannelSystem::expect(const PathFallback& fallback, Sequence decision) {
    fallbacks_.emplace_back(fallback, decision);
    for (const auto& shard : shards_) {
        shard->expect(fallback, decision);
    }
}

void MultiChannelSystem::begin_epoch(BeginEpoch::State state, Sequence as,
                                     std::vector<Event>& out) {
    if (state == BeginEpoch::State::Keep) {
        return;
    }
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
        shards_[shard]->finish(as, shard_events_[shard]);
    }
    if (state == BeginEpoch::State::Again) {
        merge_shards(out);
    } else {  // at a start: what was open was never told
        for (std::vector<Event>& events : shard_events_) {
            unheard_events_ += events.size();
            events.clear();
        }
    }
    for (unsigned shard = 0; shard < shards(); ++shard) {
        shards_[shard] = fresh_like(*shards_[shard], *factory_, symbols(), shard);
        for (const SkipRecords& skipped : skips_) {
            shards_[shard]->skip(skipped);
        }
        for (const auto& [fallback, decision] : fallbacks_) {
            if (decision > as) {  // the others stand in the control state
                shards_[shard]->expect(fallback, decision);
            }
        }
    }
}

std::array<ChannelStatus, channel_type_count> MultiChannelSystem::begin_warm_up() {
    changes_ignored_before_ = shards_[0]->changes_ignored_through();
    ignore_changes_through(sequence_end);
    std::array<ChannelStatus, channel_type_count> statuses{};
    for (std::size_t i = 0; i < statuses.size(); ++i) {
        statuses[i] = shards_[0]->status(static_cast<ChannelType>(i));
        for (const auto& shard : shards_) {
            shard->set_status(static_cast<ChannelType>(i), ChannelStatus::Active);
        }
    }
    return statuses;
}

void MultiChannelSystem::end_warm_up(
    const std::array<ChannelStatus, channel_type_count>& statuses) {
    ignore_changes_through(changes_ignored_before_);
    for (std::size_t i = 0; i < statuses.size(); ++i) {
        for (const auto& shard : shards_) {
            shard->set_status(static_cast<ChannelType>(i), statuses[i]);
        }
    }
}

/// Every shard sees the whole run, because the records of the others tell it the time.
void MultiChannelSystem::place(Run& run) {
    if (run.decision) {
        run.shard_of = shards_of(*run.decision, [this](SymbolId symbol) {
            return static_cast<std::uint16_t>(router_.shard_of(symbol, symbols()));
        });
        if (std::holds_alternative<ManualHalt>(run.decision->action)) {
            count_made_record();
        }
        return;
    }
    run.shard_of.assign(run.records.size(), shards_.size() == 1 ? 0 : Run::no_shard);
    for (std::size_t i = 0; i < run.records.size(); ++i) {
        const Record& record = run.records[i];
        if (record.kind() == RecordKind::ClockTick) {
            run.shard_of[i] = Run::no_shard;
            continue;
        }
        router_.route(record);
        if (shards_.size() > 1) {
            run.shard_of[i] =
                static_cast<std::uint16_t>(router_.shard_of(record.header().symbol, symbols()));
        }
    }
}

void MultiChannelSystem::work(Run& run, std::vector<Event>& out) {
    if (!run.decision && run.records.empty()) {
        return;
    }
    place(run);
    const RunPtr shared(RunPtr(), &run);  // all is worked before this returns
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
        shards_[shard]->process(shared, shard_events_[shard]);
    }
    merge_shards(out);
}

void MultiChannelSystem::finish(std::vector<Event>& out) {
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
        shards_[shard]->finish(sequence_end, shard_events_[shard]);
    }
    merge_shards(out);
}

void MultiChannelSystem::merge_shards(std::vector<Event>& out) {
    // All shards are done through the run's last sequence, so all of this is final.
    const auto first = static_cast<std::ptrdiff_t>(out.size());
    for (auto& events : shard_events_) {
        std::move(events.begin(), events.end(), std::back_inserter(out));
        events.clear();
    }
    if (shards_.size() > 1) {
        std::stable_sort(out.begin() + first, out.end(), [&](const Event& a, const Event& b) {
            return comes_before(a.detection.key, a.detection.symbol, b.detection.key,
                                b.detection.symbol, sequencer_.symbols());
        });
    }
}

UnixNanos MultiChannelSystem::next_deadline() const {
    UnixNanos earliest = time_never;
    for (const auto& shard : shards_) {
        earliest = std::min(earliest, shard->next_deadline());
    }
    return earliest;
}

Accounting MultiChannelSystem::accounting() const {
    Accounting accounting;
    accounting.sequencer = sequencer_.counts();
    accounting.router = router_.counts();
    accounting.sequencer.in += made_records_;
    accounting.sequencer.out += made_records_;
    for (const auto& shard : shards_) {
        accounting += shard->accounting();
    }
    return accounting;
}

std::vector<ShardReport> MultiChannelSystem::reports() const {
    std::vector<ShardReport> reports;
    for (const auto& shard : shards_) {
        reports.push_back(make_report(*shard, settings()));
    }
    return reports;
}

/// A decision that is told as a record passes the stages like one.
void MultiChannelSystem::count_made_record() {
    router_.route(Record(TradingStatus{}));
    ++made_records_;
}

void MultiChannelSystem::save_counts(StateWriter& out) const {
    sequencer_.save(out);
    router_.save_totals(out);
    out(made_records_, unheard_events_);
}

void MultiChannelSystem::load_counts(StateReader& in) {
    sequencer_.load(in);
    router_.add_totals(in);
    in(made_records_, unheard_events_);
}

void MultiChannelSystem::add_totals(StateReader& in) {
    shards_[0]->add_totals(in);
}

void MultiChannelSystem::fill_status(EngineStatus& status) const {
    fill_status(reports(), status);
}

void MultiChannelSystem::fill_status(std::span<const ShardReport> shards,
                                     EngineStatus& status) const {
    status.clock = sequencer_.clock();
    status.last_sequence = sequencer_.last_sequence().value();
    status.symbols = sequencer_.symbols().size();
    const SessionSpan span = factory_->calendar().span_at(status.clock);
    status.session = span.session;
    status.period = span.period;
    status.accounting = accounting_of(shards);
    status.accounting.sequencer = sequencer_.counts();
    status.accounting.sequencer.in += made_records_;
    status.accounting.sequencer.out += made_records_;
    status.accounting.router = router_.counts();
    std::copy_n(router_.routes_by_kind().begin(), status.records_by_kind.size(),
                status.records_by_kind.begin());
    tickstock::fill_status(shards, settings(), symbols(), status);
}

std::vector<Loser> MultiChannelSystem::losers() const {
    return losers_of(reports(), symbols());
}

void MultiChannelSystem::collect_losers() {
    for (const auto& shard : shards_) {
        shard->losers().collect();
    }
}

void MultiChannelSystem::drain_losers(std::vector<Loser>& out) {
    const auto first = static_cast<std::ptrdiff_t>(out.size());
    for (const auto& shard : shards_) {
        shard->losers().drain(out);
    }
    sort_losers(out.begin() + first, out.end(), symbols());
}

std::vector<UnknownConditionEntry> MultiChannelSystem::unknown_conditions() const {
    return unknown_conditions_of(reports(), symbols());
}

std::size_t MultiChannelSystem::unknown_codes_seen() const {
    std::size_t codes = 0;
    for (const auto& shard : shards_) {
        codes += shard->intake().unknown_conditions().codes().size();
    }
    return codes;
}

std::vector<QuarantineEntry> MultiChannelSystem::quarantine() const {
    return quarantine_of(reports(), settings().intake.quarantine_list, symbols());
}

}  // namespace tickstock
