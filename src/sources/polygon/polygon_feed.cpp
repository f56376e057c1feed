// What passes through the feed: frames to records, and gaps between them.

#include <fmt/chrono.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "base/assert.hpp"
#include "metrics/log.hpp"
#include "sources/polygon/polygon_feed_impl.hpp"

namespace tickstock {

namespace {

/// As the log writes its own times.
std::string time_text(UnixNanos time) {
    using std::chrono::milliseconds;
    if (time == time_unknown) {
        return "unknown";
    }
    const std::chrono::sys_time<milliseconds> wall{
        std::chrono::duration_cast<milliseconds>(Nanos{to_ns(time)})};
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", wall);
}

}  // namespace

Feed::Poll PolygonFeed::poll(Nanos now, RecordBatch& batch) {
    batch.clear();
    batch.source = options_.source;
    if (queue_ == nullptr || connection_ == nullptr || !failure_.empty()) {
        return {};
    }
    const std::optional<Poll> done = work(now, batch);
    if (!batch.records.empty()) {
        cache_.take_new(batch.new_symbols);
        copy_status(now, false);
        Poll poll;
        poll.status = Status::Records;
        return poll;
    }
    TS_ASSERT(done.has_value());
    copy_status(now, done->status != Status::Gap);
    return *done;
}

/// Fills the batch; what it returns counts when the batch is empty.
std::optional<Feed::Poll> PolygonFeed::work(Nanos now, RecordBatch& batch) {
    while (batch.records.size() < batch_records) {
        if (!outputs_.empty()) {
            if (!batch.records.empty() || hand_over(batch)) {
                return std::nullopt;
            }
            Poll poll;
            poll.status = Status::Gap;
            poll.gap = *outputs_.front().gap;
            outputs_.pop_front();
            return poll;
        }
        if (outage_.merging) {
            merge_some(batch.records);
            continue;
        }
        if (outage_.fetching) {
            take_fetched();
            if (outage_.fetching) {
                return waiting(now);
            }
            continue;
        }
        const FeedItem* item = queue_->front();
        if (item == nullptr) {
            if (failed_item_ && batch.records.empty()) {
                failure_ = connection_->failure();
                return Poll{};
            }
            if (begin_quiet_fetch(now)) {
                continue;
            }
            return waiting(now);
        }
        take_item(*item, now, batch);
        queue_->pop();
    }
    return std::nullopt;
}

/// False: a gap stands in front.
bool PolygonFeed::hand_over(RecordBatch& batch) {
    Output& front = outputs_.front();
    if (front.gap.has_value()) {
        return false;
    }
    const std::size_t count = std::min(batch_records, front.records.size() - front.at);
    const auto from = front.records.begin() + static_cast<std::ptrdiff_t>(front.at);
    batch.records.assign(from, from + static_cast<std::ptrdiff_t>(count));
    front.at += count;
    in_outputs_ -= count;
    if (front.at == front.records.size()) {
        outputs_.pop_front();
    }
    return true;
}

Feed::Poll PolygonFeed::waiting(Nanos now) {
    constexpr auto look_again = std::chrono::milliseconds(100);
    Poll poll;
    poll.status = Status::Wait;
    poll.wait_until = now + (outage_.open ? Nanos(look_again) : Nanos(std::chrono::seconds(1)));
    if (!event_clock_ && outage_.waiting() == 0 && !outage_.fetching) {
        poll.market_clock = wall(now) - options_.settings.delay;
    }
    return poll;
}

void PolygonFeed::take_item(const FeedItem& item, Nanos now, RecordBatch& batch) {
    switch (item.kind) {
        case FeedItem::Kind::Frame: break;
        case FeedItem::Kind::Subscribed:
            outage_.subscribed = true;
            outage_.subscribed_at = now;
            outage_.quiet_tried = false;
            return;
        case FeedItem::Kind::Lost:
            if (item.bytes == "failed") {
                failed_item_ = true;
                flush_held();
            } else {
                begin_outage(item);
            }
            return;
        case FeedItem::Kind::Overrun:
            if (!overrun_) {
                overrun_ = true;
                overrun_from_ = newest_;
            }
            return;
    }
    decode(item);
    if (outage_.open) {
        frame_in_outage();
        return;
    }
    if (overrun_ && !scratch_.empty()) {
        overrun_ = false;
        const UnixNanos to = feed_time(scratch_.front());
        bars_.forget_volumes();
        if (overrun_from_ != time_unknown) {
            tell({false, std::min(overrun_from_, to), to, "overrun"});
        }
    }
    if (outputs_.empty()) {
        accept(scratch_, batch.records);
    } else {
        Output output;
        accept(scratch_, output.records);
        in_outputs_ += output.records.size();
        if (!output.records.empty()) {
            outputs_.push_back(std::move(output));
        }
    }
    if (const auto gap = bars_.take_gap()) {
        tell(*gap);
    }
}

void PolygonFeed::decode(const FeedItem& item) {
    scratch_.clear();
    volumes_.clear();
    // The wall clock as it stands: received times are those of a clock that a suspended machine
    // stops.
    context_.live_now = std::max(item.received, options_.clock->wall());
    ledger_.at(++frame_number_, 0);
    decoder_->decode(item.bytes, scratch_);
    if (scratch_.empty()) {
        return;
    }
    if (!event_clock_) {
        for (Record& record : scratch_) {
            record.header().ts_recv = item.received;
        }
    }
    lag_ = item.received - feed_time(scratch_.back());
}

/// Appends what is new of a frame's records.
void PolygonFeed::accept(const std::vector<Record>& records, std::vector<Record>& out) {
    std::size_t bar = 0;
    for (const Record& record : records) {
        const bool is_bar = record.kind() == RecordKind::Bar;
        if (is_new(record, is_bar ? volumes_[bar++] : Size{}, false)) {
            out.push_back(record);
        }
    }
}

bool PolygonFeed::is_new(const Record& record, Size day_volume, bool fetched) {
    newest_ = std::max(newest_, feed_time(record));
    bool taken = true;
    if (record.kind() == RecordKind::Bar) {
        taken = bars_.look(record.bar(), day_volume, fetched);
    } else {
        const auto verdict = duplicates_.look(record);
        taken = verdict != DuplicateFilter::Verdict::Duplicate;
        out_of_order_ += verdict == DuplicateFilter::Verdict::OutOfOrder ? 1U : 0U;
    }
    duplicate_rows_ += taken ? 0U : 1U;
    return taken;
}

void PolygonFeed::tell(FeedGap gap) {
    gaps_ += gap.recovered ? 0U : 1U;
    recovered_ += gap.recovered && gap.reason == "backfilled" ? 1U : 0U;
    log_warn("sources", "feed {}: {} {} ({} to {})", options_.name,
             gap.recovered ? "gap ends:" : "gap:", gap.reason, time_text(gap.from),
             time_text(gap.to));
    Output output;
    output.gap = std::move(gap);
    outputs_.push_back(std::move(output));
}

StageCounts PolygonFeed::counts() const {
    StageCounts counts = ledger_.counts();
    counts += fetched_counts_;
    const std::uint64_t overrun = queue_ == nullptr ? 0 : queue_->overrun_rows();
    counts.in += overrun;
    counts.dropped[static_cast<std::size_t>(Reason::Overrun)] += overrun;
    counts.dropped[static_cast<std::size_t>(Reason::Duplicate)] += duplicate_rows_;
    counts.held = in_outputs_ + outage_.waiting();
    counts.out -= counts.held + duplicate_rows_;
    return counts;
}

void PolygonFeed::copy_status(Nanos now, bool at_once) {
    constexpr auto pause = std::chrono::milliseconds(200);
    if (!at_once && now - status_copied_ < pause) {
        return;
    }
    status_copied_ = now;
    const std::lock_guard lock(mutex_);
    told_.connections.resize(1);
    told_.connections.front().lag = lag_;
    told_.gaps = gaps_;
    told_.recovered = recovered_;
    told_.duplicates = duplicate_rows_;
    told_.out_of_order = out_of_order_;
    told_.backfilled = backfilled_;
    told_.backfill_failed = backfill_failed_;
    told_.suspected_missing = bars_.suspected();
}

FeedStatus PolygonFeed::status() const {
    FeedStatus status;
    {
        const std::lock_guard lock(mutex_);
        status = told_;
    }
    const Nanos lag = status.connections.empty() ? Nanos{0} : status.connections.front().lag;
    status.connections.assign(1, {});
    FeedConnection& connection = status.connections.front();
    if (connection_ != nullptr) {
        connection = connection_->status();
        connection.queued_bytes = queue_->bytes();
    } else {
        connection.name = options_.name;
        connection.state = "failed";
        connection.detail = failure_;
    }
    connection.lag = lag;
    return status;
}

}  // namespace tickstock
