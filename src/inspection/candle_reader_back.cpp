// CandleReader: a symbol's first question, segment by segment from the end.

#include <algorithm>
#include <utility>

#include "inspection/candle_reader_parts.hpp"

namespace tickstock {

void CandleReader::begin_back(Watch& watch, const CandleRequest& request) {
    back_.remove_if([&](const Backfill& job) { return job.watch == &watch; });
    if (!tail_) {
        return;  // begun with it
    }
    watch.collects = true;
    watch.fresh.clear();
    Backfill& job = back_.emplace_back();
    job.watch = &watch;
    job.request = request;
    job.end = next_;
}

bool CandleReader::is_complete(const std::string& symbol) const {
    const auto watch = watches_.find(symbol);
    return watch != watches_.end() && watch->second->is_filled && !watch->second->collects;
}

Result<bool> CandleReader::read_back(std::size_t entries) {
    if (back_.empty()) {
        return false;
    }
    Backfill& job = back_.front();
    if (!job.cursor) {
        if (const auto error = begin_segment(job)) {
            job.watch->collects = false;
            back_.pop_front();
            return *error;
        }
    }
    JournalEntry entry;
    for (; entries > 0 && !back_.empty(); --entries) {
        const JournalCursor::Next got = job.cursor->next(entry);
        ++entries_read_;
        if (job.cursor->has_symbols()) {
            for (const SymbolDefinition& symbol : job.cursor->take_symbols()) {
                job.own = symbol.text.view() == job.watch->symbol ? symbol.id : job.own;
            }
        }
        if (got == JournalCursor::Next::Damage) {
            const Error error = *job.cursor->failure();
            job.at_begin = true;  // what is behind it is not to be had
            job.piece.clear();
            install(job);
            job.watch->collects = false;
            back_.pop_front();
            return error;
        }
        if (got == JournalCursor::Next::End || entry.sequence >= job.end) {
            if (end_segment(job)) {
                job.watch->collects = false;
                job.watch->fresh = PrintTape{};
                back_.pop_front();
                return !back_.empty();
            }
            if (begin_segment(job)) {  // retention was there first
                job.at_begin = true;
                install(job);
                job.watch->collects = false;
                back_.pop_front();
                return !back_.empty();
            }
            continue;
        }
        if (entry.is_decision()) {
            const auto* begin = std::get_if<BeginEpoch>(&entry.decision->action);
            if (begin != nullptr && begins_empty(begin->state)) {
                job.at_begin = true;
                job.piece.clear();
                job.first_clock = time_unknown;
            }
            continue;
        }
        const RecordHeader& header = entry.record.header();
        if (job.first_clock == time_unknown) {
            job.first_clock = header.clock;
        }
        if (header.kind != RecordKind::ClockTick && header.symbol == job.own) {
            job.piece.add(entry.record);
        }
    }
    return true;
}

std::optional<Error> CandleReader::begin_segment(Backfill& job) {
    if (job.segments.empty()) {
        auto segments = list_segment_begins(disk_, journal_);
        if (!segments) {
            return segments.error();
        }
        job.segments = std::move(*segments);
        job.segment = job.segments.size() - 1;
        while (job.segment > 0 && job.segments[job.segment].first >= job.end) {
            --job.segment;
        }
    }
    auto cursor = JournalCursor::open(disk_, journal_, job.segments[job.segment].first);
    if (!cursor) {
        return cursor.error();
    }
    job.cursor = std::move(*cursor);
    job.first_clock = time_unknown;
    return std::nullopt;
}

/// True: it is far enough, and the watch has all that was found.
bool CandleReader::end_segment(Backfill& job) {
    const SegmentBegin& segment = job.segments[job.segment];
    job.prints += job.piece.size();
    job.candles += job.piece.candles(job.request.interval_seconds);
    job.found.push_front(std::move(job.piece));
    job.piece = PrintTape{};
    job.end = segment.first;
    const bool is_first = job.segment == 0 || segment.clock_before == time_unknown;
    job.at_begin = job.at_begin || is_first;
    if (job.at_begin) {
        job.whole_from = job.first_clock != time_unknown ? job.first_clock : job.whole_from;
    } else {
        job.whole_from = segment.clock_before;
    }
    const bool is_since =
        job.request.since != 0 && segment.clock_before <= from_unix_second(job.request.since);
    // One more than is wanted: the first may lack its begin.
    const bool is_enough = job.candles > job.request.limit + 1;
    const bool is_full = job.prints >= limits_.prints;
    if (!job.at_begin && !is_since && !is_enough && !is_full) {
        --job.segment;
        return false;
    }
    job.at_begin = job.at_begin || is_full;
    install(job);
    return true;
}

/// Works what was found forwards, and goes on with what came since.
void CandleReader::install(Backfill& job) {
    Watch& watch = *job.watch;
    auto candles = std::make_unique<SymbolCandles>(rules_);
    for (const PrintTape& tape : job.found) {
        tape.for_each([&](const Record& record) { candles->take(record); });
    }
    watch.fresh.for_each([&](const Record& record) { candles->take(record); });
    watch.candles = std::move(candles);
    watch.is_filled = true;
    watch.has_all = job.at_begin;
    std::size_t& looked_for = watch.looked_for[interval_place(job.request.interval_seconds)];
    looked_for = std::max(looked_for, job.request.since == 0 ? job.request.limit : 0);
    watch.whole_from = job.whole_from != time_unknown ? job.whole_from : watch.whole_from;
}

}  // namespace tickstock
