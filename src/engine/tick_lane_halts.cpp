#include <algorithm>
#include <utility>

#include "engine/tick_lane.hpp"

namespace tickstock {

void TickLane::keep_resume_reason(const TradingStatus& status) {
    const bool announces = status.action == TradingStatus::Action::Resume;
    if (announces || status.action != TradingStatus::Action::None) {
        take_resume_reason(status.header.symbol);
    }
    if (announces) {
        resume_reasons_.emplace_back(status.header.symbol, status.reason);
    }
}

TickLane::StatusReason TickLane::take_resume_reason(SymbolId symbol) {
    const auto kept = std::find_if(resume_reasons_.begin(), resume_reasons_.end(),
                                   [&](const auto& entry) { return entry.first == symbol; });
    if (kept == resume_reasons_.end()) {
        return {};
    }
    const StatusReason reason = kept->second;
    resume_reasons_.erase(kept);
    return reason;
}

void TickLane::emit_control(const Record& record, const IntakeNote& note, const SessionStats& stats,
                            const Moment& moment) {
    Detection detection;
    detection.symbol = record.header().symbol;
    detection.type = EventType::Control;
    detection.source = record.header().source_kind;
    detection.session = note.session;
    detection.session_key = std::max(note.session_key, stats.session_key);
    detection.ts = record.header().ts_event;
    ControlData data;
    if (note.halt == HaltChange::Halted) {
        data.kind = ControlData::Kind::Halt;
        data.reason = record.status().reason;
    } else {
        data.kind = ControlData::Kind::Resume;
        data.reason = take_resume_reason(detection.symbol);
    }
    detection.data = data;
    sink_.emit(moment, std::move(detection));
}

}  // namespace tickstock
