#include "engine/sequencer.hpp"

#include <algorithm>
#include <string>

#include "base/assert.hpp"
#include "base/mutant.hpp"
#include "base/state_archive.hpp"

namespace tickstock {
namespace {

/// When the fact was complete: a bar's header has its start.
UnixNanos complete_at(const Record& record) {
    if (record.kind() != RecordKind::Bar) {
        return record.header().ts_event;
    }
    using std::chrono::seconds;
    switch (record.bar().timeframe) {
        case Timeframe::None: return record.header().ts_event;
        case Timeframe::Second1: return record.header().ts_event + seconds(1);
        case Timeframe::Minute1: return record.header().ts_event + seconds(60);
        case Timeframe::Minute5: return record.header().ts_event + seconds(300);
        case Timeframe::Minute15: return record.header().ts_event + seconds(900);
        case Timeframe::Hour1: return record.header().ts_event + seconds(3600);
        case Timeframe::Day1: return record.header().ts_event + seconds(86'400);
    }
    TS_ASSERT(false);
}

bool is_stale(const Record& record, const Sequencer::SourceRule& rule) {
    return record.header().ts_recv - complete_at(record) > rule.freshness + rule.delay;
}

}  // namespace

void Sequencer::add_source(SourceId source, SourceRule rule) {
    if (source.value() >= sources_.size()) {
        sources_.resize(source.value() + std::size_t{1});
    }
    sources_[source.value()] = {rule, {}};
}

void Sequencer::admit(RecordBatch& batch) {
    std::vector<Record> none;
    admit(batch, nullptr, none);
}

void Sequencer::refuse(std::size_t before, Reason reason) {
    if (!TICKSTOCK_MUTANT(29)) {
        counts_.drop(reason);
    }
    if (!refusals_.empty() && refusals_.back().before == before &&
        refusals_.back().reason == reason) {
        ++refusals_.back().count;
    } else {
        refusals_.push_back({before, reason, 1});
    }
}

void Sequencer::learn_symbols(RecordBatch& batch) {
    TS_ASSERT(batch.source.value() < sources_.size());
    SourceState& source = sources_[batch.source.value()];
    for (const SymbolText& text : batch.new_symbols) {
        source.global_ids.push_back(symbols_.intern(text.view()).value_or(symbol_none));
    }
    batch.new_symbols.clear();
}

void Sequencer::admit(RecordBatch& batch, AdmissionGate* gate, std::vector<Record>& waiting) {
    TS_ASSERT(batch.source.value() < sources_.size());
    SourceState& source = sources_[batch.source.value()];
    learn_symbols(batch);
    refusals_.clear();
    std::size_t kept = 0;
    std::size_t seen = 0;
    for (Record& record : batch.records) {
        RecordHeader& header = record.header();
        TS_ASSERT(header.symbol.value() < source.global_ids.size());
        const SymbolId own_id = header.symbol;
        header.symbol = source.global_ids[own_id.value()];
        if (gate != nullptr && header.symbol != symbol_none) {
            const AdmissionGate::Answer answer = gate->ask(record);
            if (answer == AdmissionGate::Answer::Wait) {
                header.symbol = own_id;
                waiting.insert(waiting.end(),
                               batch.records.begin() + static_cast<std::ptrdiff_t>(seen),
                               batch.records.end());
                break;
            }
            if (answer == AdmissionGate::Answer::Refuse) {
                ++seen;
                refuse(kept, Reason::QueueFull);
                continue;
            }
        }
        ++seen;
        if (header.symbol == symbol_none) {
            refuse(kept, Reason::SymbolTableFull);
            continue;
        }
        if (source.rule.live && is_stale(record, source.rule)) {
            refuse(kept, Reason::Stale);
            continue;
        }
        const UnixNanos time = source.rule.clock_event ? header.ts_event : header.ts_recv;
        clock_ = std::max(clock_, time - source.rule.delay);
        header.source = batch.source;
        header.clock = clock_;
        header.sequence = Sequence{++last_sequence_};
        if (&batch.records[kept] != &record) {
            batch.records[kept] = record;
        }
        ++kept;
    }
    counts_.in += seen;
    counts_.out += kept;
    batch.records.resize(kept);
}

void Sequencer::admit(Decision& decision) {
    decision.clock = clock_;
    decision.sequence = Sequence{++last_sequence_};
}

void Sequencer::adopt(const Record& record) {
    const RecordHeader& header = record.header();
    TS_ASSERT(last_sequence_ == 0 || header.sequence.value() == last_sequence_ + 1);
    last_sequence_ = header.sequence.value();
    clock_ = TICKSTOCK_MUTANT(25) ? clock_ : header.clock;
    if (record.kind() != RecordKind::ClockTick) {
        ++counts_.in;
        ++counts_.out;
    }
}

void Sequencer::adopt(const Decision& decision) {
    TS_ASSERT(last_sequence_ == 0 || decision.sequence.value() == last_sequence_ + 1);
    last_sequence_ = decision.sequence.value();
    clock_ = decision.clock;
    const auto* begin = std::get_if<BeginEpoch>(&decision.action);
    if (begin != nullptr && begins_empty(begin->state)) {
        restart_clock();
    }
}

void Sequencer::adopt_symbol(SymbolId id, const SymbolText& text) {
    TS_ASSERT(symbols_.define(id, text.view()));
}

void Sequencer::continue_after(Sequence last, UnixNanos clock) {
    last_sequence_ = last.value();
    clock_ = clock;
}

void Sequencer::restart_source(SourceId source) {
    sources_[source.value()].global_ids.clear();
}

void Sequencer::save(StateWriter& out) const {
    out(clock_, last_sequence_, counts_);
    symbols_.save(out);
}

void Sequencer::load(StateReader& in) {
    TS_ASSERT(last_sequence_ == 0);
    in(clock_, last_sequence_, counts_);
    symbols_.load(in);
}

bool Sequencer::tick(UnixNanos clock, Record& out) {
    if (clock <= clock_) {
        return false;
    }
    clock_ = clock;
    out = Record::clock_tick(clock);
    out.header().clock = clock;
    out.header().sequence = Sequence{++last_sequence_};
    return true;
}

}  // namespace tickstock
