#include "engine/journal_replay.hpp"

#include <utility>

namespace tickstock {

Result<std::unique_ptr<JournalReplay>> JournalReplay::open(Disk& disk, const std::string& path,
                                                           MultiChannelSystem& system,
                                                           Sequence from, bool skips_known) {
    std::unique_ptr<JournalReplay> replay(new JournalReplay(disk, path, system));
    if (!skips_known && !replay->look_ahead(from)) {
        return *replay->failure_;
    }
    auto cursor = JournalCursor::open(disk, path, from);
    if (!cursor) {
        return cursor.error();
    }
    replay->runs_ = std::make_unique<JournalRuns>(std::move(*cursor), nullptr);
    return replay;
}

/// Records that will be skipped are known before they come.
bool JournalReplay::look_ahead(Sequence from) {
    auto cursor = JournalCursor::open(disk_, path_, from);
    if (!cursor) {
        failure_ = cursor.error();
        return false;
    }
    JournalEntry entry;
    while ((*cursor)->next(entry) == JournalCursor::Next::Entry) {
        if (entry.is_decision()) {
            if (const auto* skip = std::get_if<SkipRecords>(&entry.decision->action)) {
                system_.skip(*skip);
            }
        }
    }
    return true;  // damage is met again, and told, by the run itself
}

void JournalReplay::take_symbols(JournalRuns& runs) {
    for (const JournalCursor::SymbolDefinition& symbol : runs.cursor().take_symbols()) {
        system_.adopt_symbol(symbol.id, symbol.text);
    }
}

JournalReplay::Step JournalReplay::step(std::vector<Event>& out) {
    Step step;
    const std::shared_ptr<Run> run = runs_->next();
    take_symbols(*runs_);
    for (const JournalCursor::Refused& refused : runs_->cursor().take_refused()) {
        refused_.push_back(refused);
    }
    if (!run) {
        failure_ = runs_->failure();
        step.kind = failure_ ? Step::Kind::Damage : Step::Kind::End;
        return step;
    }
    step.kind = Step::Kind::Entries;
    step.entries = run->entries();
    step.run = run;
    system_.apply(*run, out);
    if (run->decision) {
        if (const auto* begin = std::get_if<BeginEpoch>(&run->decision->action)) {
            step.kind = Step::Kind::Epoch;
            step.begin = *begin;
            system_.begin_epoch(begin->state, run->last(), out);
            if (begin->state == BeginEpoch::State::Warm &&
                !warm_up(begin->warm_from, run->last())) {
                step.kind = Step::Kind::Damage;
            }
        }
    }
    return step;
}

/// State from earlier entries under this logic; what they cause was told in another epoch.
bool JournalReplay::warm_up(Sequence from, Sequence before) {
    auto cursor = JournalCursor::open(disk_, path_, from);
    if (!cursor) {
        failure_ = cursor.error();
        return false;
    }
    JournalRuns runs(std::move(*cursor), nullptr);
    std::vector<Event> unheard;
    while (const std::shared_ptr<Run> run = runs.next(Sequence{before.value() - 1})) {
        take_symbols(runs);
        system_.run_again(*run, unheard);
        unheard.clear();
    }
    failure_ = runs.failure();
    return !failure_;
}

}  // namespace tickstock
