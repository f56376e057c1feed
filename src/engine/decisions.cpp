// RunningEngine: what load, wall time or a person may change, as journaled decisions.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "base/hash.hpp"
#include "base/mutant.hpp"
#include "config/reload_plan.hpp"
#include "engine/configuration_text.hpp"
#include "engine/running_engine.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

constexpr Nanos control_interval = std::chrono::milliseconds(250);
constexpr Nanos wall_step_limit = std::chrono::seconds(1);
constexpr std::size_t decisions_shown = 20;

constexpr std::size_t index_of(ChannelType type) {
    return static_cast<std::size_t>(type);
}

}  // namespace

/// Gives the action its place in the order; it is journaled with the next write.
Sequence RunningEngine::decide(DecisionAction action, std::string by) {
    Decision decision;
    decision.wall = clock_.wall();
    decision.by = std::move(by);
    decision.action = std::move(action);
    system_->sequencer().admit(decision);
    append_to_journal(decision);
    remember(decision);
    const Sequence at = decision.sequence;
    if (const auto* begin = std::get_if<BeginEpoch>(&decision.action)) {
        publisher_->add_epoch(at, epoch_text(begin->epoch));
        epoch_ = epoch_text(begin->epoch);
        if (begins_empty(begin->state)) {
            last_empty_begin_ = at;
            push_clients_.clear_current();
            system_->sequencer().restart_clock();
        } else if (begin->state == BeginEpoch::State::Warm) {
            // The shards stand warmed up already.
            std::get<BeginEpoch>(decision.action).state = BeginEpoch::State::Keep;
        }
    } else if (const auto* universe = std::get_if<UniverseChange>(&decision.action)) {
        universes_.apply(*universe, decision.by == UniverseSet::by_files);
        summarize_universes();
    } else if (const auto* places = std::get_if<PlaceSymbols>(&decision.action)) {
        system_->router().apply(*places, system_->symbols(), clock_.monotonic());
    } else if (std::holds_alternative<ManualHalt>(decision.action)) {
        system_->count_made_record();
    }
    if (rollout_) {
        rollout_->applied(decision);
        if (const auto* change = std::get_if<RolloutChange>(&decision.action)) {
            last_rollout_change_ = decision.sequence;
            tick_was_parked_ = tick_was_parked_ && !change->forgives;
        } else if (const auto* channel = std::get_if<ChannelChange>(&decision.action)) {
            tick_was_parked_ =
                tick_was_parked_ || (channel->channel == ChannelType::Tick &&
                                     config_.pipeline.integration.fallback_to_legacy &&
                                     (channel->to == ChannelStatus::Paused ||
                                      channel->to == ChannelStatus::Error));
        }
    }
    auto run = std::make_shared<Run>();
    run->admitted = clock_.monotonic();
    run->decision = std::move(decision);
    if (TICKSTOCK_MUTANT(32) && std::holds_alternative<UniverseChange>(run->decision->action)) {
        run->decision->action = WallStep{};
    }
    append_run(std::move(run));
    ended_ = false;  // it may open deadlines
    return at;
}

/// Behind a begin with empty state: a warm-up from there has to know what is parked already.
void RunningEngine::tell_pauses_again() {
    for (const ChannelSupervisor& supervisor : supervisors_) {
        if (supervisor.is_parked()) {
            decide(ChannelChange{supervisor.channel(), supervisor.status(), supervisor.reason()},
                   "control");
        }
    }
}

void RunningEngine::remember(const Decision& decision) {
    ++decision_total_;
    if (std::holds_alternative<PushedBy>(decision.action)) {
        return;  // many, and nothing that a person has to see
    }
    circuit_log_.add(decision);
    decisions_.push_back({decision.sequence, std::string(to_string(decision.action)),
                          describe(decision), decision.clock, decision.wall, decision.by});
    if (decisions_.size() > decisions_shown) {
        decisions_.pop_front();
    }
}

void RunningEngine::take_commands() {
    while (auto command = commands_.take()) {
        CommandAnswer done = answer(*command);
        unanswered_.emplace_back(std::move(*command), std::move(done));
    }
}

CommandAnswer RunningEngine::answer(const CommandQueue::Command& command) {
    using Code = CommandAnswer::Code;
    const Nanos now = clock_.monotonic();
    const auto done = [&](DecisionAction action, std::string text) {
        const Sequence at = decide(std::move(action), command.by);
        return CommandAnswer{Code::Done, std::move(text),
                             at.value() + (TICKSTOCK_MUTANT(24) ? 1 : 0)};
    };
    const auto change_channel = [&](ChannelType type, const ChannelSupervisor::Answer& wanted) {
        if (!wanted.change) {
            return CommandAnswer{Code::Refused, wanted.refusal, 0};
        }
        CommandAnswer answered = done(
            *wanted.change, fmt::format("{} is {}", to_string(type), to_string(wanted.change->to)));
        supervisors_[index_of(type)].applied(*wanted.change, now, false);
        return answered;
    };
    if (const auto* pause = std::get_if<PauseChannel>(&command.action)) {
        return change_channel(pause->channel,
                              supervisors_[index_of(pause->channel)].pause(command.by, now));
    }
    if (const auto* resume = std::get_if<ResumeChannel>(&command.action)) {
        return change_channel(resume->channel,
                              supervisors_[index_of(resume->channel)].resume(command.by));
    }
    if (const auto* set = std::get_if<SetUniverse>(&command.action)) {
        auto change = universes_.plan_set(set->name, set->symbols, set->priority);
        if (!change) {
            return {Code::Refused, change.error().message, 0};
        }
        if (!*change) {
            return {Code::Done, "universe " + set->name + " stands so already", 0};
        }
        return done(std::move(**change), "universe " + set->name + " is set");
    }
    if (const auto* remove = std::get_if<RemoveUniverse>(&command.action)) {
        auto change = universes_.plan_removal(remove->name);
        if (!change) {
            return {Code::Refused, change.error().message, 0};
        }
        if (!*change) {
            return {Code::NotFound, "no universe " + remove->name, 0};
        }
        return done(std::move(**change), "universe " + remove->name + " is removed");
    }
    if (const auto* halt = std::get_if<HaltSymbol>(&command.action)) {
        const auto symbol = system_->symbols().find(halt->symbol.view());
        if (!symbol) {
            return {Code::NotFound,
                    fmt::format("no record of {} has been seen", halt->symbol.view()), 0};
        }
        return done(ManualHalt{*symbol, halt->halted, halt->reason},
                    fmt::format("{} is {}", halt->symbol.view(),
                                halt->halted ? "halted" : "to go on with its next trade"));
    }
    if (const auto* other = std::get_if<Reconfigure>(&command.action)) {
        return reconfigure(*other, command.by);
    }
    if (const auto* rollout = std::get_if<RolloutCommand>(&command.action)) {
        return roll_out(*rollout, command.by);
    }
    const auto& wanted = std::get<SwitchRule>(command.action);
    const auto& rules = config_.pipeline.rules.user;
    const bool known = std::any_of(rules.begin(), rules.end(),
                                   [&](const UserRule& rule) { return rule.name == wanted.rule; });
    if (!known) {
        return {Code::NotFound, "no rule " + wanted.rule, 0};
    }
    const auto before = switched_rules_.find(wanted.rule);
    if ((before == switched_rules_.end() || before->second) == wanted.on) {
        return {Code::Done, fmt::format("{} is {} already", wanted.rule, wanted.on ? "on" : "off"),
                0};
    }
    switched_rules_[wanted.rule] = wanted.on;
    return done(RuleSwitch{wanted.rule, wanted.on, ""},
                fmt::format("{} is {}", wanted.rule, wanted.on ? "on" : "off"));
}

/// What may change events becomes a decision, at which each shard takes it; the rest, how the work
/// is done, acts at once.
CommandAnswer RunningEngine::reconfigure(const Reconfigure& wanted, const std::string& by) {
    const ReloadPlan plan = plan_reload(config_, *wanted.next);
    if (!plan.is_possible()) {
        return {CommandAnswer::Code::Refused,
                fmt::format("{} changes with a start only", plan.needs_restart.front().name), 0};
    }
    TS_ASSERT(by != ConfigurationChange::by_start);
    const PipelineSettings& next = wanted.next->pipeline;
    std::string text = configuration_text(*wanted.next);
    config_.pipeline = next;
    config_.monitoring = wanted.next->monitoring;
    config_.rollout = wanted.next->rollout;
    if (rollout_) {
        rollout_->set_settings(config_.rollout);
    }
    system_->set_settings(next);
    system_->sequencer().set_freshness(next.rules.freshness);
    look_for_gates();
    Sequence at;
    if (text != configuration_text_) {
        configuration_hash_ = xxh64(text);
        configuration_text_ = text;
        at = decide(ConfigurationChange{configuration_hash_, std::move(text)}, by);
    }
    const auto work = std::make_shared<const PipelineSettings>(next);
    for (const auto& shard : shards_) {
        shard->set_work(work);
        shard->set_channel_timeout(config_.rollout.channel_timeout);
    }
    wake_();
    return {CommandAnswer::Code::Done, wanted.summary, at.value()};
}

/// Overflow action drop_oldest: shards wait for this.
void RunningEngine::grant_skips() {
    for (const auto& shard : shards_) {
        if (auto wanted = shard->skips().take()) {
            shard->skips().grant(decide(std::move(*wanted), "control"));
            wake_();  // it waits for the grant, not for the run
        }
    }
}

/// What follows from load and failures.
void RunningEngine::supervise(Nanos now, Step& step) {
    const std::uint64_t pending = publisher_->pending();
    if (auto shed = shed_.update(pending, config_.pipeline.priority.event_capacity, now)) {
        log_warn("engine", "{} events wait to be published: shed level {}", pending,
                 unsigned{shed->level});
        decide(*shed, "control");
    }
    step.wake_at = std::min(step.wake_at, shed_.wake_at());
    if (now - last_control_ < control_interval) {
        return;
    }
    last_control_ = now;
    watch_wall_clock();
    supervise_rollout(now);
    for (const auto& shard : shards_) {
        const auto report = shard->report();
        for (ChannelSupervisor& supervisor : supervisors_) {
            const ChannelVitals& vitals = report->vitals[index_of(supervisor.channel())];
            supervisor.on_failures(shard->number(), vitals.failures_in_row, vitals.idle);
            system_->router().update_health(
                shard->number(), supervisor.channel(),
                {vitals.usable, vitals.metrics.circuit, vitals.metrics.error_rate / 100, vitals.lag,
                 vitals.mean_time, shard->queued(supervisor.channel())},
                now);
            note_circuit(fmt::format("{}/{}", to_string(supervisor.channel()), shard->number()),
                         vitals.metrics.circuit, vitals.circuit_reason);
        }
    }
    const CircuitBreaker& own = system_->router().circuit();
    note_circuit("router", own.state(), own.history().empty() ? "" : own.history().back().reason);
    bool any_parked = false;
    for (ChannelSupervisor& supervisor : supervisors_) {
        if (auto change = supervisor.poll(now)) {
            log_warn("engine", "channel {}: {} ({})", to_string(change->channel),
                     to_string(change->to), change->reason);
            decide(*change, "control");
            supervisor.applied(*change, now, true);
        }
        any_parked = any_parked || supervisor.is_parked();
        step.wake_at = std::min(step.wake_at, supervisor.next_poll());
    }
    // What a paused lane keeps stays where it is.
    if (shards_.size() > 1 && !any_parked) {
        const Nanos begin = clock_.monotonic();
        auto moves = system_->router().moves(now, system_->symbols());
        system_->router().record_selection_time(clock_.monotonic() - begin);
        if (moves) {
            decide(std::move(*moves), "control");
        }
    }
}

/// A circuit changes nothing that comes out; it is journaled for people.
void RunningEngine::note_circuit(std::string name, CircuitState state, const std::string& reason) {
    CircuitState& known = circuits_[name];
    if (known != state) {
        known = state;
        decide(CircuitChange{std::move(name), state, reason}, "control");
    }
}

/// A jump of the wall clock moves nothing; it is written down.
void RunningEngine::watch_wall_clock() {
    // Both read here: what a step did before would look like a step of the clock.
    const Nanos anchor = clock_.wall().time_since_epoch() - clock_.monotonic();
    const Nanos step = anchor - wall_anchor_;
    if (step > wall_step_limit || step < -wall_step_limit) {
        log_warn("engine", "the wall clock has jumped by {} s",
                 std::chrono::duration_cast<std::chrono::seconds>(step).count());
        decide(WallStep{step}, "control");
        wall_anchor_ = anchor;
    }
}

void RunningEngine::summarize_universes() {
    auto summaries = std::make_shared<std::vector<UniverseSummary>>();
    for (const auto& universe : universes_.all()) {
        UniverseSummary summary;
        summary.name = universe->name;
        summary.priority = universe->priority;
        for (const SymbolText& symbol : universe->symbols) {
            summary.symbols.emplace_back(symbol.view());
        }
        summaries->push_back(std::move(summary));
    }
    universe_summaries_ = std::move(summaries);
}

}  // namespace tickstock
