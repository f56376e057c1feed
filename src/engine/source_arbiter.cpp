#include "engine/source_arbiter.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace tickstock {

void SourceArbiter::add(SourceId id, const LiveSource& source) {
    TS_ASSERT(ranks_.size() < 16);
    Ranked ranked;
    ranked.id = id;
    ranked.source = &source;
    ranked.by_event = source.rule().clock_event;
    ranks_.push_back(std::move(ranked));
}

std::size_t SourceArbiter::rank_of(SourceId id) const {
    const auto found = std::ranges::find(ranks_, id, &Ranked::id);
    return static_cast<std::size_t>(found - ranks_.begin());
}

UnixNanos SourceArbiter::time_of(const Ranked& ranked, const Record& record) {
    return ranked.by_event ? record.header().ts_event : record.header().ts_recv;
}

bool SourceArbiter::is_fresh(const Ranked& ranked, UnixNanos time) const {
    return ranked.is_up && time - ranked.last_time <= stale_;
}

void SourceArbiter::set_down(SourceId id) {
    const std::size_t rank = rank_of(id);
    if (rank < ranks_.size()) {
        ranks_[rank].switches += ranks_[rank].is_up ? 1U : 0U;
        ranks_[rank].is_up = false;
        ask_for_release(rank);
    }
}

std::uint64_t SourceArbiter::switches(SourceId id) const {
    const std::size_t rank = rank_of(id);
    return rank < ranks_.size() ? ranks_[rank].switches : 0;
}

void SourceArbiter::ask_for_release(std::size_t better) {
    for (std::size_t rank = better + 1; rank < ranks_.size(); ++rank) {
        ranks_[rank].release_due = true;
    }
}

std::uint64_t SourceArbiter::held() const {
    std::uint64_t held = 0;
    for (const Ranked& ranked : ranks_) {
        held += ranked.held.size();
    }
    return held;
}

SourceArbiter::Cell& SourceArbiter::cell_of(SymbolId symbol, RecordKind kind,
                                            const SymbolTable& symbols) {
    if (symbol.value() >= cells_.size()) {
        cells_.resize(std::max<std::size_t>(symbol.value() + std::size_t{1}, cells_.size() * 2));
    }
    Cell& cell = cells_[symbol.value()][static_cast<std::size_t>(kind)];
    if (!cell.is_known) {
        cell.is_known = true;
        const SymbolText text = symbols.text(symbol);
        for (std::size_t rank = 0; rank < ranks_.size(); ++rank) {
            if (ranks_[rank].source->covers(text.view(), kind)) {
                cell.carriers = static_cast<std::uint16_t>(cell.carriers | 1U << rank);
            }
        }
    }
    return cell;
}

bool SourceArbiter::better_is_fresh(const Cell& cell, std::size_t rank, UnixNanos time) const {
    for (std::size_t better = 0; better < rank; ++better) {
        if ((cell.carriers >> better & 1U) != 0 && is_fresh(ranks_[better], time)) {
            return true;
        }
    }
    return false;
}

/// Those that would come first and are not fresh any more leave their symbols.
void SourceArbiter::note_stale(const Cell& cell, std::size_t rank, UnixNanos time) {
    for (std::size_t better = 0; better < rank; ++better) {
        Ranked& ranked = ranks_[better];
        if ((cell.carriers >> better & 1U) != 0 && ranked.is_up && !is_fresh(ranked, time)) {
            ranked.is_up = false;
            ++ranked.switches;
            ask_for_release(better);
        }
    }
}

void SourceArbiter::hold(Ranked& ranked, const Record& record, UnixNanos time,
                         const std::string* client) {
    const std::string_view name = client == nullptr ? std::string_view{} : *client;
    if (client_ == nullptr || *client_ != name) {
        client_ = std::make_shared<const std::string>(name);
    }
    ranked.held.push_back({record, time, client_});
    while (ranked.held.size() > held_limit || time - ranked.held.front().time > stale_) {
        ranked.held.pop_front();
        ++standby_;
    }
}

/// False: another source had this already.
bool SourceArbiter::take(Cell& cell, std::size_t rank, const Record& record) {
    const UnixNanos event = std::chrono::floor<std::chrono::milliseconds>(record.header().ts_event);
    const bool was_heard = cell.last_event != time_unknown;
    if (was_heard && cell.taken_from != rank && event <= cell.last_event) {
        // At the very time as many as were taken of the other are the same ones.
        const bool is_another = event == cell.last_event && cell.same_skipped >= cell.same_taken;
        if (!is_another) {
            cell.same_skipped =
                static_cast<std::uint16_t>(cell.same_skipped + (event == cell.last_event ? 1 : 0));
            ++standby_;
            return false;
        }
    }
    if (!was_heard || event > cell.last_event) {
        cell.last_event = event;
        cell.same_taken = 0;
        cell.same_skipped = 0;
    }
    cell.same_taken = static_cast<std::uint16_t>(cell.same_taken + (event == cell.last_event));
    cell.taken_from = static_cast<std::uint8_t>(rank);
    return true;
}

/// What was held goes on, as far as no better source has it still.
void SourceArbiter::release(const Batch& batch, std::size_t rank, UnixNanos time,
                            const SymbolTable& symbols, std::vector<Released>& released) {
    Ranked& own = ranks_[rank];
    own.release_due = false;
    std::deque<Held> kept;
    for (const Held& waiting : own.held) {
        Cell& cell = cell_of(batch.global[waiting.record.header().symbol.value()],
                             waiting.record.kind(), symbols);
        if (better_is_fresh(cell, rank, time)) {
            kept.push_back(waiting);
        } else if (take(cell, rank, waiting.record)) {
            const std::string& client = *waiting.client;
            if (released.empty() || released.back().client != client) {
                released.push_back({client, {}});
            }
            released.back().records.push_back(waiting.record);
        }
    }
    own.held.swap(kept);
}

void SourceArbiter::filter(const Batch& batch, const SymbolTable& symbols,
                           std::vector<Released>& released) {
    const std::size_t rank = rank_of(batch.source);
    TS_ASSERT(rank < ranks_.size());
    Ranked& own = ranks_[rank];
    out_.clear();
    for (const Record& record : batch.records) {
        const SymbolId symbol = batch.global[record.header().symbol.value()];
        const UnixNanos time = time_of(own, record);
        own.last_time = std::max(own.last_time, time);
        own.is_up = true;
        if (symbol == symbol_none) {  // the table is full: admission counts it
            out_.push_back(record);
            continue;
        }
        Cell& cell = cell_of(symbol, record.kind(), symbols);
        cell.carriers = static_cast<std::uint16_t>(cell.carriers | 1U << rank);
        if (better_is_fresh(cell, rank, time)) {
            hold(own, record, time, batch.client);
            continue;
        }
        note_stale(cell, rank, time);
        if (own.release_due) {
            release(batch, rank, time, symbols, released);
        }
        if (take(cell_of(symbol, record.kind(), symbols), rank, record)) {
            out_.push_back(record);
        }
    }
    batch.records.swap(out_);
}

}  // namespace tickstock
