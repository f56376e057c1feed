// Recovery: the state of the snapshot, the journal behind it, and the stored events.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "base/mutant.hpp"
#include "engine/configuration_text.hpp"
#include "engine/recovery.hpp"

namespace tickstock {
namespace {

constexpr std::uint64_t write_at_bytes = std::uint64_t{1} << 20;

}  // namespace

void Recovery::adopt_symbols() {
    for (const JournalCursor::SymbolDefinition& symbol : symbols_) {
        parts_.system.adopt_symbol(symbol.id, symbol.text);
    }
}

Recovery::MaybeError Recovery::restore(const SnapshotStore::Snapshot& snapshot) {
    MultiChannelSystem& system = parts_.system;
    const std::string* sequencer = part_of(snapshot, SnapshotPart::Sequencer);
    const std::string* control = part_of(snapshot, SnapshotPart::Control);
    const std::string* stream = part_of(snapshot, SnapshotPart::Stream);
    if (sequencer == nullptr || control == nullptr || stream == nullptr) {
        return incomplete(snapshot, "sequencer, control, stream");
    }
    StateReader counts(*sequencer);
    system.load_counts(counts);
    adopt_symbols();  // those of the entries behind it, too
    system.sequencer().continue_after(snapshot.header.sequence, snapshot.header.clock);
    bool sound = counts.ok();
    for (unsigned shard = 0; shard < system.shards(); ++shard) {
        StateReader in(*control);
        system.pipeline(shard).load_control(in);
        system.pipeline(shard).begin_after(snapshot.header.sequence);
        sound = sound && in.ok();
    }
    Pipeline::AllParked parked;
    for (const SnapshotSection& section : snapshot.sections) {
        StateReader in(section.bytes);
        switch (static_cast<SnapshotPart>(section.kind)) {
            case SnapshotPart::Symbols:
                while (in.ok() && !in.at_end()) {
                    SymbolId symbol;
                    std::string state;
                    in(symbol, state);
                    StateReader one(state);
                    if (in.ok() && symbol == symbol_none) {
                        system.pipeline(0).load_symbol(symbol, one);
                    } else if (in.ok() && symbol.value() < system.symbols().size() &&
                               !system.symbols().text(symbol).view().empty()) {
                        // Without a text it came behind the snapshot, and reached no journal.
                        system.pipeline(system.shard_of(symbol)).load_symbol(symbol, one);
                    }
                    sound = sound && one.ok();
                }
                break;
            case SnapshotPart::Totals: system.add_totals(in); break;
            case SnapshotPart::Parked:
                sound = sound && Pipeline::read_parked(section.bytes, parked);
                break;
            default: break;
        }
        sound = sound && in.ok();
    }
    if (!sound) {
        return incomplete(snapshot, "state");
    }
    for (std::size_t i = 0; i < parked.size(); ++i) {
        // Each shard's were in order; another number of shards mixes them.
        std::ranges::stable_sort(
            parked[i], {}, [](const ParkedItem& item) { return item.record.header().sequence; });
        if (TICKSTOCK_MUTANT(30)) {
            continue;
        }
        for (const ParkedItem& item : parked[i]) {
            system.pipeline(system.shard_of(item.record.header().symbol))
                .load_parked(static_cast<ChannelType>(i), item);
        }
    }
    StateReader in(*stream);
    EventStream::State state;
    state.load(in);
    if (!in.ok()) {
        return incomplete(snapshot, "stream");
    }
    // The newest stored events are in memory again, for clients that come back.
    auto newest = parts_.stored.newest(state.epoch, state.last, parts_.stream_memory,
                                       &parts_.stream.symbol_numbers());
    parts_.stream.restore(std::move(state), std::move(newest.blocks));
    outcome_.report.had_snapshot = true;
    outcome_.report.snapshot = snapshot.header.sequence;
    return std::nullopt;
}

Recovery::MaybeError Recovery::go_on(Sequence from) {
    for (const SkipRecords& skip : skips_) {  // also of records that the snapshot keeps parked
        parts_.system.skip(skip);
    }
    if (snapshot_) {
        if (MaybeError error = restore(*snapshot_)) {
            return error;
        }
    }
    note_rollout();
    begin_with_old_settings();
    for (const auto& [fallback, decision] : fallbacks_) {
        parts_.system.expect(fallback, decision);
    }
    const JournalFound& found = parts_.journal.found();
    if (from <= found.last) {
        auto replay =
            JournalReplay::open(parts_.disk, parts_.journal_path, parts_.system, from, true);
        if (!replay) {
            return replay.error();
        }
        std::vector<Event> events;
        for (;;) {
            const JournalReplay::Step step = (*replay)->step(events);
            publish(events);
            if (step.kind == JournalReplay::Step::Kind::Damage) {
                return (*replay)->failure();
            }
            if (step.kind == JournalReplay::Step::Kind::End) {
                break;
            }
            outcome_.report.entries_run += step.entries;
            if (step.begin) {
                begin_stream(epoch_text(step.begin->epoch));
            }
        }
    }
    outcome_.report.events_unheard = parts_.system.unheard_events();
    parts_.stored.write();  // on a full disk the publisher goes on with it
    const StreamRange range = parts_.stream.range();
    const bool more_stored = parts_.stored.range(range.epoch).last > range.last &&
                             parts_.stored.found().epoch == range.epoch;
    BeginEpoch begin;
    begin.state = BeginEpoch::State::Keep;
    if (differs_ || more_stored) {
        begin.reason = "the stored stream tells another history";
    } else if (!TICKSTOCK_MUTANT(12) && found.boot != parts_.boot && !found.closed &&
               !events_waited_for_disk_) {
        begin.reason = "the machine stopped without a clean end";
    } else {
        return std::nullopt;
    }
    // Nobody shall meet the old epoch told another way, however long the new one takes to begin.
    parts_.stream.restart("");
    outcome_.begin = begin;
    outcome_.report.new_epoch = true;
    outcome_.report.why_new_epoch = begin.reason;
    return std::nullopt;
}

void Recovery::begin_stream(std::string epoch) {
    parts_.stream.restart(std::move(epoch));
    stored_.reset();
    differs_ = false;
}

/// Of the last epoch: events that were stored before keep their bytes and times, the others are
/// stored now.
void Recovery::publish(std::vector<Event>& events) {
    if (events.empty()) {
        return;
    }
    const std::shared_ptr<EventBlock> block =
        parts_.stream.encode(events, parts_.system.symbols(), parts_.clock.wall());
    events.clear();
    if (block == nullptr || differs_) {
        parts_.system.add_unheard_events(block == nullptr ? 0 : block->entries.size());
        return;
    }
    const std::string epoch = parts_.stream.range().epoch;
    if (epoch != epoch_) {  // it is over: what was told in it stays as it is stored
        parts_.stream.publish(block);
        return;
    }
    const StreamRange range = parts_.stored.range(epoch);
    std::size_t known = 0;
    while (known < block->entries.size()) {
        const Offset offset = block->entries[known].offset;
        if (range.first > range.last || offset > range.last) {
            break;
        }
        if (offset < range.first) {  // no more kept
            ++known;
            continue;
        }
        if (stored_ == nullptr) {
            stored_ = parts_.stored.read(epoch, offset);
        }
        const StoredCursor::Comparison held = stored_->compare(*block, known);
        known += held.equal;
        outcome_.report.events_compared += held.equal;
        if (held.differs || stored_->failure()) {
            differs_ = true;
            parts_.system.add_unheard_events(block->entries.size());
            parts_.stored.set_aside_from(epoch, block->entries[known].offset);
            return;
        }
        if (stored_->is_at_end()) {
            break;
        }
    }
    if (known < block->entries.size()) {
        parts_.stored.append(epoch, *block, known);
        outcome_.report.events_published += block->entries.size() - known;
        if (parts_.stored.unwritten_bytes() > write_at_bytes) {
            parts_.stored.write();  // what cannot be written now is kept, and written later
        }
    }
    parts_.stream.publish(block);
}

Recovery::MaybeError Recovery::warm_up() {
    adopt_symbols();
    load_control();
    const JournalFound& found = parts_.journal.found();
    const auto entries = JournalReplay::run_again(parts_.disk, parts_.journal_path, parts_.system,
                                                  outcome_.begin->warm_from, found.last);
    if (!entries) {
        return entries.error();
    }
    outcome_.report.entries_run = *entries;
    outcome_.report.events_unheard = parts_.system.unheard_events();
    parts_.system.sequencer().continue_after(found.last, last_clock_);
    return std::nullopt;
}

/// The settings may have been changed while it ran. A snapshot has those of its moment; without one
/// the entries begin with those that their start brought.
void Recovery::begin_with_old_settings() {
    if (snapshot_ || start_configuration_at_ == Sequence{}) {
        return;
    }
    MultiChannelSystem& system = parts_.system;
    system.begin_with(settings_of(start_configuration_, system.factory().settings()),
                      start_configuration_);
    system.ignore_changes_through(start_configuration_at_);
}

void Recovery::note_rollout() {
    const auto* integrator = parts_.system.pipeline(0).integrator();
    if (integrator != nullptr && !outcome_.rollout_before) {
        outcome_.rollout_before = integrator->change();
    }
}

/// Pauses, universes, switched rules and the shed level hold over every start.
void Recovery::load_control() {
    MultiChannelSystem& system = parts_.system;
    const std::string* control = snapshot_ ? part_of(*snapshot_, SnapshotPart::Control) : nullptr;
    for (unsigned shard = 0; shard < system.shards(); ++shard) {
        if (control != nullptr) {
            StateReader in(*control);
            system.pipeline(shard).load_control(in);
            system.pipeline(shard).reconfigure(system.factory().settings(),
                                               parts_.configuration_text);
        }
        if (shard == 0) {
            note_rollout();
        }
        for (const Decision& decision : control_decisions_) {
            system.pipeline(shard).apply_control(decision);
        }
    }
}

}  // namespace tickstock
