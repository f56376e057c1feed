#include "inspection/candle_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "inspection/candle_json.hpp"
#include "inspection/candle_reader_parts.hpp"

namespace tickstock {

Result<std::unique_ptr<CandleReader>> CandleReader::create(Disk& disk, std::string journal,
                                                           const PipelineSettings& settings,
                                                           Limits limits) {
    auto rules = CandleRules::make(settings);
    if (!rules) {
        return rules.error();
    }
    return std::unique_ptr<CandleReader>(
        new CandleReader(disk, std::move(journal), std::move(*rules), limits));
}

CandleReader::CandleReader(Disk& disk, std::string journal,
                           std::shared_ptr<const CandleRules> rules, Limits limits)
    : disk_(disk), journal_(std::move(journal)), rules_(std::move(rules)), limits_(limits) {}

CandleReader::~CandleReader() = default;

std::optional<Error> CandleReader::reconfigure(const PipelineSettings& settings) {
    auto rules = CandleRules::make(settings);
    if (!rules) {
        return rules.error();
    }
    rules_ = std::move(*rules);
    for (const auto& [symbol, watch] : watches_) {
        watch->candles->reconfigure(rules_);
    }
    return std::nullopt;
}

void CandleReader::watch(const CandleRequest& request, Nanos now) {
    auto found = watches_.find(request.symbol);
    if (found == watches_.end()) {
        if (watches_.size() >= limits_.symbols) {
            forget(std::min_element(
                watches_.begin(), watches_.end(),
                [](const auto& a, const auto& b) { return a.second->asked < b.second->asked; }));
        }
        auto watch = std::make_unique<Watch>();
        watch->symbol = request.symbol;
        watch->candles = std::make_unique<SymbolCandles>(rules_);
        found = watches_.emplace(request.symbol, std::move(watch)).first;
        if (const auto id = known_.find(request.symbol); id != known_.end()) {
            by_id_[id->second.value()] = found->second.get();
        }
    }
    Watch& watch = *found->second;
    watch.asked = now;
    watch.request = request;
    const std::size_t has =
        watch.candles->candles(request.interval_seconds, request.limit, request.since).size();
    const bool reaches_back =
        watch.has_all || (watch.is_filled && request.since != 0 &&
                          from_unix_second(request.since) >= watch.whole_from);
    const bool is_enough =
        watch.is_filled &&
        std::max(has, watch.looked_for[interval_place(request.interval_seconds)]) >= request.limit;
    if (!watch.collects && !reaches_back && !is_enough) {
        begin_back(watch, request);
    }
}

bool CandleReader::watches_any(Nanos now) {
    for (auto watch = watches_.begin(); watch != watches_.end();) {
        const auto next = std::next(watch);
        if (now - watch->second->asked > limits_.idle) {
            forget(watch);
        }
        watch = next;
    }
    if (watches_.empty()) {
        forget_all();
    }
    return !watches_.empty();
}

void CandleReader::forget(std::map<std::string, std::unique_ptr<Watch>>::iterator watch) {
    back_.remove_if([&](const Backfill& job) { return job.watch == watch->second.get(); });
    std::replace(by_id_.begin(), by_id_.end(), watch->second.get(), static_cast<Watch*>(nullptr));
    watches_.erase(watch);
}

void CandleReader::forget_all() {
    back_.clear();
    watches_.clear();
    by_id_.clear();
    known_.clear();
    tail_.reset();
    clock_ = time_unknown;
}

// --- forwards ---------------------------------------------------------------------------------

Result<bool> CandleReader::open_tail() {
    const auto segments = list_segment_begins(disk_, journal_);
    if (!segments) {
        return segments.error();
    }
    auto tail = JournalCursor::open(disk_, journal_, segments->back().first);
    if (!tail) {
        return tail.error();
    }
    tail_ = std::move(*tail);
    next_ = segments->back().first;
    clock_ = segments->back().clock_before;
    return true;
}

Result<bool> CandleReader::read_on(std::size_t entries) {
    if (!tail_) {
        if (const auto opened = open_tail(); !opened) {
            return opened.error();
        }
        // Everything before it is read backwards.
        for (const auto& [symbol, watch] : watches_) {
            watch->collects = false;
            begin_back(*watch, watch->request);
        }
    }
    JournalEntry entry;
    for (; entries > 0; --entries) {
        const JournalCursor::Next got = tail_->next(entry);
        if (tail_->has_symbols()) {
            learn(*tail_);
        }
        if (got == JournalCursor::Next::Entry) {
            take(entry);
            continue;
        }
        if (got == JournalCursor::Next::Damage) {
            const Error error = *tail_->failure();
            forget_all();
            return error;
        }
        tail_->take_refused();
        return false;
    }
    return true;
}

void CandleReader::learn(JournalCursor& cursor) {
    for (const SymbolDefinition& symbol : cursor.take_symbols()) {
        const std::string text(symbol.text.view());
        known_[text] = symbol.id;
        if (symbol.id.value() >= by_id_.size()) {
            by_id_.resize(symbol.id.value() + std::size_t{1});
        }
        const auto watch = watches_.find(text);
        by_id_[symbol.id.value()] = watch == watches_.end() ? nullptr : watch->second.get();
    }
}

void CandleReader::take(const JournalEntry& entry) {
    ++entries_read_;
    next_ = Sequence{entry.sequence.value() + 1};
    if (entry.is_decision()) {
        const auto* begin = std::get_if<BeginEpoch>(&entry.decision->action);
        if (begin != nullptr && begins_empty(begin->state)) {  // another market begins
            back_.clear();
            clock_ = time_unknown;
            for (const auto& [symbol, watch] : watches_) {
                watch->candles->clear();
                watch->fresh.clear();
                watch->collects = false;
                watch->has_all = watch->is_filled = true;
                watch->whole_from = time_unknown;
            }
        }
        return;
    }
    const RecordHeader& header = entry.record.header();
    clock_ = header.clock;
    if (header.kind == RecordKind::ClockTick || header.symbol.value() >= by_id_.size()) {
        return;
    }
    Watch* const watch = by_id_[header.symbol.value()];
    if (watch == nullptr) {
        return;
    }
    if (watch->whole_from == time_unknown) {
        watch->whole_from = header.clock;
    }
    watch->candles->take(entry.record);
    if (watch->collects) {
        watch->fresh.add(entry.record);
    }
}

std::string CandleReader::answer(const CandleRequest& request) {
    Watch& watch = *watches_.at(request.symbol);
    if (watch.collects) {  // what is found by now
        const auto job = std::find_if(back_.begin(), back_.end(),
                                      [&](const Backfill& one) { return one.watch == &watch; });
        if (job != back_.end() && !job->found.empty()) {
            const auto looked_for = watch.looked_for;
            install(*job);
            watch.looked_for = looked_for;
            watch.has_all = false;
        }
    }
    return candles_json(request, *watch.candles, watch.whole_from, clock_);
}

}  // namespace tickstock
