#include "engine/bar_and_value_lanes.hpp"

#include <optional>

namespace tickstock {
namespace {

Moment moment_of(const Record& record) {
    return {record.header().clock, record.header().sequence, 1};
}

void count(StageCounts& counts, std::optional<Reason> reason) {
    ++counts.in;
    if (reason) {
        counts.drop(*reason);
    } else {
        ++counts.out;
    }
}

}  // namespace

BarLane::BarLane(const PipelineSettings& settings)
    : enabled_(settings.bars.enabled), detector_(settings.bars, settings.high_low) {}

void BarLane::work(std::span<const IntakeItem> items) {
    for (const IntakeItem& item : items) {
        count(counts_, enabled_ ? detector_.on_bar(item.record->bar(), item.note,
                                                   moment_of(*item.record), sink_)
                                : std::nullopt);
    }
}

ValueLane::ValueLane(const PipelineSettings& settings)
    : enabled_(settings.valuation.enabled), detector_(settings.valuation) {}

void ValueLane::work(std::span<const IntakeItem> items) {
    for (const IntakeItem& item : items) {
        count(counts_, enabled_ ? detector_.on_fair_value(item.record->fair_value(), item.reference,
                                                          item.note, moment_of(*item.record), sink_)
                                : std::nullopt);
    }
}

}  // namespace tickstock
