#include "engine/sequencer.hpp"

#include <algorithm>

#include "base/assert.hpp"

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
    TS_ASSERT(batch.source.value() < sources_.size());
    SourceState& source = sources_[batch.source.value()];
    for (const SymbolText& text : batch.new_symbols) {
        source.global_ids.push_back(symbols_.intern(text.view()).value_or(symbol_none));
    }
    counts_.in += batch.records.size();
    std::size_t kept = 0;
    for (Record& record : batch.records) {
        RecordHeader& header = record.header();
        TS_ASSERT(header.symbol.value() < source.global_ids.size());
        header.symbol = source.global_ids[header.symbol.value()];
        if (header.symbol == symbol_none) {
            counts_.drop(Reason::SymbolTableFull);
            continue;
        }
        if (source.rule.live && is_stale(record, source.rule)) {
            counts_.drop(Reason::Stale);
            continue;
        }
        const UnixNanos seen = source.rule.clock_event ? header.ts_event : header.ts_recv;
        clock_ = std::max(clock_, seen - source.rule.delay);
        header.source = batch.source;
        header.clock = clock_;
        header.sequence = Sequence{++last_sequence_};
        if (&batch.records[kept] != &record) {
            batch.records[kept] = record;
        }
        ++kept;
    }
    batch.records.resize(kept);
    counts_.out += kept;
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
