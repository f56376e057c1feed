// PolygonFeed's half about lost connections and how what was missed comes back.

#include <algorithm>
#include <tuple>
#include <utility>

#include "metrics/log.hpp"
#include "sources/polygon/polygon_feed_impl.hpp"
#include "sources/polygon/rest_targets.hpp"

namespace tickstock {
namespace {

/// Later than any record.
constexpr UnixNanos unknown_end = from_unix_second(7'258'118'400);

}  // namespace

void PolygonFeed::begin_outage(const FeedItem& item) {
    outage_.subscribed = false;
    if (outage_.open) {
        return;  // lost again before it was over
    }
    // What was dropped last lies inside the outage now.
    const UnixNanos last = overrun_ && overrun_from_ != time_unknown ? overrun_from_ : newest_;
    overrun_ = false;
    outage_.open = true;
    outage_.quiet = outage_.quiet_tried = false;
    outage_.lost_at = item.received;
    UnixNanos from = last;
    if (from == time_unknown && !event_clock_) {
        from = item.received - options_.settings.delay;
    }
    outage_.gap = {false, from, from, std::string(item.bytes)};
    // Behind a recording's end it is silent again and again: told once, and later only when
    // something was missed after all.
    const bool still_silent =
        event_clock_ && item.bytes == "silent" && from == quiet_end_ && backfill_ != nullptr;
    outage_.told = outage_.has_from() && !still_silent;
    if (outage_.told) {
        tell(outage_.gap);
    }
}

/// A frame was decoded while an outage is open.
void PolygonFeed::frame_in_outage() {
    if (scratch_.empty()) {
        return;
    }
    std::size_t bar = 0;
    for (const Record& record : scratch_) {
        const bool is_bar = record.kind() == RecordKind::Bar;
        outage_.held.push_back({record, is_bar ? volumes_[bar++] : Size{}});
    }
    const std::size_t held_max = options_.settings.queue_bytes / sizeof(Record);
    if (!outage_.has_from() || backfill_ == nullptr || outage_.held.size() > held_max) {
        end_outage(feed_time(scratch_.front()), false);
        return;
    }
    const auto first = std::find_if(scratch_.begin(), scratch_.end(),
                                    [this](const Record& record) { return tells_time(record); });
    if (!outage_.subscribed || first == scratch_.end()) {
        return;
    }
    const UnixNanos to = feed_time(*first);
    outage_.quiet = false;
    if (to - outage_.gap.from > options_.settings.backfill_max) {
        outage_.gap.to = to;
        fetch_failed(outage_too_long(to - outage_.gap.from));
    } else {
        begin_fetch(to);
    }
}

/// True for records behind which nothing older is to come. A bar comes some time after its end, so
/// it tells the time only where nothing else does.
bool PolygonFeed::tells_time(const Record& record) const {
    return record.kind() == RecordKind::Trade || record.kind() == RecordKind::Quote ||
           (!topics_.has_channel("T") && !topics_.has_channel("Q"));
}

/// Nothing is in the queue: when nobody trades, an outage ends without a record. True: something
/// has happened.
bool PolygonFeed::begin_quiet_fetch(Nanos now) {
    // Before the silence is taken for a fault of its own.
    const Nanos patience = std::min<Nanos>(std::chrono::seconds(1), options_.settings.silence / 2);
    if (!outage_.open || !outage_.subscribed || outage_.quiet_tried ||
        now - outage_.subscribed_at < patience) {
        return false;
    }
    const bool fetch = backfill_ != nullptr && outage_.has_from();
    if (event_clock_) {
        // No clock tells how far the market is; the vendor's list of tickers does.
        if (fetch) {
            outage_.quiet = outage_.quiet_tried = true;
            begin_fetch(unknown_end);
        }
        return fetch;
    }
    const UnixNanos to = wall(now) - options_.settings.delay;
    if (!fetch) {
        end_outage(to, false);
        return true;
    }
    outage_.quiet = outage_.quiet_tried = true;
    if (wall(now) - outage_.lost_at > options_.settings.backfill_max) {
        outage_.gap.to = to;
        fetch_failed(outage_too_long(wall(now) - outage_.lost_at));
    } else {
        begin_fetch(to);
    }
    return true;
}

/// `to`: inclusive; with `quiet` and the event clock not known.
void PolygonFeed::begin_fetch(UnixNanos to) {
    outage_.gap.to = std::max(to, outage_.gap.from);
    BackfillRequest request;
    // Of its last millisecond not all need have come.
    request.from = std::chrono::floor<std::chrono::milliseconds>(outage_.gap.from);
    request.to = outage_.gap.to;
    request.trades = topics_.has_channel("T");
    request.quotes = topics_.has_channel("Q");
    request.minute_bars = topics_.has_channel("AM");
    request.symbols = symbols_to_fetch();
    request.list_more = topics_.all_symbols();
    request.cut_by_list = outage_.quiet && event_clock_;
    request.longest = options_.settings.backfill_max;
    outage_.fetching = true;
    backfill_->begin(std::move(request));
}

void PolygonFeed::fetch_failed(const std::string& why) {
    log_warn("sources", "feed {}: the outage cannot be fetched and stays a gap: {}", options_.name,
             why);
    ++backfill_failed_;
    // Where it ends is not known: it goes on until a record comes, which tries once more.
    if (!(outage_.quiet && event_clock_)) {
        end_outage(outage_.gap.to, false);
    }
}

void PolygonFeed::take_fetched() {
    std::optional<BackfillResult> fetched = backfill_->take();
    if (!fetched.has_value()) {
        // What is received waits meanwhile, and must not be lost for what was missed.
        const std::size_t waits = queue_->bytes() + outage_.held.size() * sizeof(Held);
        if (waits > options_.settings.queue_bytes / 2) {
            backfill_->cancel();
            outage_.fetching = false;
            fetch_failed("what is received meanwhile has filled half of queue_bytes");
        }
        return;
    }
    outage_.fetching = false;
    if (fetched->ok()) {
        begin_merge(std::move(*fetched));
    } else {
        fetch_failed(fetched->error);
    }
}

std::vector<std::string> PolygonFeed::symbols_to_fetch() const {
    if (!topics_.all_symbols()) {
        return topics_.symbols();
    }
    std::vector<std::string> symbols;
    symbols.reserve(cache_.size());
    for (std::uint32_t id = 0; id < cache_.size(); ++id) {
        symbols.emplace_back(cache_.text(SymbolId{id}).view());
    }
    return symbols;
}

/// What was fetched and what was received since come in one order, as the wire would have had it.
void PolygonFeed::begin_merge(BackfillResult fetched) {
    outage_.merging = true;
    outage_.fetched = std::move(fetched);
    outage_.held_at = outage_.fetched_at = 0;
    outage_.ids.clear();
    for (const SymbolText& symbol : outage_.fetched.symbols) {
        SymbolId id = symbol_none;
        cache_.intern(symbol.view(), id);
        outage_.ids.push_back(id);
    }
    fetched_counts_ += outage_.fetched.counts;
    std::stable_sort(outage_.held.begin(), outage_.held.end(),
                     [this](const Held& a, const Held& b) {
                         const auto key = [this](const Record& record) {
                             const RecordHeader& header = record.header();
                             return std::tuple(feed_time(record), header.source_sequence,
                                               cache_.text(header.symbol));
                         };
                         return key(a.record) < key(b.record);
                     });
}

/// Of two copies of one record the received one goes first and the fetched one is dropped.
bool PolygonFeed::fetched_is_next() const {
    if (outage_.fetched_at == outage_.fetched.records.size()) {
        return false;
    }
    if (outage_.held_at == outage_.held.size()) {
        return true;
    }
    const Record& fetched = outage_.fetched.records[outage_.fetched_at];
    const Record& held = outage_.held[outage_.held_at].record;
    const auto key = [](const Record& record, const SymbolText& symbol) {
        return std::tuple(feed_time(record), record.header().source_sequence, symbol);
    };
    return key(fetched, outage_.fetched.symbols[fetched.header().symbol.value()]) <
           key(held, cache_.text(held.header().symbol));
}

void PolygonFeed::merge_some(std::vector<Record>& out) {
    while (out.size() < batch_records && outage_.waiting() != 0) {
        if (!fetched_is_next()) {
            const Held& held = outage_.held[outage_.held_at++];
            if (is_new(held.record, held.day_volume, false)) {
                out.push_back(held.record);
            }
            continue;
        }
        Record record = outage_.fetched.records[outage_.fetched_at++];
        RecordHeader& header = record.header();
        header.symbol = outage_.ids[header.symbol.value()];
        header.source = options_.source;
        // Nothing recorded when it would have come: at its time, a bar at its end.
        header.ts_recv = event_clock_ ? header.ts_event : feed_time(record);
        if (header.symbol == symbol_none) {
            --fetched_counts_.out;
            fetched_counts_.drop(Reason::SymbolTableFull);
        } else if (is_new(record, Size{}, true)) {
            ++backfilled_;
            if (!outage_.told) {
                return missed_after_all(record);
            }
            out.push_back(record);
        }
    }
    if (outage_.waiting() == 0) {
        end_outage(outage_.quiet && event_clock_ ? newest_ : outage_.gap.to, true);
    }
}

/// The first record that was fetched in an outage that was not told.
void PolygonFeed::missed_after_all(const Record& record) {
    outage_.told = true;
    FeedGap gap = outage_.gap;
    gap.to = gap.from;
    tell(std::move(gap));
    Output output;
    output.records.push_back(record);
    outputs_.push_back(std::move(output));
    ++in_outputs_;
}

/// Tells the end behind what was filled, or before what was received since.
void PolygonFeed::end_outage(UnixNanos to, bool filled) {
    FeedGap gap = outage_.gap;
    if (outage_.has_from()) {
        if (!outage_.told && !filled) {
            gap.to = gap.from;
            outage_.told = true;
            tell(gap);
        }
        if (outage_.told) {
            tell({true, gap.from, std::max(to, gap.from), filled ? "backfilled" : "resumed"});
        }
    }
    if (outage_.quiet) {
        quiet_end_ = newest_;
    }
    bars_.forget_volumes();
    outage_.open = outage_.told = false;
    outage_.fetching = outage_.merging = false;
    outage_.fetched = {};
    outage_.fetched_at = 0;
    flush_held();
}

/// What was held goes on without what was missed.
void PolygonFeed::flush_held() {
    Output output;
    for (std::size_t i = outage_.held_at; i < outage_.held.size(); ++i) {
        const Held& held = outage_.held[i];
        if (is_new(held.record, held.day_volume, false)) {
            output.records.push_back(held.record);
        }
    }
    outage_.held.clear();
    outage_.held_at = 0;
    in_outputs_ += output.records.size();
    if (!output.records.empty()) {
        outputs_.push_back(std::move(output));
    }
}

}  // namespace tickstock
