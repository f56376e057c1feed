#include "rollout/rollout_control.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "rollout/automatic_fallback_manager.hpp"
#include "rollout/difference_list.hpp"
#include "rollout/phase_record.hpp"
#include "rollout/rollout_folder.hpp"
#include "rollout/rollout_phase_manager.hpp"
#include "rollout/rollout_plans.hpp"

namespace tickstock {
namespace {

constexpr std::size_t incidents_told = 50;

/// A decision's text in audit and incidents; what other people wrote may be long.
std::string shortened(const std::string& text) {
    constexpr std::size_t limit = 1'000;
    return text.size() <= limit ? text : text.substr(0, limit) + " …";
}

std::string describe(const PathFallback& fallback) {
    std::array<std::size_t, 5> by_cause{};
    for (const PathFallback::Fallen& fallen : fallback.symbols) {
        ++by_cause[static_cast<std::size_t>(fallen.cause)];
    }
    std::string causes;
    for (std::size_t i = 0; i < by_cause.size(); ++i) {
        if (by_cause[i] > 0) {
            causes += fmt::format("{}{} {}", causes.empty() ? "" : ", ",
                                  to_string(static_cast<FallbackCause>(i)), by_cause[i]);
        }
    }
    const std::size_t count = fallback.symbols.size();
    return fmt::format("{} {} fell back: {}", count, count == 1 ? "symbol" : "symbols", causes);
}

}  // namespace

struct RolloutControl::Impl {
    explicit Impl(const RolloutSettings& set) : settings(set), phases(set), fallback(set) {}

    RolloutSettings settings;
    RolloutPhaseManager phases;
    AutomaticFallbackManager fallback;
    RolloutChange last;
    std::vector<SymbolStatistics> statistics;
    PhaseRecord record;
    RolloutFolder kept;
    DifferenceList differences;
    std::optional<RolloutIncident> pending;  // of the change that was planned last

    bool in_charge() const { return last.flags.is_fully_enabled(); }
    void see(const Look& look) { record.look(look.total, look.error_alerts); }
    std::vector<RolloutCriterion> criteria(const Look& look, const PathEvidence& evidence) const {
        return phases.criteria({last.phase, look.wall - last.phase_since, last.flags, evidence,
                                record.error_alerts()});
    }
    PlanContext context(const Look& look) const {
        return {last,
                statistics,
                settings,
                look.wall,
                look.tick_channel_usable,
                {},
                kept.incidents().next_id(look.wall)};
    }
    void expect_incident(const RolloutChange& change, const Look& look, std::string cause,
                         std::string text, const ErrorTracker::Window& window);
    void apply(const RolloutChange& change, const Decision& decision);
    void read_again(const ReadAgain& again);
    void keep_audit(const Decision& decision);
    void change_incident(const RolloutChange& change, const Decision& decision);
    void keep_incident(const RolloutChange& change, const Decision& decision);
};

RolloutControl::RolloutControl(const RolloutSettings& settings)
    : impl_(std::make_unique<Impl>(settings)) {}

RolloutControl::~RolloutControl() = default;

void RolloutControl::set_settings(const RolloutSettings& settings) {
    impl_->settings = settings;
    impl_->phases.set_settings(settings);
    impl_->fallback.set_settings(settings);
}

std::optional<Error> RolloutControl::restore(const std::optional<RolloutChange>& last,
                                             const ReadAgain& again, Disk& disk,
                                             std::string folder) {
    Impl& it = *impl_;
    std::string problems = it.kept.open(disk, folder);
    it.read_again(again);
    it.last = RolloutChange{};
    if (last) {
        it.last = *last;
        it.record.begin(last->phase_since);
        const auto& evidence = it.kept.found_evidence();
        if (evidence && evidence->phase_since == last->phase_since) {
            it.record.resume(*evidence);
        }
        if (!last->incident.empty() && it.kept.incidents().find(last->incident) == nullptr) {
            it.keep_incident(*last, {});
            problems += fmt::format("{}{}: the file of incident {}, which holds, is missing",
                                    problems.empty() ? "" : "; ", folder, last->incident);
        }
    }
    return problems.empty() ? std::nullopt : std::optional(Error{problems});
}

RolloutChange RolloutControl::first_change(UnixNanos wall) const {
    return plan_installation(impl_->settings, wall);
}

void RolloutControl::Impl::expect_incident(const RolloutChange& change, const Look& look,
                                           std::string cause, std::string text,
                                           const ErrorTracker::Window& window) {
    RolloutIncident incident;
    incident.id = change.incident;
    incident.wall = look.wall;
    incident.clock = look.clock;
    incident.cause = std::move(cause);
    incident.text = std::move(text);
    incident.phase = last.phase;
    incident.percentage = last.flags.rollout_percentage();
    incident.symbols = look.symbols_multi_channel;
    incident.paths = window.paths;
    incident.comparison = window.comparison;
    incident.error_rate_percent = error_rate_percent(window.paths);
    incident.mean_ms = window.mean_ms();
    pending = std::move(incident);
}

Result<RolloutChange> RolloutControl::plan(const RolloutCommand& command, const Look& look) {
    Impl& it = *impl_;
    if (std::string problem = problem_of_reason(command.reason); !problem.empty()) {
        return Error{std::move(problem)};
    }
    it.see(look);
    PlanContext context = it.context(look);
    if (std::holds_alternative<AdvanceRollout>(command.action)) {
        const PathEvidence evidence = it.record.evidence(look.total);
        context.advance_refusal = RolloutPhaseManager::refusal(
            it.last.phase, it.criteria(look, evidence), it.last.incident, look.tick_channel_usable);
    }
    auto change =
        std::visit([&](const auto& wish) { return plan_change(wish, context); }, command.action);
    if (change) {
        change->reason = command.reason;
        it.pending.reset();
        if (!change->incident.empty() && change->incident != it.last.incident) {
            it.expect_incident(*change, look, "manual", command.reason, it.fallback.window());
        }
    }
    return change;
}

std::optional<RolloutChange> RolloutControl::look(const Look& look) {
    Impl& it = *impl_;
    it.see(look);
    const auto verdict =
        it.fallback.look(look.now, look.total, it.in_charge(), look.tick_channel_usable);
    if (!verdict) {
        return std::nullopt;
    }
    RolloutChange change = plan_fallback(it.context(look), verdict->text);
    it.expect_incident(change, look, verdict->cause, verdict->text, verdict->window);
    return change;
}

void RolloutControl::applied(const Decision& decision) {
    impl_->keep_audit(decision);
    const auto* const change = std::get_if<RolloutChange>(&decision.action);
    if (change != nullptr && *change != impl_->last) {
        impl_->apply(*change, decision);
    }
}

/// Audit and incidents alone: the rest is known from the journal's last change.
void RolloutControl::Impl::read_again(const ReadAgain& again) {
    last = again.before.value_or(RolloutChange{});
    for (const Decision& decision : again.decisions) {
        keep_audit(decision);
        if (const auto* change = std::get_if<RolloutChange>(&decision.action)) {
            change_incident(*change, decision);
            last = *change;
        }
    }
}

void RolloutControl::Impl::keep_audit(const Decision& decision) {
    const auto* const change = std::get_if<RolloutChange>(&decision.action);
    const auto* const fallen = std::get_if<PathFallback>(&decision.action);
    if ((change == nullptr && fallen == nullptr) ||
        kept.audit().has(decision.sequence, decision.wall)) {
        return;
    }
    RolloutAudit entry{decision.sequence,
                       decision.wall,
                       decision.clock,
                       decision.by,
                       "path_fallback",
                       {},
                       {},
                       last.phase,
                       last.flags.rollout_percentage()};
    if (change != nullptr) {
        entry.kind = to_string(change->cause);
        entry.text = describe_change(last, *change);
        entry.reason = shortened(change->reason);
        entry.phase = change->phase;
        entry.percentage = change->flags.rollout_percentage();
    } else {
        entry.text = describe(*fallen);
    }
    kept.audit().add(std::move(entry));
}

void RolloutControl::Impl::change_incident(const RolloutChange& change, const Decision& decision) {
    if (change.incident == last.incident) {
        return;
    }
    if (!last.incident.empty()) {
        kept.incidents().resolve(last.incident, decision.wall, decision.by);
    }
    if (!change.incident.empty()) {
        keep_incident(change, decision);
    }
}

void RolloutControl::Impl::apply(const RolloutChange& change, const Decision& decision) {
    if (change.phase_since != last.phase_since || change.phase != last.phase) {
        record.begin(change.phase_since);
        kept.phase_has_changed();
    }
    change_incident(change, decision);
    const bool was_in_charge = in_charge();
    last = change;
    if (was_in_charge != in_charge() || change.forgives) {
        fallback.reset();
    }
    pending.reset();
}

void RolloutControl::Impl::keep_incident(const RolloutChange& change, const Decision& decision) {
    if (kept.incidents().find(change.incident) != nullptr) {
        return;  // a start reads the decision again
    }
    RolloutIncident incident;
    if (pending && pending->id == change.incident) {
        incident = *pending;
    } else {  // its file is lost, or the process died before it wrote it
        incident.id = change.incident;
        incident.wall = IncidentLog::time_of(change.incident);
        incident.clock = decision.clock;
        incident.cause = change.cause == RolloutChange::Cause::Disable ? "manual" : "unknown";
        incident.text = shortened(change.reason);
        incident.phase = change.phase;
        incident.percentage = change.flags.rollout_percentage();
    }
    incident.sequence = decision.sequence;
    incident.by = decision.by;
    kept.incidents().add(std::move(incident));
}

void RolloutControl::set_statistics(std::vector<SymbolStatistics> statistics) {
    impl_->statistics = std::move(statistics);
}

RiskTier RolloutControl::tier_of(const SymbolText& symbol) const {
    return impl_->last.selection.tier_of(symbol);
}

bool RolloutControl::selects(const SymbolText& symbol) const {
    const FeatureFlags& flags = impl_->last.flags;
    return flags.is_fully_enabled() &&
           !std::ranges::binary_search(flags.excluded_tickers, symbol) &&
           (std::ranges::binary_search(flags.rollout_tickers, symbol) ||
            impl_->last.selection.selects(symbol));
}

void RolloutControl::add_differences(std::vector<PathDifference> differences) {
    impl_->differences.add(std::move(differences), impl_->settings.differences);
}

std::string RolloutControl::newest_change() const {
    const auto& entries = impl_->kept.audit().all();
    return entries.empty() ? std::string() : entries.back().text;
}

void RolloutControl::save(Nanos now, bool now_or_never) {
    impl_->kept.save(now, now_or_never, [this] { return impl_->record.kept(); });
}

RolloutStatus RolloutControl::status(const Look& look) const {
    const Impl& it = *impl_;
    RolloutStatus status;
    status.installed = true;
    status.flags = it.last.flags;
    status.fully_enabled = it.in_charge();
    status.phase = it.last.phase;
    status.phase_since = it.last.phase_since;
    status.phase_duration = it.phases.definition(it.last.phase).duration;
    status.total = look.total;
    status.in_phase = it.record.evidence(look.total);
    status.criteria = it.criteria(look, status.in_phase);
    status.incident = it.last.incident;
    status.refusal = RolloutPhaseManager::refusal(status.phase, status.criteria, status.incident,
                                                  look.tick_channel_usable);
    const ErrorTracker::Window window = it.fallback.window();
    status.window_full = it.fallback.window_full();
    status.window_error_percent = error_rate_percent(window.paths);
    status.window_mean_ms = window.mean_ms();
    status.audit = it.kept.audit().all();
    const auto& incidents = it.kept.incidents().all();
    const std::size_t told = std::min(incidents.size(), incidents_told);
    status.incidents.assign(incidents.end() - static_cast<std::ptrdiff_t>(told), incidents.end());
    status.differences = it.differences.copy();
    status.difference_total = it.differences.total();
    status.disk_failure = it.kept.failure();
    return status;
}

}  // namespace tickstock
