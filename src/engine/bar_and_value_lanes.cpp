#include "engine/bar_and_value_lanes.hpp"

#include <optional>

#include "engine/lane_totals.hpp"

namespace tickstock {
namespace {

/// One record through the lane's detector.
template <class Call>
void work_one(const char* detector, const Record& record, FaultGuard& guard, StageCounts& counts,
              Call&& detect) {
    const RecordHeader& header = record.header();
    std::optional<Reason> reason;
    guard.run(detector, {header.symbol, header.sequence, header.ts_event}, [&] {
        reason = detect(Moment{header.clock, header.sequence, 1});
    });
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
        work_one("bars", *item.record, guard_, counts_, [&](const Moment& moment) {
            return enabled_ ? detector_.on_bar(item.record->bar(), item.note, moment, sink_)
                            : std::nullopt;
        });
    }
}

void BarLane::save_totals(StateWriter& out) const {
    save_lane_totals(out, counts_, guard_);
}

void BarLane::add_totals(StateReader& in) {
    add_lane_totals(in, counts_, guard_);
}

ValueLane::ValueLane(const PipelineSettings& settings)
    : enabled_(settings.valuation.enabled), detector_(settings.valuation) {}

void ValueLane::work(std::span<const IntakeItem> items) {
    for (const IntakeItem& item : items) {
        work_one("valuation", *item.record, guard_, counts_, [&](const Moment& moment) {
            return enabled_ ? detector_.on_fair_value(item.record->fair_value(), item.reference,
                                                      item.note, moment, sink_)
                            : std::nullopt;
        });
    }
}

void ValueLane::save_totals(StateWriter& out) const {
    save_lane_totals(out, counts_, guard_);
}

void ValueLane::add_totals(StateReader& in) {
    add_lane_totals(in, counts_, guard_);
}

}  // namespace tickstock
