#include "model/accounting.hpp"

#include <numeric>

#include "base/assert.hpp"

namespace tickstock {

std::string_view to_string(Reason reason) {
    static constexpr std::array<std::string_view, reason_count> names{
        "malformed",
        "bad_number",
        "missing_field",
        "price_out_of_range",
        "size_out_of_range",
        "time_out_of_range",
        "bad_symbol",
        "bar_inconsistent",
        "too_many_conditions",
        "trade_id_too_long",
        "line_too_long",
        "unidentified",
        "unsupported_message",
        "duplicate",
        "overrun",
        "standby",
        "symbol_table_full",
        "stale",
        "queue_full",
        "no_channel",
        "closed",
        "late_session",
        "quarantined",
        "ineligible",
        "channel_disabled",
        "no_reference",
        "second_bar_not_used",
        "rule_rejected",
        "skipped",
        "not_rolled_out",
        "set_aside",
        "correction_without_effect",
        "late_bar",
        "low_confidence",
        "implausible",
        "muted",
        "rule_filtered",
        "corroboration",
        "superseded",
        "shed",
        "outside_universes",
        "told_before",
    };
    const auto index = static_cast<std::size_t>(reason);
    TS_ASSERT(index < names.size());
    return names[index];
}

std::uint64_t StageCounts::dropped_total() const {
    return std::accumulate(dropped.begin(), dropped.end(), std::uint64_t{0});
}

StageCounts& StageCounts::operator+=(const StageCounts& other) {
    in += other.in;
    out += other.out;
    held += other.held;
    for (std::size_t i = 0; i < reason_count; ++i) {
        dropped[i] += other.dropped[i];
    }
    return *this;
}

bool Accounting::closes() const {
    bool channels_close = true;
    std::uint64_t channels_in = 0;
    std::uint64_t channels_out = 0;
    for (const StageCounts& channel : channels) {
        channels_close = channels_close && channel.closes();
        channels_in += channel.in;
        channels_out += channel.out;
    }
    return sources.closes() && sequencer.closes() && router.closes() && intake.closes() &&
           channels_close && detectors.closes() && linear.closes() && selection.closes() &&
           selection.out == rules.in && rules.closes() && coordination.closes() &&
           priority.closes() && publishing.closes() && sources.out == sequencer.in &&
           sequencer.out == router.in && router.out == intake.in && intake.out == channels_in &&
           channels_out == detectors.in && rules.out == coordination.in &&
           coordination.out == priority.in && priority.out == publishing.in;
}

Accounting& Accounting::operator+=(const Accounting& other) {
    sources += other.sources;
    sequencer += other.sequencer;
    router += other.router;
    intake += other.intake;
    for (std::size_t i = 0; i < channels.size(); ++i) {
        channels[i] += other.channels[i];
    }
    detectors += other.detectors;
    linear += other.linear;
    selection += other.selection;
    rules += other.rules;
    coordination += other.coordination;
    priority += other.priority;
    publishing += other.publishing;
    return *this;
}

}  // namespace tickstock
