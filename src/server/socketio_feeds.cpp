#include "server/socketio_feeds.hpp"

#include <fmt/format.h>

#include <chrono>

#include "server/limits.hpp"
#include "server/readiness.hpp"
#include "socketio/status_update.hpp"

namespace tickstock {
namespace {

constexpr Nanos window = std::chrono::seconds(1);
constexpr Nanos status_interval = std::chrono::seconds(2);

/// The end of the grid's interval that holds `now`.
Nanos next_on_grid(Nanos now, Nanos interval) {
    return (now / interval + 1) * interval;
}

StatusFacts facts_of(const EngineStatus* status, UnixNanos wall) {
    StatusFacts facts;
    facts.timestamp = wall;
    if (status == nullptr) {
        return facts;
    }
    facts.session = status->session;
    facts.avg_response_ms =
        std::chrono::duration<double, std::milli>(status->batch_latency.mean()).count();
    facts.connected = !status->sources.empty();
    bool failed = !status->control.journal.writable();
    for (const SourceSummary& source : status->sources) {
        facts.provider += (facts.provider.empty() ? "" : ", ") + source.name;
        facts.connected &= source.state == "streaming" || source.state == "ended";
        failed |= source.required && source.state == "failed";
    }
    const bool is_starting = !status->ready || !status->control.recovery.done;
    facts.health = failed                                     ? StatusFacts::Health::Error
                   : is_starting                              ? StatusFacts::Health::Initializing
                   : missing_for_ready(status, false).empty() ? StatusFacts::Health::Healthy
                                                              : StatusFacts::Health::Warning;
    return facts;
}

}  // namespace

std::size_t SocketIoFeeds::size() const {
    std::size_t count = 0;
    for (const auto& [key, feed] : feeds_) {
        count += feed.expired() ? 0U : 1U;
    }
    return count;
}

std::shared_ptr<SocketIoFeed> SocketIoFeeds::feed_for(SocketIoFilters filters) {
    const std::string key = filters.key();
    auto& known = feeds_[key];
    if (auto feed = known.lock()) {
        return feed;
    }
    auto feed = std::make_shared<SocketIoFeed>(std::move(filters));
    known = feed;
    return feed;
}

void SocketIoFeeds::add_client() {
    ++clients_;
    if (!is_reading_) {
        start();
    }
}

/// After the last one nobody reads on; the next one finds the stream where it is then.
void SocketIoFeeds::remove_client() {
    if (--clients_ == 0) {
        is_reading_ = false;
        feeds_.clear();
    }
}

void SocketIoFeeds::start() {
    is_reading_ = true;
    fanout_.refresh();
    begin_epoch(fanout_.head());
    live_after_ = fanout_.head().last;
    const Nanos now = clock_.monotonic();
    second_due_ = next_on_grid(now, window);
    update_status();
    status_due_ = next_on_grid(now, status_interval);
}

void SocketIoFeeds::begin_epoch(const StreamRange& range) {
    epoch_ = range.epoch;
    position_ = Offset{range.first.value() > 0 ? range.first.value() - 1 : 0};
    live_after_ = {};
    display_ = {};
}

void SocketIoFeeds::advance(Nanos now) {
    if (now >= ticks_due_) {  // also while nobody looks: the windows are full when somebody does
        ticks_due_ = next_on_grid(now, window);
        if (const auto status = status_()) {
            ticks_.add(now, status->records_by_kind[static_cast<std::size_t>(RecordKind::Trade)]);
        }
    }
    if (!is_reading_) {
        return;
    }
    read_stream();
    if (now >= second_due_) {
        second_due_ = next_on_grid(now, window);
        close_second();
    }
    if (now >= status_due_) {
        status_due_ = next_on_grid(now, status_interval);
        update_status();
    }
}

void SocketIoFeeds::read_stream() {
    const StreamRange& range = fanout_.head();
    if (range.epoch != epoch_) {
        tell_gap(Offset{position_.value() + 1}, {}, "epoch_changed");
        begin_epoch(range);
    }
    std::size_t looked_at = 0;
    while (position_ < range.last && looked_at < limits::entries_per_scan) {
        if (position_.value() + 1 < range.first.value()) {  // more than the memory holds in one go
            tell_gap(Offset{position_.value() + 1}, Offset{range.first.value() - 1}, "evicted");
            position_ = Offset{range.first.value() - 1};
        }
        const auto block = stream_.block_at(epoch_, Offset{position_.value() + 1});
        if (!block) {
            return;  // it has just left; the next look sees where the memory begins now
        }
        for (std::size_t i = block->index_of(Offset{position_.value() + 1});
             i < block->entries.size(); ++i) {
            tell(*block, block->entries[i]);
            position_ = block->entries[i].offset;
            ++looked_at;
        }
    }
}

void SocketIoFeeds::tell(const EventBlock& block, const StreamEntry& entry) {
    const std::string_view body = block.body(entry);
    if (entry.offset <= live_after_) {
        display_.pass(body);
        return;
    }
    const auto shown = display_.show(body);
    std::shared_ptr<const std::string> packet;
    for (const auto& [key, weak] : feeds_) {
        const auto feed = weak.lock();
        if (!feed || !feed->filters().accepts(entry)) {
            continue;
        }
        feed->stock_data().add(shown, entry.ts_pub);
        if (feed->is_subscribed()) {
            if (!packet) {
                packet = std::make_shared<const std::string>(
                    shown->market_event_packet(body, entry.offset.value()));
            }
            feed->tell({packet, 1, entry.ts_pub}, entry.offset);
        }
    }
}

void SocketIoFeeds::tell_gap(Offset from, Offset to, std::string_view reason) {
    const EngineFrame packet = gap_packet(from, to, reason);
    for (const auto& [key, weak] : feeds_) {
        if (const auto feed = weak.lock(); feed && feed->is_subscribed()) {
            feed->tell(packet, to);
        }
    }
}

void SocketIoFeeds::close_second() {
    std::erase_if(feeds_, [](const auto& entry) { return entry.second.expired(); });
    const auto status = status_();
    // Before the engine's first status the newest event tells the market's time.
    const UnixNanos market_now = std::max(status ? status->clock : UnixNanos{}, display_.newest());
    SessionSpan span = calendar_.span_at(market_now);
    if (status && span.session != status->session) {
        span.session = status->session;  // another market's calendar: it has no bells
        span.session_begin = UnixNanos{};
        span.session_end = time_never;
    }
    const Activity activity = activity_of(ticks_, display_.totals(), span, market_now);
    for (const auto& [key, weak] : feeds_) {
        if (const auto feed = weak.lock()) {
            dropped_ += feed->close_window(activity, market_now);
        }
    }
}

void SocketIoFeeds::update_status() {
    status_packet_ = status_update_packet(facts_of(status_().get(), clock_.wall()));
    ++status_updates_;
}

}  // namespace tickstock
