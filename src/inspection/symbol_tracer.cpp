#include "inspection/symbol_tracer.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "engine/configuration_text.hpp"
#include "inspection/trace_text.hpp"
#include "router/data_channel_router.hpp"

namespace tickstock {
namespace {

constexpr SymbolId own_id{0};  // in this pipeline

constexpr std::array all_channels{ChannelType::Tick, ChannelType::Ohlcv, ChannelType::Fmv};

bool is_about_symbol(const Decision& decision, SymbolId own) {
    bool found = false;
    for_each_symbol(decision, [&](SymbolId symbol) { found = found || symbol == own; });
    return found;
}

/// The record as which a person's halt is told.
Record halt_record(const Decision& decision, const ManualHalt& halt) {
    TradingStatus status;
    status.header.symbol = own_id;
    status.header.sequence = decision.sequence;
    status.header.clock = decision.clock;
    status.header.ts_event = decision.clock;
    status.header.ts_recv = decision.clock;
    status.action = halt.halted ? TradingStatus::Action::Halt : TradingStatus::Action::Resume;
    halt.reason.copy(status.reason.data(), status.reason.size());
    return Record(status);
}

}  // namespace

Result<std::unique_ptr<SymbolTracer>> SymbolTracer::create(const PipelineSettings& settings,
                                                           Options options) {
    auto factory = PipelineFactory::create(settings);
    if (!factory) {
        return factory.error();
    }
    ConditionTable conditions;
    if (!settings.intake.condition_table.empty()) {
        auto loaded = ConditionTable::from_file(settings.intake.condition_table);
        if (!loaded) {
            return loaded.error();
        }
        conditions = std::move(*loaded);
    }
    return std::unique_ptr<SymbolTracer>(
        new SymbolTracer(settings, std::move(options), std::move(*factory), std::move(conditions)));
}

SymbolTracer::SymbolTracer(const PipelineSettings& settings, Options options,
                           std::unique_ptr<PipelineFactory> factory, ConditionTable conditions)
    : options_(std::move(options)),
      settings_(settings),
      factory_(std::move(factory)),
      conditions_(std::move(conditions)),
      run_(std::make_shared<Run>()) {
    TS_ASSERT(symbols_.define(own_id, options_.symbol.view()));
    make_pipeline(false);
}

void SymbolTracer::make_pipeline(bool keeps_control) {
    auto fresh = factory_->make(symbols_, 0);
    if (keeps_control) {
        StateWriter kept;
        pipeline_->save_control(kept);
        pipeline_->save_totals(kept);
        StateReader in(kept.text());
        fresh->reconfigure(settings_, text_);
        fresh->load_control(in);
        fresh->add_totals(in);
        fresh->ignore_changes_through(pipeline_->changes_ignored_through());
        TS_ASSERT(in.ok());
    }
    pipeline_ = std::move(fresh);
    for (const SkipRecords& skipped : skips_) {
        pipeline_->skip(skipped);
    }
    pipeline_->losers().collect();
    shadow_ = std::make_unique<Intake>(settings_.intake, factory_->calendar(), conditions_);
    refused_by_rule_ = pipeline_->intake().counts().dropped_for(Reason::RuleRejected);
    late_ = 0;
    next_deadline_ = time_never;
    remember_held();
}

/// What is held now has come from records that are not told of.
void SymbolTracer::remember_held() {
    for (const ChannelType type : all_channels) {
        parked_[static_cast<std::size_t>(type)].assign(pipeline_->channel(type).counts().held,
                                                       Sequence{});
    }
    held_.assign(pipeline_->coordinator().counts().held, HeldOne{});
}

void SymbolTracer::use_settings(const PipelineSettings& settings, const std::string& text) {
    settings_ = settings;
    text_ = text;
    pipeline_->reconfigure(settings_, text_);
    shadow_->reconfigure(settings_.intake);
}

Decision SymbolTracer::as_own(Decision decision, SymbolId own) {
    if (auto* fallback = std::get_if<PathFallback>(&decision.action)) {
        std::erase_if(fallback->symbols,
                      [own](const PathFallback::Fallen& fallen) { return fallen.symbol != own; });
        for (PathFallback::Fallen& fallen : fallback->symbols) {
            fallen.symbol = own_id;
        }
    }
    return decision;
}

void SymbolTracer::expect(const Decision& decision, SymbolId own) {
    const Decision mine = as_own(decision, own);
    if (const auto* fallback = std::get_if<PathFallback>(&mine.action)) {
        pipeline_->expect(*fallback, decision.sequence);
    }
}

bool SymbolTracer::load(Sequence sequence, std::string_view control, std::string_view state,
                        SymbolId own) {
    StateReader of_all(control);
    pipeline_->load_control(of_all);
    if (MarketDataServiceIntegrator* integrator = pipeline_->integrator()) {
        integrator->keep_only(own, own_id);
    }
    if (!pipeline_->configuration().empty()) {
        use_settings(settings_of(pipeline_->configuration(), settings_),
                     pipeline_->configuration());
    }
    bool sound = of_all.ok();
    if (!state.empty()) {
        StateReader in(state);
        pipeline_->load_symbol(own_id, in);
        StateReader of_intake(state);
        shadow_->load_symbol(own_id, of_intake);
        sound = sound && in.ok() && of_intake.ok();
    }
    pipeline_->begin_after(sequence);
    next_deadline_ = pipeline_->next_deadline();
    return sound;
}

void SymbolTracer::load_parked(ChannelType channel, ParkedItem item) {
    item.record.header().symbol = own_id;
    pipeline_->load_parked(channel, item);
}

SymbolTracer::Ledgers SymbolTracer::ledgers() const {
    Accounting all = pipeline_->accounting();
    StageCounts& channels = all.channels[0];
    channels += all.channels[1];
    channels += all.channels[2];
    return {all.intake, channels, all.detectors, all.rules, all.coordination, all.priority};
}

void SymbolTracer::begin_range() {
    if (in_range_) {
        return;
    }
    in_range_ = true;
    begin_ = last_ = ledgers();
    remember_held();
    std::vector<Loser> before;
    pipeline_->losers().drain(before);
}

/// Works what stands in run_: the entry `sequence`, about the record `self` or none of its own.
void SymbolTracer::run(Sequence sequence, UnixNanos clock, TracedRecord* self) {
    run_events_.clear();
    pipeline_->process(run_, run_events_);
    next_deadline_ = pipeline_->next_deadline();
    if (in_range_ && !silent_) {
        attribute(sequence, clock, self);
    } else {
        run_losers_.clear();
        pipeline_->losers().drain(run_losers_);
    }
}

TracedRecord& SymbolTracer::keep(const Record& record) {
    ++traced_;
    if (records_.size() >= options_.limit && !records_.empty()) {
        add(forgotten_, records_.front().fate);
        records_.pop_front();
    }
    TracedRecord& self = records_.emplace_back();
    self.record = record;
    return self;
}

void SymbolTracer::take(const Record& record) {
    const RecordHeader& header = record.header();
    if (is_in_range(header.sequence)) {
        begin_range();
    }
    pass(header.sequence, header.clock);
    TracedRecord* self = is_in_range(header.sequence) ? &keep(record) : nullptr;
    run_->decision.reset();
    run_->records.assign(1, record);
    run_->records[0].header().symbol = own_id;
    run_->shard_of.assign(1, 0);
    run_record(record, self);
}

/// What stands in run_ is told as `record`.
void SymbolTracer::run_record(const Record& record, TracedRecord* self) {
    const RecordHeader& header = record.header();
    if (self != nullptr) {
        tell(*self, Stage::Sources, FateStep::Outcome::Out, header.sequence).note =
            run_->decision ? "made by a decision" : std::string(to_string(header.source_kind));
        tell(*self, Stage::Router, FateStep::Outcome::Out, header.sequence).note =
            to_string(DataChannelRouter::channel_of(record).value_or(ChannelType::Tick));
    }
    run(header.sequence, header.clock, self);
    note_intake(record, self);
}

/// Shows the record to the second intake, and says what it noted.
void SymbolTracer::note_intake(const Record& record, TracedRecord* self) {
    const std::uint64_t refused = pipeline_->intake().counts().dropped_for(Reason::RuleRejected);
    if (std::exchange(refused_by_rule_, refused) != refused) {
        return;
    }
    Record own = record;
    own.header().symbol = own_id;
    IntakeNote note;
    const bool accepted = shadow_->accept(own, note);
    const bool is_late = std::exchange(late_, shadow_->late_prints()) != shadow_->late_prints();
    if (self == nullptr) {
        return;
    }
    for (FateStep& step : self->fate) {
        if (step.stage != Stage::Intake) {
            continue;
        }
        if (accepted) {
            step.note = describe(record, note, is_late);
        } else if (step.reason == Reason::Quarantined) {
            step.note = describe(shadow_->quarantine().trades().back());
        } else {
            step.note = to_string(note.session);
        }
    }
}

/// Time goes on to `clock` with another's entry.
void SymbolTracer::fire_through(Sequence sequence, UnixNanos clock) {
    const bool by_one = in_range_ && !silent_;  // so that each find has its own moment
    if (is_in_range(sequence)) {
        begin_range();
    }
    run_->decision.reset();
    run_->shard_of.assign(1, Run::no_shard);
    while (next_deadline_ <= clock) {
        const UnixNanos due = next_deadline_;
        Record tick = Record::clock_tick(by_one ? due : clock);
        tick.header().sequence = sequence;
        tick.header().clock = by_one ? due : clock;
        run_->records.assign(1, tick);
        run(sequence, tick.header().clock, nullptr);
        if (next_deadline_ == due) {
            break;  // nobody wanted it; it is looked at again with the next entry
        }
    }
}

void SymbolTracer::take(const Decision& decision, SymbolId own) {
    const auto* halt = std::get_if<ManualHalt>(&decision.action);
    const bool is_ours = own != symbol_none && is_about_symbol(decision, own);
    if (is_in_range(decision.sequence)) {
        begin_range();
    }
    if (halt != nullptr && !is_ours) {
        return;
    }
    run_->records.clear();
    run_->decision = as_own(decision, own);
    const bool is_of_feed = std::holds_alternative<SourceGap>(decision.action);
    run_->shard_of.assign(1, is_of_feed ? Run::no_shard : std::uint16_t{0});
    if (auto* restored = std::get_if<RestoreSessions>(&run_->decision->action)) {
        std::erase_if(restored->sessions,
                      [&](const SessionRestore& session) { return session.symbol != own; });
        for (SessionRestore& session : restored->sessions) {
            session.symbol = own_id;
        }
        run_->shard_of.assign(restored->sessions.size(), 0);
    }
    if (halt != nullptr) {
        std::get<ManualHalt>(run_->decision->action).symbol = own_id;
        const Record made = halt_record(decision, *halt);
        run_record(made, is_in_range(decision.sequence) ? &keep(made) : nullptr);
    } else {
        run(decision.sequence, decision.clock, nullptr);
    }
    if (pipeline_->configuration() != text_) {  // it was one of these
        text_ = pipeline_->configuration();
        settings_ = pipeline_->settings();
        shadow_->reconfigure(settings_.intake);
    }
    run_->decision.reset();
}

}  // namespace tickstock
