// The journal at the end of a seed against what the sources handed over (I1, I2, I3) and against
// what the operator was told.

#include <fmt/format.h>

#include <map>

#include "journal/journal.hpp"
#include "simulation/simulation.hpp"
#include "simulation/tape.hpp"

namespace tickstock::sim {
namespace {

/// Follows one source through the journal.
class SourceAudit {
public:
    SourceAudit(const SourceFeed& feed, Invariants& invariants)
        : feed_(feed), invariants_(invariants) {}

    void refused(std::uint64_t count) { refused_ += count; }

    void journalled(const Record& record, std::string_view symbol) {
        const std::uint64_t number = record.header().source_sequence;
        invariants_.require(number > last_, Invariant::OrderKept, [&] {
            return fmt::format("{}: record {} stands behind record {}", feed_.source.name, number,
                               last_);
        });
        invariants_.require(number <= feed_.furthest(), Invariant::JournalledOnce, [&] {
            return fmt::format("{}: record {} was never handed over", feed_.source.name, number);
        });
        check_missing(last_ + 1, number);
        const Record& sent = feed_.tape[number - 1];
        invariants_.require(
            symbol == symbol_name(sent.header().symbol.value()), Invariant::JournalledTrue, [&] {
                return fmt::format("{}: record {} is of {}, journalled for {}", feed_.source.name,
                                   number, symbol_name(sent.header().symbol.value()), symbol);
            });
        const std::string wrong = difference(sent, record);
        invariants_.require(wrong.empty(), Invariant::JournalledTrue, [&] {
            return fmt::format("{}: record {}: {}", feed_.source.name, number, wrong);
        });
        last_ = number;
        refused_ = 0;
    }

    /// Behind the last entry.
    void end() { check_missing(last_ + 1, feed_.furthest() + 1); }

private:
    /// Numbers from `from` up to before `to` are not in the journal: they were refused and counted,
    /// or never handed over, or (pushed ones only) lost with the process that had just got them.
    void check_missing(std::uint64_t from, std::uint64_t to) {
        std::uint64_t missing = 0;
        std::uint64_t may_be_lost = 0;
        if (feed_.source.resumable) {
            missing = to - from;
        } else {
            for (const SourceFeed::HandedOver& part : feed_.handed_over) {
                const std::uint64_t begin = std::max(from, part.from + 1);
                const std::uint64_t end = std::min(to, part.to + 1);
                if (begin < end) {
                    missing += end - begin;
                    // Nothing may be lost in front of what was journalled of the same process.
                    may_be_lost += to > part.to ? end - begin : 0;
                }
            }
        }
        const bool holds = feed_.source.resumable
                               ? missing == refused_
                               : missing >= refused_ && missing - refused_ <= may_be_lost;
        invariants_.require(holds, Invariant::JournalledOnce, [&] {
            return fmt::format("{}: records {} to {}: {} are not journalled, {} were refused",
                               feed_.source.name, from, to - 1, missing, refused_);
        });
    }

    const SourceFeed& feed_;
    Invariants& invariants_;
    std::uint64_t last_ = 0;
    std::uint64_t refused_ = 0;
};

}  // namespace

void Simulation::audit_journal() {
    auto opened = JournalCursor::open(disk_, journal_directory, Sequence{1});
    invariants_.require(opened.ok(), Invariant::StartsAgain,
                        [&] { return "the journal cannot be read: " + opened.error().message; });
    JournalCursor& cursor = **opened;
    std::deque<SourceAudit> sources;
    for (const SourceFeed& feed : feeds_) {
        sources.emplace_back(feed, invariants_);
    }
    std::map<std::uint64_t, std::string> decided_by;
    std::vector<SymbolText> symbols;
    JournalEntry entry;
    std::uint64_t last = 0;
    UnixNanos clock{};
    const auto take_refused = [&] {
        for (const JournalCursor::Refused& refused : cursor.take_refused()) {
            sources.at(refused.source.value()).refused(refused.count);
            report_.count(Fault::RefusedRecord, refused.count);
        }
    };
    JournalCursor::Next next{};
    while ((next = cursor.next(entry)) == JournalCursor::Next::Entry) {
        take_refused();
        for (const JournalCursor::SymbolDefinition& symbol : cursor.take_symbols()) {
            symbols.resize(std::max<std::size_t>(symbols.size(), symbol.id.value() + 1U));
            symbols[symbol.id.value()] = symbol.text;
        }
        invariants_.require(entry.sequence.value() == last + 1, Invariant::OrderKept, [&] {
            return fmt::format("entry {} follows entry {}", entry.sequence.value(), last);
        });
        last = entry.sequence.value();
        const UnixNanos now =
            entry.is_decision() ? entry.decision->clock : entry.record.header().clock;
        invariants_.require(now >= clock, Invariant::OrderKept,
                            [&] { return fmt::format("the clock goes back at entry {}", last); });
        clock = now;
        if (entry.is_decision()) {
            decided_by[last] = entry.decision->by;
            if (trace_.echoes()) {
                fmt::print("  decision {}: {}\n", last, describe(*entry.decision));
                if (const auto* skip = std::get_if<SkipRecords>(&entry.decision->action)) {
                    for (const Sequence skipped : skip->sequences) {
                        fmt::print("    skips {}\n", skipped.value());
                    }
                }
            }
        } else if (entry.record.kind() != RecordKind::ClockTick) {
            const RecordHeader& header = entry.record.header();
            sources.at(header.source.value())
                .journalled(entry.record, symbols.at(header.symbol.value()).view());
        }
    }
    take_refused();
    invariants_.require(next == JournalCursor::Next::End, Invariant::StartsAgain, [&] {
        return "the journal is damaged: " + cursor.failure().value_or(Error{}).message;
    });
    for (SourceAudit& source : sources) {
        source.end();
    }
    report_.entries += last;
    for (const auto& command : commands_) {
        invariants_.require(command->answers <= 1, Invariant::Answered,
                            [&] { return command->by + " was answered twice"; });
        if (command->answers == 1 && command->answer.sequence > 0 && !command->may_be_lost) {
            const auto found = decided_by.find(command->answer.sequence);
            invariants_.require(found != decided_by.end() && found->second == command->by,
                                Invariant::Answered, [&] {
                                    return fmt::format(
                                        "{} was told entry {} ({}), which is not its", command->by,
                                        command->answer.sequence, command->answer.text);
                                });
        }
    }
}

}  // namespace tickstock::sim
