#include "engine/journal_replay.hpp"

#include <algorithm>
#include <utility>

#include "base/mutant.hpp"
#include "engine/configuration_text.hpp"

namespace tickstock {
namespace {

void adopt_symbols(JournalRuns& runs, MultiChannelSystem& system) {
    for (const JournalCursor::SymbolDefinition& symbol : runs.cursor().take_symbols()) {
        system.adopt_symbol(symbol.id, symbol.text);
    }
}

}  // namespace

Result<std::unique_ptr<JournalReplay>> JournalReplay::open(Disk& disk, const std::string& path,
                                                           MultiChannelSystem& system,
                                                           Sequence from, bool skips_known,
                                                           JournalConfigurations* found) {
    std::unique_ptr<JournalReplay> replay(new JournalReplay(disk, path, system));
    if (!skips_known) {
        if (const auto error = tell_skips(disk, path, from, system, found)) {
            return *error;
        }
    }
    auto cursor = JournalCursor::open(disk, path, from);
    if (!cursor) {
        return cursor.error();
    }
    replay->runs_ = std::make_unique<JournalRuns>(std::move(*cursor), nullptr);
    return replay;
}

std::optional<Error> tell_skips(Disk& disk, const std::string& path, Sequence from,
                                MultiChannelSystem& system, JournalConfigurations* configurations) {
    auto cursor = JournalCursor::open(disk, path, from);
    if (!cursor) {
        return cursor.error();
    }
    JournalEntry entry;
    while ((*cursor)->next(entry) == JournalCursor::Next::Entry) {
        if (entry.is_decision()) {
            if (const auto* skip = std::get_if<SkipRecords>(&entry.decision->action)) {
                system.skip(*skip);
            } else if (const auto* fallback = std::get_if<PathFallback>(&entry.decision->action)) {
                if (!TICKSTOCK_MUTANT(36)) {
                    system.expect(*fallback, entry.decision->sequence);
                }
            }
            const auto* change = std::get_if<ConfigurationChange>(&entry.decision->action);
            if (change != nullptr && configurations != nullptr) {
                configurations->last_hash = change->hash;
                if (entry.decision->by == ConfigurationChange::by_start) {
                    configurations->starts.push_back(
                        {entry.decision->sequence, change->hash, change->text});
                }
            }
        }
    }
    return std::nullopt;
}

bool JournalReplay::follow(JournalConfigurations found, std::uint64_t configuration_hash) {
    const bool known =
        configuration_hash == found.last_hash ||
        std::ranges::any_of(found.starts, [&](const JournalConfigurations::Start& start) {
            return start.hash == configuration_hash;
        });
    if (!known) {
        system_.ignore_changes_through(sequence_end);
        return found.last_hash == 0;
    }
    starts_ = std::move(found.starts);
    return true;
}

/// A start says which epoch begins, perhaps which channels are paused, and then what its settings
/// are, before any record.
void JournalReplay::begin_with_start_behind(Sequence begin) {
    for (const JournalConfigurations::Start& start : starts_) {
        if (start.at > begin && start.at.value() <= begin.value() + channel_type_count + 1) {
            system_.begin_with(settings_of(start.text, system_.settings()), start.text);
        }
    }
}

JournalReplay::Step JournalReplay::step(std::vector<Event>& out) {
    Step step;
    const std::shared_ptr<Run> run = runs_->next();
    adopt_symbols(*runs_, system_);
    runs_->cursor().take_refused();
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
            begin_with_start_behind(run->last());
            if (begin->state == BeginEpoch::State::Warm) {
                const auto again = run_again(disk_, path_, system_, begin->warm_from,
                                             Sequence{run->last().value() - 1});
                if (!again) {
                    failure_ = again.error();
                    step.kind = Step::Kind::Damage;
                }
            }
        }
    }
    return step;
}

/// State from earlier entries under this logic; what they cause was told in another epoch.
Result<std::uint64_t> JournalReplay::run_again(Disk& disk, const std::string& path,
                                               MultiChannelSystem& system, Sequence from,
                                               Sequence through) {
    if (const auto error = tell_skips(disk, path, from, system)) {  // their first run used them up
        return *error;
    }
    auto cursor = JournalCursor::open(disk, path, from);
    if (!cursor) {
        return cursor.error();
    }
    const auto statuses = system.begin_warm_up();
    JournalRuns runs(std::move(*cursor), nullptr);
    std::uint64_t entries = 0;
    while (const std::shared_ptr<Run> run = runs.next(through)) {
        adopt_symbols(runs, system);
        entries += run->entries();
        system.run_again(*run);
    }
    system.end_warm_up(statuses);
    if (const auto failure = runs.failure()) {
        return *failure;
    }
    return entries;
}

}  // namespace tickstock
