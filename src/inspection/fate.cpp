#include "inspection/fate.hpp"

#include <fmt/format.h>

#include <numeric>

namespace tickstock {

std::string_view to_string(Stage stage) {
    static constexpr std::array<std::string_view, stage_count> names{
        "sources", "router",       "intake",   "channel",   "detectors",
        "rules",   "coordination", "priority", "publishing"};
    return names[static_cast<std::size_t>(stage)];
}

std::string_view to_string(FateStep::Outcome outcome) {
    static constexpr std::array<std::string_view, 3> names{"out", "held", "dropped"};
    return names[static_cast<std::size_t>(outcome)];
}

bool StageSum::closes() const {
    return held_before + in == std::accumulate(dropped.begin(), dropped.end(), out + held_after);
}

void add(TraceSum& sum, const std::vector<FateStep>& fate) {
    for (const FateStep& step : fate) {
        StageSum& stage = sum[static_cast<std::size_t>(step.stage)];
        if (step.released) {
            stage.held_after -= step.count;
        } else {
            stage.in += step.count;
        }
        switch (step.outcome) {
            case FateStep::Outcome::Out: stage.out += step.count; break;
            case FateStep::Outcome::Held: stage.held_after += step.count; break;
            case FateStep::Outcome::Dropped:
                stage.dropped[static_cast<std::size_t>(step.reason.value_or(Reason::Malformed))] +=
                    step.count;
                break;
        }
    }
}

std::string differences(const TraceSum& a, std::string_view name_a, const TraceSum& b,
                        std::string_view name_b) {
    std::string text;
    for (std::size_t i = 0; i < stage_count; ++i) {
        const auto compare = [&](std::string_view what, std::uint64_t in_a, std::uint64_t in_b) {
            if (in_a != in_b) {
                text += fmt::format("{} {}: {} by {}, {} by {}\n", to_string(static_cast<Stage>(i)),
                                    what, in_a, name_a, in_b, name_b);
            }
        };
        compare("in", a[i].in, b[i].in);
        compare("out", a[i].out, b[i].out);
        compare("held before", a[i].held_before, b[i].held_before);
        compare("held after", a[i].held_after, b[i].held_after);
        for (std::size_t reason = 0; reason < reason_count; ++reason) {
            compare(to_string(static_cast<Reason>(reason)), a[i].dropped[reason],
                    b[i].dropped[reason]);
        }
    }
    return text;
}

}  // namespace tickstock
