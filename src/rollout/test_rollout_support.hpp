#pragma once

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <vector>

#include "rollout/rollout_control.hpp"

namespace tickstock::rollout_test {

using namespace std::chrono_literals;

inline constexpr UnixNanos start = unix_nanos(1'709'649'000'000'000'000);  // 2024-03-05T14:30:00Z

inline SymbolText sym(std::string_view text) {
    return SymbolText(text);
}

/// Of low, medium and high risk.
inline SymbolStatistics low_risk(std::string_view text) {
    return {sym(text), 20, 500'000, 0.02, 3};
}
inline SymbolStatistics medium_risk(std::string_view text) {
    return {sym(text), 20, 5'000'000, 0.08, 40};
}
inline SymbolStatistics high_risk(std::string_view text) {
    return {sym(text), 20, 50'000'000, 0.02, 3};
}

/// What `n` good records show: each a pair of these times, all events matched.
inline PathEvidence good_evidence(std::uint64_t n, Nanos linear = 300ns,
                                  Nanos multi_channel = 300ns) {
    PathEvidence evidence;
    evidence.paths.records = n;
    evidence.paths.channel_requests = evidence.paths.channel_successes = n;
    evidence.comparison.linear = evidence.comparison.multi_channel = n;
    evidence.comparison.matched = n;
    for (std::uint64_t i = 0; i < n; ++i) {
        evidence.times.add_pair(linear, multi_channel);
        evidence.times.added.record(multi_channel);
    }
    return evidence;
}

/// An engine's part: hands looks to the control and makes decisions of what it wants.
class Desk {
public:
    explicit Desk(RolloutControl& control) : control_(control) {}

    RolloutControl::Look& look() { return look_; }
    void pass(Nanos time) {
        look_.wall += time;
        look_.now += time;
        look_.clock += time;
    }
    Decision decide(DecisionAction action, const std::string& by) {
        const Decision decision{Sequence{++sequence_}, look_.clock, look_.wall, by,
                                std::move(action)};
        control_.applied(decision);
        decided_.push_back(decision);
        return decision;
    }
    void install() { decide(control_.first_change(look_.wall), "start"); }
    /// Empty = done; else why not.
    template <class Wish>
    std::string wish(Wish action, const std::string& reason = "a test") {
        auto change = control_.plan({std::move(action), reason}, look_);
        if (!change) {
            return change.error().message;
        }
        decide(*change, "ann");
        return {};
    }
    /// A look; true = it made all symbols fall back.
    bool supervise() {
        auto change = control_.look(look_);
        if (change) {
            decide(*change, "fallback monitor");
        }
        return change.has_value();
    }
    /// Looks every 250 ms for so long; true = it made all symbols fall back.
    bool supervise_for(Nanos time) {
        for (Nanos done{0}; done < time; done += 250ms) {
            pass(250ms);
            if (supervise()) {
                return true;
            }
        }
        return false;
    }
    RolloutStatus status() const { return control_.status(look_); }
    const std::vector<Decision>& decided() const { return decided_; }

private:
    RolloutControl& control_;
    RolloutControl::Look look_{start, 1h, start, true, 0, 0, {}};
    std::uint64_t sequence_ = 0;
    std::vector<Decision> decided_;
};

/// Durations of a test: an hour each.
inline RolloutSettings short_phases() {
    RolloutSettings settings;
    settings.phase_0 = settings.phase_1 = settings.phase_2 = settings.phase_3 = 1h;
    return settings;
}

/// To this phase by advance, with good evidence in each.
inline std::string go_to_phase(Desk& desk, std::uint8_t phase) {
    while (desk.status().phase < phase) {
        desk.pass(1h);
        desk.look().total += good_evidence(200);
        if (std::string refusal = desk.wish(AdvanceRollout{}); !refusal.empty()) {
            return refusal;
        }
    }
    return {};
}

}  // namespace tickstock::rollout_test
