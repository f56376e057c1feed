// JournalTrace: which records are told of, and from which state on.

#include <algorithm>
#include <utility>

#include "engine/configuration_text.hpp"
#include "engine/logic_version.hpp"
#include "engine/snapshot_job.hpp"
#include "inspection/journal_trace.hpp"

namespace tickstock {
namespace {

bool is_control(const Decision& decision) {
    return std::holds_alternative<ChannelChange>(decision.action) ||
           std::holds_alternative<UniverseChange>(decision.action) ||
           std::holds_alternative<ShedChange>(decision.action) ||
           std::holds_alternative<RolloutChange>(decision.action) ||
           std::holds_alternative<PathFallback>(decision.action) ||
           std::holds_alternative<RuleSwitch>(decision.action);
}

constexpr Sequence behind(Sequence sequence) {
    return Sequence{sequence.value() + 1};
}

}  // namespace

void JournalTrace::locate(const JournalEntry& entry) {
    through_ = std::max(through_, entry.sequence);
    if (entry.is_decision()) {
        piece_.decisions.push_back(*entry.decision);
        return;
    }
    const RecordHeader& header = entry.record.header();
    if (header.kind == RecordKind::ClockTick || header.symbol != own_id_ ||
        (request_.since != time_unknown && header.clock < request_.since) ||
        entry.sequence < request_.from) {
        return;
    }
    piece_.own.push_back(entry.sequence);
    const bool newest_only = request_.from == Sequence{} && request_.since == time_unknown;
    if (piece_.own.size() > (newest_only ? request_.limit : 1)) {
        newest_only ? piece_.own.pop_front() : piece_.own.pop_back();
    }
}

bool JournalTrace::segment_done() {
    if (last_ == sequence_end) {  // what is written from now on is another question's
        last_ = std::max(through_, Sequence{1});
    }
    own_.insert(own_.begin(), piece_.own.begin(), piece_.own.end());
    decisions_.insert(decisions_.begin(), std::make_move_iterator(piece_.decisions.begin()),
                      std::make_move_iterator(piece_.decisions.end()));
    piece_ = {};
    if (range_found()) {
        set_range();
        if (!snapshot_looked_for_ && !find_snapshot()) {
            return false;
        }
        const bool has_begin =
            snapshot_ && segments_[segment_].first <= behind(snapshot_->header.sequence);
        if (has_begin || segment_ == 0) {
            return begin_run();
        }
    }
    --segment_;
    return open(segments_[segment_].first);
}

bool JournalTrace::range_found() const {
    const SegmentBegin& segment = segments_[segment_];
    if (segment_ == 0) {
        return true;
    }
    if (request_.from != Sequence{}) {
        return segment.first <= request_.from;
    }
    if (request_.since != time_unknown) {
        return segment.clock_before < request_.since;
    }
    return own_.size() >= request_.limit;
}

void JournalTrace::set_range() {
    const bool newest_only = request_.from == Sequence{} && request_.since == time_unknown;
    const std::size_t extra =
        newest_only && own_.size() > request_.limit ? own_.size() - request_.limit : 0;
    from_ = own_.empty() ? sequence_end : own_[extra];
}

/// The newest before the range that this program can go on with.
bool JournalTrace::find_snapshot() {
    snapshot_looked_for_ = true;
    const bool any = std::any_of(snapshots_.begin(), snapshots_.end(), [&](Sequence sequence) {
        return sequence < from_ && behind(sequence) >= segments_.front().first;
    });
    if (!any || from_ == sequence_end) {
        return true;
    }
    SnapshotStore store(parts_.disk, parts_.data + "/snapshots");
    auto found = store.load_newest(Sequence{from_.value() - 1});
    // One that cannot be read, or that was removed just now, costs the longer way only.
    if (found && found->snapshot && found->snapshot->header.logic_version == logic_version &&
        behind(found->snapshot->header.sequence) >= segments_.front().first) {
        snapshot_ = std::move(found->snapshot);
    }
    return true;
}

bool JournalTrace::begin_run() {
    if (from_ == sequence_end) {
        phase_ = Phase::Done;
        return true;
    }
    auto tracer = SymbolTracer::create(parts_.settings, {SymbolText(request_.symbol), from_,
                                                         std::max<std::size_t>(request_.limit, 1)});
    if (!tracer) {
        return fail(tracer.error());
    }
    tracer_ = std::move(*tracer);
    phase_ = Phase::Run;
    return snapshot_ ? begin_at_snapshot() : begin_without_snapshot();
}

/// Of the last ConfigurationChange up to `sequence`; `at_start`: a start decides there, and what it
/// brings stands right behind.
PipelineSettings JournalTrace::settings_at(Sequence sequence, bool at_start,
                                           std::string& text) const {
    const std::string* found = nullptr;
    for (const Decision& decision : decisions_) {
        const auto* change = std::get_if<ConfigurationChange>(&decision.action);
        if (decision.sequence > sequence &&
            !(at_start && change != nullptr && decision.by == ConfigurationChange::by_start)) {
            break;
        }
        found = change != nullptr ? &change->text : found;
    }
    text = found != nullptr ? *found : "";
    return found != nullptr ? settings_of(*found, parts_.settings) : parts_.settings;
}

bool JournalTrace::begin_at_snapshot() {
    const SnapshotStore::Snapshot& snapshot = *snapshot_;
    begin_ = snapshot.header.sequence;
    begin_kind_ = "snapshot";
    const auto part = [&](SnapshotPart wanted) {
        const std::string* bytes = snapshot.find(static_cast<std::uint32_t>(wanted));
        return bytes == nullptr ? std::string_view() : std::string_view(*bytes);
    };
    if (parts_.configuration_hash != 0 && snapshot.header.configuration_hash != 0 &&
        snapshot.header.configuration_hash != parts_.configuration_hash) {
        note_ =
            "the records were worked with the settings of then, which are not those of now; rules "
            "and the condition table are those of now";
    }
    for (const Decision& decision : decisions_) {
        if (const auto* skip = std::get_if<SkipRecords>(&decision.action);
            skip != nullptr && decision.sequence > begin_) {
            tracer_->skip(*skip);
        } else if (decision.sequence > begin_) {
            tracer_->expect(decision, own_id_);
        }
    }
    std::string text;
    const PipelineSettings settings = settings_at(begin_, false, text);
    tracer_->use_settings(settings, text);
    std::string state;
    Pipeline::AllParked parked;
    bool sound = true;
    for (const SnapshotSection& section : snapshot.sections) {
        StateReader in(section.bytes);
        if (section.kind == static_cast<std::uint32_t>(SnapshotPart::Parked)) {
            sound = sound && Pipeline::read_parked(section.bytes, parked);
        }
        while (section.kind == static_cast<std::uint32_t>(SnapshotPart::Symbols) && in.ok() &&
               !in.at_end() && state.empty()) {
            SymbolId symbol;
            std::string bytes;
            in(symbol, bytes);
            if (symbol == own_id_) {
                state = std::move(bytes);
            }
        }
        sound = sound && in.ok();
    }
    sound = sound && tracer_->load(begin_, part(SnapshotPart::Control), state, own_id_);
    for (std::size_t i = 0; sound && i < parked.size(); ++i) {
        std::ranges::stable_sort(
            parked[i], {}, [](const ParkedItem& item) { return item.record.header().sequence; });
        for (const ParkedItem& item : parked[i]) {
            if (item.record.header().symbol == own_id_) {
                tracer_->load_parked(static_cast<ChannelType>(i), item);
            }
        }
    }
    if (!sound) {
        return fail(Error{snapshot.name + ": its state is not what this program wrote"});
    }
    snapshot_.reset();
    return open(behind(begin_));
}

bool JournalTrace::begin_without_snapshot() {
    for (const Decision& decision : decisions_) {
        if (const auto* skip = std::get_if<SkipRecords>(&decision.action)) {
            tracer_->skip(*skip);
        } else {
            tracer_->expect(decision, own_id_);
        }
    }
    const Decision* base = nullptr;
    for (const Decision& decision : decisions_) {
        const auto* begin = std::get_if<BeginEpoch>(&decision.action);
        if (begin != nullptr && begin->state != BeginEpoch::State::Keep &&
            decision.sequence < from_) {
            base = &decision;
        }
    }
    if (base == nullptr) {
        begin_kind_ = "oldest";
        begin_ = segments_.front().first;
        std::string text;
        const PipelineSettings settings = settings_at(begin_, true, text);
        tracer_->use_settings(settings, text);
        return open(begin_);
    }
    begin_kind_ = "epoch";
    begin_ = base->sequence;
    for (const Decision& decision : decisions_) {
        if (decision.sequence < begin_ && is_control(decision)) {
            tracer_->apply_control(decision, own_id_);
        }
    }
    return open(behind(begin_)) && begin_epoch(*base);
}

}  // namespace tickstock
