#include "channels/processing_channel.hpp"

#include <algorithm>

namespace tickstock {

bool ProcessingChannel::push(const IntakeItem& item) {
    ++counts_.in;
    if (!settings_.enabled) {
        counts_.drop(Reason::ChannelDisabled);
        return false;
    }
    if (const auto reason = refuse(item)) {
        counts_.drop(*reason);
        if (item.note.enters_session) {
            push_session(item);
        }
        return false;
    }
    hold(item);
    ++counts_.held;
    return true;
}

void ProcessingChannel::push_session(const IntakeItem& item) {
    if (!settings_.enabled) {
        return;
    }
    hold(item);
    held_.back().note.session_only = true;
    ++waiting_sessions_;
}

void ProcessingChannel::hold(const IntakeItem& item) {
    if (given_ == held_.size()) {
        held_.clear();
        given_ = 0;
    }
    held_.push_back(item);
}

std::size_t ProcessingChannel::batch_limit() const {
    switch (settings_.strategy) {
        case BatchingStrategy::Immediate:
        case BatchingStrategy::TimeBased: return held_.size();
        case BatchingStrategy::SizeBased:
        case BatchingStrategy::Hybrid: return settings_.max_batch_size;
    }
    return held_.size();
}

std::span<const IntakeItem> ProcessingChannel::next_batch(bool at_tail) {
    const std::size_t waiting = held_.size() - given_;
    const std::size_t limit = std::max<std::size_t>(batch_limit(), 1);
    const bool closed =
        waiting >= limit || at_tail || settings_.strategy == BatchingStrategy::Immediate;
    if (waiting == 0 || !closed) {
        return {};
    }
    const std::span<const IntakeItem> batch(held_.data() + given_, std::min(waiting, limit));
    given_ += batch.size();
    std::size_t sessions = 0;
    if (waiting_sessions_ != 0) {
        sessions = static_cast<std::size_t>(
            std::count_if(batch.begin(), batch.end(),
                          [](const IntakeItem& item) { return item.note.session_only; }));
        waiting_sessions_ -= sessions;
    }
    counts_.held -= batch.size() - sessions;
    counts_.out += batch.size() - sessions;
    ++batches_;
    last_activity_ = batch.back().record->header().clock;
    return batch;
}

std::optional<Reason> TickChannel::refuse(const IntakeItem& item) const {
    switch (item.record->kind()) {
        case RecordKind::Trade:
            if (item.record->trade().correction == 0 && !item.note.eligibility.any()) {
                return Reason::Ineligible;
            }
            return std::nullopt;
        case RecordKind::Bar:
            if (!second_bars_from_feed_) {
                return Reason::SecondBarNotUsed;
            }
            return std::nullopt;
        default: return std::nullopt;
    }
}

std::optional<Reason> OHLCVChannel::refuse(const IntakeItem& item) const {
    const Bar& bar = item.record->bar();
    const bool consistent =
        bar.high >= std::max(bar.open, bar.close) && bar.low <= std::min(bar.open, bar.close);
    return consistent ? std::nullopt : std::optional(Reason::BarInconsistent);
}

std::optional<Reason> FMVChannel::refuse(const IntakeItem& item) const {
    return item.reference.price.raw() > 0 ? std::nullopt : std::optional(Reason::NoReference);
}

}  // namespace tickstock
