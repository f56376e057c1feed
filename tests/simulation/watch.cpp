// What the simulation looks at while the engine runs, and what its operator asks for.

#include <fmt/format.h>

#include <algorithm>

#include "journal/journal.hpp"
#include "simulation/simulation.hpp"

namespace tickstock::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t most_probes = 25;

/// The last entry that a journal's directory holds; 0 = none.
std::uint64_t last_entry(Disk& disk) {
    auto cursor = JournalCursor::open(disk, journal_directory, Sequence{1});
    if (!cursor) {
        return 0;
    }
    JournalEntry entry;
    std::uint64_t last = 0;
    while ((*cursor)->next(entry) == JournalCursor::Next::Entry) {
        last = entry.sequence.value();
    }
    return last;
}

std::string text_of(const StageCounts& counts, const char* stage) {
    std::string text = fmt::format(" {}{} {} = {} + {}", stage, counts.closes() ? "" : " (!)",
                                   counts.in, counts.out, counts.held);
    for (std::size_t i = 0; i < reason_count; ++i) {
        if (counts.dropped[i] > 0) {
            text += fmt::format(" + {} {}", counts.dropped[i], to_string(static_cast<Reason>(i)));
        }
    }
    return text + ";";
}

std::string text_of(const Accounting& accounting) {
    return "in = out + held + dropped:" + text_of(accounting.sources, "sources") +
           text_of(accounting.sequencer, "sequencer") + text_of(accounting.router, "router") +
           text_of(accounting.intake, "intake") + text_of(accounting.channels[0], "tick") +
           text_of(accounting.channels[1], "ohlcv") + text_of(accounting.channels[2], "fmv") +
           text_of(accounting.detectors, "detectors") + text_of(accounting.rules, "rules") +
           text_of(accounting.linear, "linear") + text_of(accounting.selection, "selection") +
           text_of(accounting.rules, "rules") + text_of(accounting.coordination, "coordination") +
           text_of(accounting.priority, "priority") + text_of(accounting.publishing, "publishing");
}

}  // namespace

/// After every step.
void Simulation::watch() {
    const std::uint64_t before = archive_.events();
    archive_.observe(process_->stream, clock_.now());
    if (archive_.events() > before && probes_.size() < most_probes && crash_.chance(20'000)) {
        probe_safety();
    }
    check_status();
}

void Simulation::probe_safety() {
    const auto disk = config_.journal.durability == Durability::Always ? disk_.only_durable()
                                                                       : disk_.as_written();
    probes_.push_back(
        {archive_.epochs().back().name, archive_.epochs().back().events.size(), last_entry(*disk)});
    // I7: the ring holds its limit and at most the block that passed it.
    const StreamRange range = process_->stream.range();
    std::size_t memory = 0;
    std::size_t largest = 0;
    for (Offset at = range.first; at <= range.last && at > Offset{};) {
        const auto block = process_->stream.block_at(range.epoch, at);
        if (!block) {
            break;
        }
        memory += block->memory();
        largest = std::max(largest, block->memory());
        at = Offset{block->entries.back().offset.value() + 1};
    }
    invariants_.require(memory <= config_.stream.memory_limit + largest, Invariant::WithinBounds,
                        [&] { return fmt::format("the stream holds {} bytes", memory); });
}

void Simulation::check_status() {
    const auto status = process_->runtime->status();
    if (!status || status == process_->status) {
        return;
    }
    process_->status = status;
    trace_.note("status", status->last_sequence, status->control.router.moves,
                status->accounting.publishing.out);
    Accounting accounting = status->accounting;
    if (process_->runtime->shards() > 1) {
        // What coordination holds of a symbol between two shards is in no shard's report; the
        // audit at the end looks again when nothing is on its way.
        accounting.coordination.in = accounting.rules.out;
        accounting.coordination.held = accounting.coordination.in - accounting.coordination.out -
                                       accounting.coordination.dropped_total();
    }
    invariants_.require(accounting.closes(), Invariant::AccountsClose,
                        [&] { return text_of(status->accounting); });
    for (const ChannelSummary& channel : status->channels) {
        const auto& settings = config_.pipeline.channels[static_cast<std::size_t>(channel.type)];
        // Spilling has no bound, and drop_oldest none before the shard has looked.
        if (settings.overflow != OverflowAction::Block &&
            settings.overflow != OverflowAction::DropNewest) {
            continue;
        }
        // What runs before have left in a paused channel is still there, in shards that it filled
        // otherwise; what the operator does to its symbols waits with its records.
        const std::uint64_t bound =
            settings.queue_size * most_shards_ * (1 + restarts_) + commands_.size();
        invariants_.require(channel.queue_size <= bound, Invariant::WithinBounds, [&] {
            return fmt::format("channel {} has {} records in queue, the bound is {}",
                               channel.label(), channel.queue_size, bound);
        });
    }
    const std::uint64_t unwritten = status->control.journal.unwritten_bytes;
    invariants_.require(unwritten <= 256 * 1024, Invariant::WithinBounds,
                        [&] { return fmt::format("{} bytes wait to be journalled", unwritten); });
}

void Simulation::post(CommandAction action) {
    auto posted = std::make_shared<PostedCommand>();
    posted->by = fmt::format("operator {}", commands_.size());
    trace_.note("command", action.index());
    const bool taken = process_->runtime->commands().post(
        {std::move(action), posted->by, [posted](CommandAnswer answer) {
             ++posted->answers;
             posted->answer = std::move(answer);
         }});
    if (taken) {
        commands_.push_back(std::move(posted));
    }
}

void Simulation::post_command() {
    const auto channel = static_cast<ChannelType>(operator_.below(channel_type_count));
    const auto symbol = [&] {
        return SymbolText(symbol_name(static_cast<std::uint32_t>(operator_.below(plan_.symbols))));
    };
    switch (operator_.below(6)) {
        case 0:
            report_.count(Fault::Pause);
            post(PauseChannel{channel});
            break;
        case 1: post(ResumeChannel{channel}); break;
        case 2: {
            report_.count(Fault::Universe);
            SetUniverse universe{operator_.chance(500'000) ? "core" : "other", {}, true};
            for (std::uint64_t i = operator_.below(10) + 1; i > 0; --i) {
                universe.symbols.push_back(symbol());
            }
            post(std::move(universe));
            break;
        }
        case 3: post(RemoveUniverse{operator_.chance(500'000) ? "core" : "other"}); break;
        case 4: {
            const SymbolText chosen = symbol();
            std::uint32_t index = 0;
            while (symbol_name(index) != chosen.view()) {
                ++index;
            }
            if (!is_plain_symbol(index)) {
                report_.count(Fault::Halt);
                post(HaltSymbol{chosen, operator_.chance(500'000), "simulated"});
            }
            break;
        }
        default:
            report_.count(Fault::RuleSwitch);
            post(SwitchRule{operator_.pick({"jump", "dear", "no such rule"}),
                            operator_.chance(500'000)});
            break;
    }
}

/// Liveness: what a person does when a channel needs one.
void Simulation::resume_channels() {
    const auto status = process_->runtime->status();
    if (!status) {
        return;
    }
    for (const ChannelSummary& channel : status->channels) {
        if (channel.enabled && (channel.status == ChannelStatus::Paused || channel.failed)) {
            post(ResumeChannel{channel.type});
        }
    }
}

/// What a healthy engine without input would not have; empty = all is well.
std::string Simulation::what_is_open() const {
    const auto status = process_->runtime->status();
    if (!status) {
        return "without a status";
    }
    if (status->control.journal.state != "writing") {
        return "with a journal that is " + status->control.journal.state;
    }
    if (status->control.shed.level != 0) {
        return fmt::format("shedding at level {}", status->control.shed.level);
    }
    if (status->control.router.circuit == CircuitState::Open) {
        return "with the router's circuit open";  // half-open: the next try would decide
    }
    for (const ShardSummary& shard : status->control.shards) {
        if (shard.lag_records > 1) {  // a clock tick of the moment at which the status was made
            return fmt::format("with shard {} {} entries behind", shard.shard, shard.lag_records);
        }
    }
    for (const ChannelSummary& channel : status->channels) {
        if (channel.status != ChannelStatus::Active) {
            return fmt::format("with channel {} {}", channel.label(), to_string(channel.status));
        }
        if (channel.circuit == CircuitState::Open) {
            return fmt::format("with the circuit of {} {}", channel.label(),
                               to_string(channel.circuit));
        }
        if (channel.queue_size != 0) {
            return fmt::format("with {} records in queue of {}, {} of them parked",
                               channel.queue_size, channel.label(), channel.parked);
        }
    }
    for (const auto& command : commands_) {
        if (command->process_lives && command->answers != 1) {
            return fmt::format("with {} answers to command of {}", command->answers, command->by);
        }
    }
    for (const auto& client : clients_) {  // one whose filter takes nothing is told now and then
        if (!client->has_seen_all(process_->stream.range())) {
            return fmt::format("with client {} at {} and the stream at {}", client->number(),
                               client->where(), process_->stream.range().last.value());
        }
    }
    return "";
}

}  // namespace tickstock::sim
