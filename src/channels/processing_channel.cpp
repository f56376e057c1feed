#include "channels/processing_channel.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace tickstock {
namespace {

/// Given items that may lie before waiting ones until they are moved out of the way.
constexpr std::size_t given_limit = 4'096;

}  // namespace

ProcessingChannel::ProcessingChannel(ChannelType type, const ChannelSettings& settings,
                                     const CircuitSettings& circuit)
    : type_(type), settings_(settings), health_(settings.processing_timeout, circuit) {}

void ProcessingChannel::set_status(ChannelStatus to, Nanos now) {
    if (status_ == ChannelStatus::Error && to == ChannelStatus::Active) {
        health_.begin_anew(now);
    }
    if (to != ChannelStatus::Shutdown) {
        keeps_ = to == ChannelStatus::Paused || to == ChannelStatus::Error;
    }
    status_ = to;
    health_.set_status(to);
    if (keeps_ && parked_ != nullptr) {
        for (std::size_t i = given_; i < held_.size(); ++i) {
            parked_->push(ParkedItem(held_[i]));
        }
        given_ = held_.size();
        forget_given();
    }
}

std::optional<Reason> ProcessingChannel::validate(const IntakeItem& item) const {
    return settings_.enabled ? refuse(item) : std::optional(Reason::ChannelDisabled);
}

bool ProcessingChannel::push(const IntakeItem& item, Nanos now, bool skipped) {
    ++counts_.in;
    if (!settings_.enabled) {
        counts_.drop(Reason::ChannelDisabled);
        return false;
    }
    if (const auto reason = skipped ? Reason::Skipped : refuse(item)) {
        counts_.drop(*reason);
        if (item.note.enters_session) {
            push_session(item, now);
        }
        return false;
    }
    hold(item, now);
    ++counts_.held;
    return true;
}

ProcessingResult ProcessingChannel::push_with_result(const IntakeItem& item, Nanos now,
                                                     bool skipped) {
    ProcessingResult result;
    const RecordHeader& header = item.record->header();
    result.metadata = {{"channel", std::string(to_string(type_))},
                       {"name", settings_.name},
                       {"kind", std::string(to_string(header.kind))},
                       {"source", std::string(to_string(header.source_kind))},
                       {"sequence", std::to_string(header.sequence.value())}};
    const auto reason = settings_.enabled && skipped ? Reason::Skipped : validate(item);
    result.success = push(item, now, skipped);
    TS_ASSERT(result.success == !reason);
    if (reason) {
        result.metadata["reason"] = to_string(*reason);
        result.errors.push_back(channel_error_text(settings_.name, type_, to_string(*reason)));
    }
    return result;
}

void ProcessingChannel::push_session(const IntakeItem& item, Nanos now) {
    if (!settings_.enabled) {
        return;
    }
    IntakeItem session = item;
    session.note.session_only = true;
    hold(session, now);
    ++waiting_sessions_;
}

void ProcessingChannel::push_parked(const ParkedItem& item) {
    TS_ASSERT(parked_ != nullptr && waiting() == 0);
    parked_->push(item);
    if (item.note.session_only) {
        ++waiting_sessions_;
    } else {
        ++counts_.in;
        ++counts_.held;
    }
}

std::size_t ProcessingChannel::skip_parked(std::size_t count) {
    TS_ASSERT(parked_ != nullptr);
    const std::size_t sessions_before = parked_->size() - parked_->records();
    const std::size_t dropped = parked_->drop_oldest(count);
    waiting_sessions_ += parked_->size() - parked_->records() - sessions_before;
    counts_.held -= dropped;
    counts_.dropped[static_cast<std::size_t>(Reason::Skipped)] += dropped;
    return dropped;
}

void ProcessingChannel::hold(const IntakeItem& item, Nanos now) {
    if (keeps_ && parked_ != nullptr) {
        parked_->push(ParkedItem(item));
        return;
    }
    if (given_ == held_.size() || (given_ >= given_limit && given_ * 2 >= held_.size())) {
        forget_given();
    }
    if (arrivals_.empty() || arrivals_.back().at != now) {
        arrivals_.push_back({held_.size(), now});
    }
    held_.push_back(item);
}

/// Moves the waiting items to the front, each at most once on average.
void ProcessingChannel::forget_given() {
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(given_));
    if (held_.empty()) {
        arrivals_.clear();
    } else {
        arrivals_.erase(arrivals_.begin(),
                        arrivals_.begin() + static_cast<std::ptrdiff_t>(arrival_));
        for (Arrival& arrival : arrivals_) {
            arrival.first -= std::min(arrival.first, given_);
        }
    }
    arrival_ = 0;
    given_ = 0;
}

/// REQUIRES: an item waits.
Nanos ProcessingChannel::first_arrival() const {
    return arrivals_[arrival_].at;
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

Nanos ProcessingChannel::next_close() const {
    if (waiting() == 0 || keeps_) {
        return Nanos::max();
    }
    switch (settings_.strategy) {
        case BatchingStrategy::Immediate: return first_arrival();
        case BatchingStrategy::SizeBased: return Nanos::max();
        case BatchingStrategy::TimeBased:
        case BatchingStrategy::Hybrid: return first_arrival() + settings_.max_wait;
    }
    return Nanos::max();
}

/// REQUIRES: an item waits.
bool ProcessingChannel::closed(bool at_tail, Nanos now) const {
    if (at_tail || status_ == ChannelStatus::Shutdown) {
        return true;
    }
    const bool full = settings_.strategy != BatchingStrategy::TimeBased &&
                      waiting() >= std::max<std::size_t>(batch_limit(), 1);
    return full || settings_.strategy == BatchingStrategy::Immediate || now >= next_close();
}

std::span<const IntakeItem> ProcessingChannel::next_batch(bool at_tail, Nanos now) {
    if (keeps_) {
        return {};
    }
    if (parked_ != nullptr && !parked_->empty()) {
        return next_parked(now);
    }
    if (waiting() == 0 || !closed(at_tail, now)) {
        return {};
    }
    const std::size_t limit = std::max<std::size_t>(batch_limit(), 1);
    const std::span<const IntakeItem> batch(held_.data() + given_, std::min(waiting(), limit));
    batch_arrival_ = first_arrival();
    given_ += batch.size();
    while (arrival_ + 1 < arrivals_.size() && arrivals_[arrival_ + 1].first <= given_) {
        ++arrival_;
    }
    return count_out(batch);
}

/// What was kept comes before what has come since, and waits no longer.
std::span<const IntakeItem> ProcessingChannel::next_parked(Nanos now) {
    unparked_.clear();
    unparked_items_.clear();
    for (std::size_t i = 0; i < unpark_limit; ++i) {
        const auto item = parked_->pop();
        if (!item) {
            break;
        }
        unparked_.push_back(*item);
    }
    if (unparked_.empty()) {
        return {};  // the store has lost it: ParkedItems::failure()
    }
    for (const ParkedItem& item : unparked_) {
        unparked_items_.push_back(item.item());
    }
    batch_arrival_ = now;
    return count_out(unparked_items_);
}

std::span<const IntakeItem> ProcessingChannel::count_out(std::span<const IntakeItem> batch) {
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
    const RecordHeader& first = batch.front().record->header();
    batch_first_.symbol = first.symbol;
    batch_first_.sequence = first.sequence;
    batch_first_.clock = first.clock;
    return batch;
}

ChannelMetrics ProcessingChannel::metrics(Nanos now) {
    ChannelMetrics metrics = health_.metrics(now);
    metrics.channel_name = settings_.name;
    metrics.last_activity = last_activity_;
    metrics.backlog_size = counts_.held;
    return metrics;
}

void ProcessingChannel::save_totals(StateWriter& out) const {
    out(counts_.in - counts_.held, counts_.out, counts_.dropped, batches_, last_activity_);
    health_.save_totals(out);
}

void ProcessingChannel::add_totals(StateReader& in) {
    StageCounts counts;
    std::uint64_t batches = 0;
    UnixNanos last_activity;
    in(counts.in, counts.out, counts.dropped, batches, last_activity);
    counts_ += counts;
    batches_ += batches;
    last_activity_ = std::max(last_activity_, last_activity);
    health_.add_totals(in);
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
