#include "inspection/journal_trace.hpp"

#include <algorithm>
#include <utility>

namespace tickstock {
JournalTrace::JournalTrace(Parts parts, Request request)
    : parts_(std::move(parts)),
      request_(std::move(request)),
      journal_(parts_.data + "/journal"),
      last_(request_.to == Sequence{} ? sequence_end : request_.to) {}

JournalTrace::~JournalTrace() = default;

bool JournalTrace::fail(const Error& error) {
    failure_ = error;
    phase_ = Phase::Done;
    return false;
}

JournalTrace::Progress JournalTrace::step(std::size_t entries) {
    if (phase_ == Phase::List && !list()) {
        return Progress::Failed;
    }
    JournalEntry entry;
    for (std::size_t i = 0; i < entries && phase_ != Phase::Done; ++i) {
        const bool more = next(entry);
        if (failure_) {
            return Progress::Failed;
        }
        if (phase_ == Phase::Locate) {
            if (more) {
                locate(entry);
            } else if (!segment_done()) {
                return Progress::Failed;
            }
        } else if (more ? !run_entry(entry) : (phase_ = Phase::Done, false)) {
            break;
        }
    }
    return failure_ ? Progress::Failed : phase_ == Phase::Done ? Progress::Done : Progress::More;
}

bool JournalTrace::list() {
    auto segments = list_segment_begins(parts_.disk, journal_);
    if (!segments) {
        return fail(segments.error());
    }
    segments_ = std::move(*segments);
    segment_ = segments_.size() - 1;
    while (segment_ > 0 && segments_[segment_].first > last_) {
        --segment_;
    }
    if (last_ != sequence_end && last_ < segments_.front().first) {
        return fail(Error{"the journal keeps entries from " +
                          std::to_string(segments_.front().first.value()) + " on"});
    }
    if (const auto names = parts_.disk.list(parts_.data + "/snapshots")) {
        for (const std::string& name : *names) {
            if (const auto sequence = snapshot_sequence(name)) {
                snapshots_.push_back(*sequence);
            }
        }
    }
    phase_ = Phase::Locate;
    return open(segments_[segment_].first);
}

bool JournalTrace::open(Sequence from) {
    auto cursor = JournalCursor::open(parts_.disk, journal_, from);
    if (!cursor) {
        return fail(cursor.error());
    }
    cursor_ = std::move(*cursor);
    return true;
}

/// False: the end of what is wanted, or a failure.
bool JournalTrace::next(JournalEntry& entry) {
    const JournalCursor::Next got = cursor_->next(entry);
    ++entries_read_;
    if (cursor_->has_symbols()) {
        for (const SymbolDefinition& symbol : cursor_->take_symbols()) {
            if (symbol.id.value() >= texts_.size()) {
                texts_.resize(symbol.id.value() + std::size_t{1});
            }
            texts_[symbol.id.value()] = symbol.text;
            if (symbol.text.view() == request_.symbol) {
                own_id_ = symbol.id;
            }
        }
    }
    if (got == JournalCursor::Next::Damage) {
        return fail(*cursor_->failure());
    }
    if (got == JournalCursor::Next::End) {
        return false;
    }
    const bool beyond_segment = phase_ == Phase::Locate && segment_ + 1 < segments_.size() &&
                                entry.sequence >= segments_[segment_ + 1].first;
    return !beyond_segment && entry.sequence <= last_;
}

bool JournalTrace::run_entry(const JournalEntry& entry) {
    if (after_warm_up_ && entry.sequence > warm_through_) {
        tracer_->end_warm_up();
        cursor_ = std::move(after_warm_up_);
        return true;
    }
    if (!entry.is_decision()) {
        const RecordHeader& header = entry.record.header();
        if (header.kind != RecordKind::ClockTick && header.symbol == own_id_) {
            tracer_->take(entry.record);
        } else {
            tracer_->pass(entry.sequence, header.clock);
        }
        return true;
    }
    const Decision& decision = *entry.decision;
    tracer_->take(decision, own_id_);
    if (std::holds_alternative<BeginEpoch>(decision.action)) {
        const auto state = std::get<BeginEpoch>(decision.action).state;
        if (after_warm_up_) {
            if (begins_empty(state)) {  // an earlier warm-up went this way
                tracer_->begin_epoch(state, decision.sequence);
            }
            return true;
        }
        return begin_epoch(decision);
    }
    return true;
}

bool JournalTrace::begin_epoch(const Decision& decision) {
    const auto& begin = std::get<BeginEpoch>(decision.action);
    if (begin.state == BeginEpoch::State::Keep) {
        return true;
    }
    tracer_->begin_epoch(begin.state, decision.sequence);
    if (begin.state != BeginEpoch::State::Again) {
        std::string text;
        const PipelineSettings settings = settings_at(decision.sequence, true, text);
        tracer_->use_settings(settings, text);
    }
    return begin.state != BeginEpoch::State::Warm || warm_up(decision);
}

/// The entries before it make the state, in silence.
bool JournalTrace::warm_up(const Decision& decision) {
    const Sequence from =
        std::max(std::get<BeginEpoch>(decision.action).warm_from, segments_.front().first);
    warm_through_ = Sequence{decision.sequence.value() - 1};
    if (from > warm_through_) {
        return true;
    }
    after_warm_up_ = std::move(cursor_);
    tracer_->begin_warm_up();
    return open(from);
}

}  // namespace tickstock
