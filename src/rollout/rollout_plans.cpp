#include "rollout/rollout_plans.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.hpp"
#include "rollout/feature_flags.hpp"
#include "rollout/smart_ticker_rollout.hpp"

namespace tickstock {
namespace {

constexpr std::size_t reason_limit = 200;  // bytes

using Cause = RolloutChange::Cause;

/// As it stands, for a plan to change.
RolloutChange begin_plan(const PlanContext& context, Cause cause) {
    RolloutChange next = context.last;
    next.cause = cause;
    next.forgives = false;
    next.reason.clear();
    return next;
}

/// Other flags, and the selection that fits their percentage.
void take_flags(RolloutChange& next, FeatureFlags flags, const PlanContext& context) {
    next.flags = std::move(flags);
    next.selection =
        SmartTickerRollout::select(context.statistics, next.flags.rollout_buckets,
                                   context.last.selection, context.last.flags.rollout_buckets);
}

void begin_phase(RolloutChange& next, std::uint8_t phase, UnixNanos wall) {
    next.phase = phase;
    next.phase_since = wall;
}

Error channel_unusable() {
    return Error{"the tick channel is paused or in error: resume it first"};
}

/// The plan gives symbols to the multi-channel path that are not with it now.
bool gives_symbols(const RolloutChange& last, const RolloutChange& next) {
    if (!next.flags.is_fully_enabled()) {
        return false;
    }
    return !last.flags.is_fully_enabled() || next.forgives ||
           next.flags.rollout_buckets > last.flags.rollout_buckets ||
           !std::ranges::includes(last.flags.rollout_tickers, next.flags.rollout_tickers) ||
           !std::ranges::includes(next.flags.excluded_tickers, last.flags.excluded_tickers);
}

Result<RolloutChange> checked(RolloutChange next, const PlanContext& context) {
    if (!context.tick_channel_usable && gives_symbols(context.last, next)) {
        return channel_unusable();
    }
    return next;
}

}  // namespace

Result<RolloutChange> plan_change(const AdvanceRollout&, const PlanContext& context) {
    if (!context.advance_refusal.empty()) {
        return Error{context.advance_refusal};
    }
    RolloutChange next = begin_plan(context, Cause::Advance);
    begin_phase(next, static_cast<std::uint8_t>(next.phase + 1), context.wall);
    take_flags(next, advanced_flags(next.phase, context.last.flags), context);
    return checked(std::move(next), context);
}

Result<RolloutChange> plan_change(const SetRolloutFlags& wish, const PlanContext& context) {
    auto flags = with_flags(context.last.flags, wish);
    const bool switches_on = wish.multichannel_system_enabled.value_or(false);
    if (!context.last.incident.empty() && switches_on) {
        return Error{
            fmt::format("incident {} holds: enable again instead of "
                        "multichannel_system_enabled",
                        context.last.incident)};
    }
    if (!flags) {
        return flags.error();
    }
    RolloutChange next = begin_plan(context, Cause::Flags);
    if (wish.rollout_percentage) {
        take_flags(next, std::move(*flags), context);
    } else {
        next.flags = std::move(*flags);
    }
    if (next.flags == context.last.flags && next.selection == context.last.selection) {
        return Error{"the flags stand so already"};
    }
    return checked(std::move(next), context);
}

Result<RolloutChange> plan_change(const DisableMultiChannel& wish, const PlanContext& context) {
    RolloutChange next = begin_plan(context, Cause::Disable);
    next.flags.multichannel_system_enabled = false;
    if (wish.uninstall) {
        next.flags.router_enabled = next.flags.tick_channel_enabled = false;
        next.flags.integration_layer_enabled = false;
        next.flags.parallel_processing_enabled = false;
        next.flags.performance_comparison_enabled = false;
    }
    if (next.incident.empty()) {
        next.incident = context.next_incident;
    } else if (next.flags == context.last.flags) {
        return Error{fmt::format("it is disabled already: incident {} holds", next.incident)};
    }
    return next;
}

Result<RolloutChange> plan_change(const ReEnableMultiChannel& wish, const PlanContext& context) {
    const RolloutChange& last = context.last;
    const bool holds = !last.incident.empty();
    if (!holds && !last.flags.is_fully_enabled()) {
        return Error{fmt::format("nothing is disabled: phase {} ({}) goes on", last.phase,
                                 rollout_phase_name(last.phase))};
    }
    RolloutChange next = begin_plan(context, Cause::ReEnable);
    next.incident.clear();
    next.forgives = true;
    if (!wish.percentage && !holds) {  // symbols that fell back get another trial, no more
        return checked(std::move(next), context);
    }
    if (!wish.percentage && last.phase < 2) {  // it had not come to users yet
        begin_phase(next, last.phase, context.wall);
        take_flags(next, phase_flags(next.phase, last.flags), context);
        return next;
    }
    const auto buckets = buckets_of(wish.percentage.value_or(context.settings.re_enable));
    if (!buckets) {
        return buckets.error();
    }
    begin_phase(next, phase_of(*buckets), context.wall);
    FeatureFlags flags = phase_flags(next.phase, last.flags);
    flags.rollout_buckets = *buckets;
    take_flags(next, std::move(flags), context);
    return checked(std::move(next), context);
}

Result<RolloutChange> plan_change(const SetRolloutPhase& wish, const PlanContext& context) {
    const RolloutChange& last = context.last;
    if (wish.phase > last.phase) {
        return Error{
            fmt::format("phase {} is not accepted: the present one is {}, later ones come "
                        "by advance (accepted: 0 to {})",
                        wish.phase, last.phase, last.phase)};
    }
    if (!last.incident.empty() && wish.phase >= 2) {
        return Error{fmt::format("incident {} holds: enable again first, or go to phase 0 or 1",
                                 last.incident)};
    }
    RolloutChange next = begin_plan(context, Cause::Flags);
    begin_phase(next, wish.phase, context.wall);
    // Nobody falls back where nobody is in charge, so that the trial is a new one.
    next.forgives = wish.phase < 2;
    take_flags(next, phase_flags(wish.phase, last.flags), context);
    return checked(std::move(next), context);
}

RolloutChange plan_fallback(const PlanContext& context, std::string reason) {
    RolloutChange next = begin_plan(context, Cause::Fallback);
    next.flags.multichannel_system_enabled = false;
    next.incident = context.next_incident;
    next.reason = std::move(reason);
    return next;
}

RolloutChange plan_installation(const RolloutSettings& settings, UnixNanos wall) {
    RolloutChange first;
    const std::uint8_t phase = settings.enable_multi_channel         ? 4
                               : settings.enable_parallel_processing ? 1
                                                                     : 0;
    begin_phase(first, phase, wall);
    first.flags = phase_flags(phase, {});
    first.selection =
        SmartTickerRollout::select({}, first.flags.rollout_buckets, RolloutSelection{}, 0);
    first.reason = "the first start with the integrator";
    return first;
}

std::string problem_of_reason(const std::string& reason) {
    const auto refused = [&](std::string_view what) {
        return fmt::format("reason {} (accepted: 1 to {} bytes of text that say why)", what,
                           reason_limit);
    };
    if (reason.empty() || reason.size() > reason_limit) {
        return refused(fmt::format("has {} bytes", reason.size()));
    }
    if (std::ranges::all_of(reason, [](char c) { return c == ' '; })) {
        return refused("is blank");
    }
    std::string_view rest = reason;
    while (!rest.empty()) {
        const std::size_t length = utf8_sequence(rest);
        const auto first = static_cast<unsigned char>(rest.front());
        if (length == 0 || first < 0x20 || first == 0x7F) {
            return refused("has a byte that is no text");
        }
        rest.remove_prefix(length);
    }
    return {};
}

std::string describe_change(const RolloutChange& before, const RolloutChange& after) {
    std::string text;
    const auto add = [&text](const std::string& part) {
        text += text.empty() || part.empty() ? "" : ", ";
        text += part;
    };
    if (before.phase != after.phase) {
        add(fmt::format("phase {} -> {}", before.phase, after.phase));
    } else if (before.phase_since != after.phase_since) {
        add(fmt::format("phase {} begins", after.phase));
    }
    add(describe_change(before.flags, after.flags));
    if (before.incident != after.incident) {
        add(after.incident.empty() ? fmt::format("incident {} resolved", before.incident)
                                   : fmt::format("incident {}", after.incident));
    }
    if (after.forgives) {
        add("symbols that fell back are on trial again");
    }
    if (text.empty() && before.selection != after.selection) {
        text = "symbols selected anew";
    }
    return text;
}

}  // namespace tickstock
