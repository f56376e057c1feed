#include "server/subscription.hpp"

#include <algorithm>
#include <utility>

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
    waits_for_disk_ = false;
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
    const Offset oldest{fanout_.oldest().value() - 1};  // that can be resumed from
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

void Subscription::set_filter(std::shared_ptr<const Filter> filter) {
    if (state_ == State::Snapshot) {
        next_filter_ = std::move(filter);
        return;
    }
    filter_ = std::move(filter);
    scanned_ = told_;  // what was passed over is looked at with the new one
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
    std::erase_if(snapshot_->evicted, [&](const EventStream::EvictedLatest& latest) {
        return latest.offset < fanout_.oldest() || !filter_->may_accept(latest.type, latest.symbol);
    });
    epoch_ = snapshot_->range.epoch;
    resume_after(snapshot_->range.last);
    state_ = State::Snapshot;
    Delivery delivery = subscribed(false, "");
    delivery.more = true;
    return delivery;
}

/// First what has left memory, which is all older, then the rest: so by offset.
std::optional<Delivery> Subscription::next_snapshot() {
    auto text = std::make_shared<std::string>();
    std::size_t count = 0;
    const auto is_full = [&] {
        return count == limits::events_per_frame || text->size() > limits::frame_bytes;
    };
    const auto add = [&](const EventBlock& block, std::size_t index) {
        *text += count++ == 0 ? "" : ",";
        *text += block.wire(index);
    };
    const auto& evicted = snapshot_->evicted;
    const auto& events = snapshot_->events;
    bool waits = false;
    for (std::size_t looked = 0; evicted_at_ < evicted.size() && !is_full(); ++looked) {
        if (looked == limits::entries_per_scan) {  // others have their turn
            waits = true;
            break;
        }
        const Offset offset = evicted[evicted_at_].offset;
        const EventArchive::Found found = fanout_.block_at(snapshot_->range.epoch, offset);
        if (found.status == EventArchive::Found::Status::Coming) {
            if (count == 0) {
                waits_for_disk_ = true;
                return std::nullopt;
            }
            waits = true;
            break;
        }
        ++evicted_at_;
        if (found.block != nullptr) {  // else its time was over meanwhile
            const std::size_t index = found.block->index_of(offset);
            if (filter_->accepts(found.block->entries[index])) {
                add(*found.block, index);
            }
        }
    }
    while (!waits && snapshot_at_ < events.size() && !is_full()) {
        const auto& [block, index] = events[snapshot_at_++];
        add(*block, index);
    }
    Delivery delivery;
    delivery.kind = Delivery::Kind::Snapshot;
    delivery.epoch = epoch_;
    delivery.last = told_;
    delivery.events = count;
    delivery.text = std::move(text);
    delivery.more = evicted_at_ < evicted.size() || snapshot_at_ < events.size();
    if (!delivery.more) {
        if (next_filter_) {
            filter_ = std::exchange(next_filter_, nullptr);
        }
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
    if (scanned_.value() + 1 < fanout_.oldest().value()) {
        return lost(now, Offset{fanout_.oldest().value() - 1}, "evicted");
    }
    if (interval_ > Nanos{0} && now < due_ && !draining) {
        return std::nullopt;
    }
    return read(now);
}

/// What was looked at before is told first, for it was not lost.
Delivery Subscription::lost(Nanos now, Offset through, std::string_view reason) {
    if (auto delivery = bookmark(now, true)) {
        return *delivery;
    }
    Delivery delivery = gap(epoch_, Offset{scanned_.value() + 1}, through, reason);
    resume_after(delivery.last);
    told_at_ = now;
    return delivery;
}

std::optional<Delivery> Subscription::read(Nanos now) {
    const StreamRange& head = fanout_.head();
    if (scanned_ < head.last) {
        const auto slice = fanout_.read(
            {filter_.get(), encoding_, conflate_, Offset{told_.value() + 1}, scanned_});
        if (!slice) {
            // That part was evicted, or the epoch changed, since the last refresh.
            const bool is_seen =
                epoch_ != head.epoch || scanned_.value() + 1 < fanout_.oldest().value();
            return is_seen ? next_live(now, true) : std::nullopt;
        }
        scanned_ = slice->last;
        waits_for_disk_ = slice->is_pending && !slice->body;
        if (interval_ > Nanos{0} && scanned_ == head.last) {
            // On a grid of the clock, so that clients of one interval ask for the same slices.
            due_ = (now / interval_ + 1) * interval_;
        }
        if (slice->body) {
            return events(*slice, now);
        }
        if (slice->unreadable_through > scanned_) {
            return lost(now, slice->unreadable_through, "unreadable");
        }
    }
    return bookmark(now, false);
}

Delivery Subscription::events(const Slice& slice, Nanos now) {
    Delivery delivery;
    delivery.epoch = epoch_;
    delivery.first = Offset{told_.value() + 1};
    delivery.last = slice.last;
    delivery.body = slice.body;
    delivery.events = slice.events;
    delivery.ts_pub = slice.ts_pub;
    delivery.ts_received = slice.ts_received;
    told_ = slice.last;
    told_at_ = now;
    return delivery;
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
