#include "server/subscription.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "base/mutant.hpp"
#include "server/limits.hpp"

namespace tickstock {

Subscription::Subscription(const SubscribeRequest& request, Encoding encoding, Fanout& fanout)
    : id_(request.id),
      since_(request.since),
      interval_(request.interval),
      conflate_(request.conflate),
      encoding_(encoding),
      filter_(fanout.filters().compile(request.filter)),
      fanout_(fanout) {}

Subscription::~Subscription() {
    if (snapshot_) {
        fanout_.free_snapshot_slot();
    }
}

std::optional<Delivery> Subscription::next(Nanos now, bool draining) {
    switch (state_) {
        case State::Start: told_at_ = now; return start();
        case State::WaitForSnapshot: return begin_snapshot();
        case State::Snapshot: return next_snapshot();
        case State::Live: return next_live(now, draining);
    }
    TS_ASSERT(false);
}

Delivery Subscription::subscribed(bool recovered, std::string_view reason) const {
    Delivery delivery;
    delivery.kind = Delivery::Kind::Subscribed;
    delivery.epoch = epoch_;
    delivery.last = told_;
    delivery.recovered = recovered;
    delivery.reason = reason;
    return delivery;
}

Delivery Subscription::gap(const std::string& epoch, Offset from, Offset to,
                           std::string_view reason) const {
    Delivery delivery;
    delivery.kind = Delivery::Kind::Gap;
    delivery.epoch = epoch;
    delivery.first = from;
    delivery.last = to;
    delivery.reason = reason;
    return delivery;
}

void Subscription::resume_after(Offset offset) {
    told_ = offset;
    scanned_ = offset;
    watched_ = offset;
}

std::optional<Delivery> Subscription::start() {
    fanout_.refresh();
    const StreamRange& head = fanout_.head();
    if (since_.kind == Since::Kind::Snapshot) {
        state_ = State::WaitForSnapshot;
        return begin_snapshot();
    }
    state_ = State::Live;
    epoch_ = head.epoch;
    if (since_.kind == Since::Kind::Now) {
        resume_after(head.last);
        return subscribed(false, "");
    }
    const Position& wanted = since_.position;
    const Offset oldest{head.first.value() - 1};  // the oldest position that can be resumed from
    if (wanted.epoch != head.epoch) {
        gaps_.push_back(
            gap(wanted.epoch, Offset{wanted.offset.value() + 1}, Offset{}, "epoch_changed"));
        if (oldest > Offset{0}) {
            gaps_.push_back(gap(head.epoch, Offset{1}, oldest, "evicted"));
        }
        resume_after(oldest);
        return subscribed(false, "epoch_changed");
    }
    if (wanted.offset > head.last) {
        resume_after(head.last);
        return subscribed(false, "ahead");
    }
    if (wanted.offset < oldest) {
        gaps_.push_back(gap(head.epoch, Offset{wanted.offset.value() + 1}, oldest, "evicted"));
        resume_after(oldest);
        return subscribed(false, "evicted");
    }
    resume_after(Offset{wanted.offset.value() +
                        (TICKSTOCK_MUTANT(22) && wanted.offset < head.last ? 1 : 0)});
    return subscribed(true, "");
}

std::optional<Delivery> Subscription::begin_snapshot() {
    if (!fanout_.take_snapshot_slot()) {
        return std::nullopt;
    }
    // The position comes with the snapshot, under one lock, and the stream goes on right after it.
    snapshot_ = fanout_.snapshot();
    std::erase_if(snapshot_->events, [&](const EventStream::Latest& latest) {
        return !filter_->accepts(latest.block->entries[latest.index]);
    });
    epoch_ = snapshot_->range.epoch;
    resume_after(snapshot_->range.last);
    state_ = State::Snapshot;
    Delivery delivery = subscribed(false, "");
    delivery.more = true;
    return delivery;
}

std::optional<Delivery> Subscription::next_snapshot() {
    auto text = std::make_shared<std::string>();
    std::size_t count = 0;
    const auto& events = snapshot_->events;
    while (snapshot_at_ < events.size() && count < limits::events_per_frame &&
           text->size() <= limits::frame_bytes) {
        const auto& [block, index] = events[snapshot_at_++];
        *text += count++ == 0 ? "{" : ",{";
        Fanout::append_event(*text, *block, block->entries[index]);
        *text += '}';
    }
    Delivery delivery;
    delivery.kind = Delivery::Kind::Snapshot;
    delivery.epoch = epoch_;
    delivery.last = told_;
    delivery.events = count;
    delivery.text = std::move(text);
    delivery.more = snapshot_at_ < events.size();
    if (!delivery.more) {
        snapshot_.reset();
        fanout_.free_snapshot_slot();
        state_ = State::Live;
    }
    return delivery;
}

std::optional<Delivery> Subscription::next_live(Nanos now, bool draining) {
    if (!gaps_.empty()) {
        Delivery delivery = std::move(gaps_.front());
        gaps_.pop_front();
        return delivery;
    }
    const StreamRange& head = fanout_.head();
    if (epoch_ != head.epoch) {
        Delivery delivery = gap(epoch_, Offset{told_.value() + 1}, Offset{}, "epoch_changed");
        epoch_ = head.epoch;
        resume_after(Offset{0});
        told_at_ = now;
        return delivery;
    }
    if (scanned_.value() + 1 < head.first.value()) {
        if (auto delivery = bookmark(now, true)) {
            return delivery;
        }
        Delivery delivery =
            gap(epoch_, Offset{scanned_.value() + 1}, Offset{head.first.value() - 1}, "evicted");
        resume_after(delivery.last);
        told_at_ = now;
        return delivery;
    }
    if (interval_ > Nanos{0} && now < due_ && !draining) {
        return std::nullopt;
    }
    return read(now);
}

std::optional<Delivery> Subscription::read(Nanos now) {
    const StreamRange& head = fanout_.head();
    if (scanned_ < head.last) {
        const auto slice = fanout_.read(
            {filter_.get(), encoding_, conflate_, Offset{told_.value() + 1}, scanned_});
        if (!slice) {
            // That part was evicted, or the epoch changed, since the last refresh.
            return next_live(now, true);
        }
        scanned_ = slice->last;
        if (interval_ > Nanos{0} && scanned_ == head.last) {
            // On a grid of the clock, so that clients of one interval ask for the same slices.
            due_ = (now / interval_ + 1) * interval_;
        }
        if (slice->text) {
            Delivery delivery;
            delivery.epoch = epoch_;
            delivery.first = Offset{told_.value() + 1};
            delivery.last = slice->last;
            delivery.text = slice->text;
            delivery.events = slice->events;
            delivery.ts_pub = slice->ts_pub;
            told_ = slice->last;
            told_at_ = now;
            return delivery;
        }
    }
    return bookmark(now, false);
}

std::optional<Delivery> Subscription::bookmark(Nanos now, bool even_if_early) {
    if (scanned_ == told_) {
        return std::nullopt;
    }
    const bool is_due = scanned_.value() - told_.value() >= limits::bookmark_skipped ||
                        now - told_at_ >= limits::bookmark_interval;
    if (!is_due && !even_if_early) {
        return std::nullopt;
    }
    Delivery delivery;
    delivery.epoch = epoch_;
    delivery.first = Offset{told_.value() + 1};
    delivery.last = scanned_;
    told_ = scanned_;
    told_at_ = now;
    return delivery;
}

void Subscription::mark_write() {
    watched_ = std::max(scanned_, fanout_.head().last);
    bytes_due_ = 0;
}

std::size_t Subscription::bytes_due() {
    if (state_ == State::Live && !conflate_ && epoch_ == fanout_.head().epoch) {
        bytes_due_ += fanout_.bytes_due(*filter_, watched_);
    }
    return bytes_due_;
}

}  // namespace tickstock
