#include "engine/recovery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "base/mutant.hpp"

namespace tickstock {
namespace {

constexpr std::size_t decisions_kept = 20;

}  // namespace

const std::string* Recovery::part_of(const SnapshotStore::Snapshot& snapshot, SnapshotPart part) {
    return snapshot.find(static_cast<std::uint32_t>(part));
}

Error Recovery::incomplete(const SnapshotStore::Snapshot& snapshot, std::string_view part) {
    return Error{
        fmt::format("{}: its part '{}' is not what this program wrote", snapshot.name, part)};
}

std::string epoch_text(const EpochId& epoch) {
    return fmt::format("{:02x}", fmt::join(epoch, ""));
}

Result<Recovery::Outcome> Recovery::run() {
    const JournalFound& found = parts_.journal.found();
    outcome_.clients.set_limit(parts_.push_clients);
    outcome_.report.had_journal = found.last != Sequence{};
    outcome_.report.torn_bytes = found.torn_bytes;
    outcome_.report.recovered_through = found.last;
    if (!outcome_.report.had_journal) {
        outcome_.begin = BeginEpoch{};
        outcome_.begin->reason = "first start";
        outcome_.configuration_is_new = true;
        return outcome_;
    }
    auto stored = parts_.snapshots.load_newest(found.last);
    if (!stored) {
        return stored.error();
    }
    outcome_.report.notes = stored->notes;
    if (auto aside = parts_.snapshots.set_aside_after(found.last); aside.ok()) {
        for (const std::string& name : *aside) {
            outcome_.report.notes.push_back(name + ": the journal lost what it stood on");
        }
    }
    snapshot_ = std::move(stored->snapshot);
    if (snapshot_ && snapshot_->header.sequence.value() + 1 < found.first.value()) {
        outcome_.report.notes.push_back(snapshot_->name + ": the journal behind it is not kept");
        snapshot_.reset();
    }
    if (snapshot_) {
        if (MaybeError error = restore_positions(*snapshot_)) {
            return *error;
        }
    }
    const Sequence from =
        snapshot_ ? Sequence{snapshot_->header.sequence.value() + (TICKSTOCK_MUTANT(11) ? 2 : 1)}
                  : std::max(found.first, Sequence{1});
    if (MaybeError error = look(Sequence{from.value() - 1})) {
        return *error;
    }
    plan();
    MaybeError error;
    if (!outcome_.begin) {
        error = go_on(from);
    } else if (outcome_.begin->state == BeginEpoch::State::Warm) {
        error = warm_up();
    } else {
        adopt_symbols();
        load_control();
        parts_.system.sequencer().continue_after(found.last, last_clock_);
    }
    if (error) {
        return *error;
    }
    return outcome_;
}

/// What the snapshot says of inputs, epoch and symbols; the same in every logic version.
Recovery::MaybeError Recovery::restore_positions(const SnapshotStore::Snapshot& snapshot) {
    const std::string* engine = part_of(snapshot, SnapshotPart::Engine);
    if (engine == nullptr) {
        return incomplete(snapshot, "engine");
    }
    StateReader in(*engine);
    std::vector<SymbolText> texts;
    in(outcome_.positions, epoch_, configuration_, last_empty_begin_, texts);
    if (!in.at_end()) {  // the first ones ended here
        in(events_waited_for_disk_);
    }
    if (!in.at_end()) {
        outcome_.clients.archive(in);
    }
    if (!in.ok()) {
        return incomplete(snapshot, "engine");
    }
    for (std::uint32_t id = 0; id < texts.size(); ++id) {
        if (!texts[id].view().empty()) {  // an id that reached no journal
            symbols_.push_back({SymbolId{id}, texts[id]});
        }
    }
    last_clock_ = snapshot.header.clock;
    return std::nullopt;
}

/// Reads the journal behind the entry `behind` once ahead, without running it.
Recovery::MaybeError Recovery::look(Sequence behind) {
    const JournalFound& found = parts_.journal.found();
    // From that entry itself: what was refused right behind it may stand in its own segment.
    auto cursor = JournalCursor::open(parts_.disk, parts_.journal_path,
                                      std::max(behind, std::max(found.first, Sequence{1})));
    if (!cursor) {
        return cursor.error();
    }
    JournalEntry entry;
    JournalCursor::Next next = JournalCursor::Next::End;
    while ((next = (*cursor)->next(entry)) == JournalCursor::Next::Entry) {
        if (entry.sequence <= behind) {
            (*cursor)->take_refused();
            continue;
        }
        for (const JournalCursor::Refused& refused : (*cursor)->take_refused()) {
            position_of(refused.source).position += refused.count;
        }
        for (const auto& symbol : (*cursor)->take_symbols()) {
            symbols_.push_back(symbol);
        }
        if (entry.is_decision()) {
            count(*entry.decision);
        } else {
            last_clock_ = entry.record.header().clock;
            if (entry.record.kind() != RecordKind::ClockTick) {
                const RecordHeader& header = entry.record.header();
                ++position_of(header.source).position;
                if (const std::string& client = outcome_.clients.current(header.source);
                    !client.empty()) {
                    outcome_.clients.reached(client, header.source_sequence);
                }
            }
        }
    }
    for (const JournalCursor::Refused& refused : (*cursor)->take_refused()) {
        position_of(refused.source).position += refused.count;
        outcome_.refused_behind_last_entry.resize(parts_.sources.size());
        if (refused.source.value() < parts_.sources.size()) {
            outcome_.refused_behind_last_entry[refused.source.value()] += refused.count;
        }
    }
    if (next == JournalCursor::Next::Damage) {
        return (*cursor)->failure();
    }
    return std::nullopt;
}

SourcePosition& Recovery::position_of(SourceId source) {
    if (source.value() >= outcome_.positions.size()) {
        outcome_.positions.resize(std::size_t{source.value()} + 1);
    }
    return outcome_.positions[source.value()];
}

void Recovery::count(const Decision& decision) {
    last_clock_ = decision.clock;
    if (const auto* begin = std::get_if<BeginEpoch>(&decision.action)) {
        epoch_ = epoch_text(begin->epoch);
        if (begins_empty(begin->state)) {
            last_empty_begin_ = decision.sequence;
            last_clock_ = time_unknown;
            outcome_.positions = source_positions(begin->sources);
            outcome_.clients.clear_current();
        }
    } else if (const auto* change = std::get_if<ConfigurationChange>(&decision.action)) {
        configuration_ = change->hash;
        if (decision.by == ConfigurationChange::by_start) {
            start_configuration_ = change->text;
            start_configuration_at_ = decision.sequence;
        }
    } else if (const auto* skip = std::get_if<SkipRecords>(&decision.action)) {
        skips_.push_back(*skip);
    } else if (const auto* fallback = std::get_if<PathFallback>(&decision.action)) {
        fallbacks_.emplace_back(*fallback, decision.sequence);
    } else if (const auto* start = std::get_if<EngineStart>(&decision.action)) {
        events_waited_for_disk_ = start->events_wait_for_disk;
    } else if (const auto* pushed = std::get_if<PushedBy>(&decision.action)) {
        outcome_.clients.set_current(pushed->source, pushed->client);
        return;
    }
    if (std::holds_alternative<ChannelChange>(decision.action) ||
        std::holds_alternative<UniverseChange>(decision.action) ||
        std::holds_alternative<ShedChange>(decision.action) ||
        std::holds_alternative<RolloutChange>(decision.action) ||
        std::holds_alternative<PathFallback>(decision.action) ||
        std::holds_alternative<RuleSwitch>(decision.action)) {
        control_decisions_.push_back(decision);
    }
    if (std::holds_alternative<RolloutChange>(decision.action) ||
        std::holds_alternative<PathFallback>(decision.action)) {
        outcome_.rollout.push_back(decision);
    }
    outcome_.decisions.push_back(decision);
    if (outcome_.decisions.size() > decisions_kept) {
        outcome_.decisions.erase(outcome_.decisions.begin());
    }
}

void Recovery::plan() {
    const JournalFound& found = parts_.journal.found();
    BeginEpoch begin;
    outcome_.configuration_is_new = configuration_ != parts_.configuration_hash;
    if (!can_go_on(outcome_.positions, parts_.sources)) {
        begin.reason = "other inputs than before";
        outcome_.positions.clear();
        outcome_.begin = begin;
    } else if (found.logic_version != parts_.logic_version) {
        begin.reason = fmt::format("logic version {} instead of {}", parts_.logic_version,
                                   found.logic_version);
    } else if (configuration_ != parts_.configuration_hash) {
        begin.reason = "another configuration";
    } else if (snapshot_ && snapshot_->header.logic_version != parts_.logic_version) {
        begin.reason = "the snapshot is of another logic version";
    } else if (snapshot_ && start_configuration_at_ != Sequence{}) {
        begin.reason = "the snapshot is of another configuration";
    } else if (!snapshot_ && last_empty_begin_ != found.first && found.first != Sequence{1}) {
        begin.reason = "no snapshot, and the journal's begin is no more kept";
    } else {
        return;
    }
    if (!outcome_.begin) {
        begin.state = BeginEpoch::State::Warm;
        begin.warm_from = std::max({last_empty_begin_, found.first, Sequence{1}});
        outcome_.begin = begin;
    }
    outcome_.report.new_epoch = true;
    outcome_.report.why_new_epoch = begin.reason;
}

}  // namespace tickstock
