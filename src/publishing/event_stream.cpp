#include "publishing/event_stream.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "base/state_archive.hpp"
#include "publishing/encode.hpp"

namespace tickstock {
namespace {

StreamEntry entry_of(const Event& event, const SymbolText& symbol, Offset offset,
                     UnixNanos ts_pub) {
    const Detection& detection = event.detection;
    StreamEntry entry;
    entry.offset = offset;
    entry.ts_pub = ts_pub;
    entry.ts = detection.ts;
    entry.symbol = symbol;
    entry.type = detection.type;
    entry.direction = detection.direction;
    entry.source = detection.source;
    entry.priority = event.priority;
    entry.price = detection.price;
    entry.volume = detection.volume;
    entry.score = detection.score;
    entry.details = details_of(event);
    return entry;
}

}  // namespace

std::size_t EventStream::LatestHash::operator()(const LatestKey& key) const {
    return xxh64(key.symbol.view()) * 31 + static_cast<std::size_t>(key.type);
}

EventStream::EventStream(std::string epoch, Options options)
    : options_(options), epoch_(std::move(epoch)) {}

void EventStream::append(std::span<const Event> events, const SymbolTable& symbols,
                         UnixNanos ts_pub) {
    if (!events.empty()) {
        publish(encode(events, symbols, ts_pub));
    }
}

std::shared_ptr<EventBlock> EventStream::encode(std::span<const Event> events,
                                                const SymbolTable& symbols, UnixNanos ts_pub) {
    if (events.empty()) {
        return nullptr;
    }
    auto block = std::make_shared<EventBlock>();
    block->entries.reserve(events.size());
    for (const Event& event : events) {
        // A control event about the whole feed has no symbol.
        const SymbolId id = event.detection.symbol;
        const SymbolText symbol = id == symbol_none ? SymbolText() : symbols.text(id);
        encoded_ = Offset{encoded_.value() + 1};
        block->begin_event(entry_of(event, symbol, encoded_, ts_pub));
        encode_body(event, symbol.view(), block->bytes);
        block->end_event();
    }
    symbol_numbers_.number(*block);
    return block;
}

void EventStream::publish(std::shared_ptr<const EventBlock> block) {
    TS_ASSERT(block != nullptr && !block->entries.empty());
    const Offset last = block->entries.back().offset;
    TS_ASSERT(last <= encoded_);
    TS_ASSERT(!stored_through_ || last <= *stored_through_);
    {
        const std::lock_guard lock(mutex_);
        TS_ASSERT(block->entries.front().offset.value() == last_.value() + 1);
        const std::size_t events = block->entries.size();
        counts_.in += events;
        for (const StreamEntry& entry : block->entries) {
            hash_.update(block->body(entry));
            hash_.update("\n");
            ++by_type_[static_cast<std::size_t>(entry.type)];
        }
        last_ = last;
        counts_.out += events;
        insert(std::move(block));
        evict_over_limit();
    }
    if (listener_) {
        listener_();
    }
}

void EventStream::insert(std::shared_ptr<const EventBlock> block) {
    for (std::size_t i = 0; i < block->entries.size(); ++i) {
        const StreamEntry& entry = block->entries[i];
        latest_[LatestKey{entry.symbol, entry.type}] = LatestPlace{entry.offset, block, i};
    }
    memory_ += block->memory();
    blocks_.push_back(std::move(block));
}

void EventStream::clear() {
    blocks_.clear();
    latest_.clear();
    memory_ = 0;
}

void EventStream::restart(std::string epoch) {
    {
        const std::lock_guard lock(mutex_);
        epoch_ = std::move(epoch);
        clear();
        last_ = Offset{};
        hash_ = StreamingHash();
    }
    encoded_ = Offset{};
    if (stored_through_) {
        stored_through_ = Offset{};
    }
    if (listener_) {
        listener_();
    }
}

EventStream::State EventStream::state() const {
    State state;
    StateWriter hash;
    {
        const std::lock_guard lock(mutex_);
        state.epoch = epoch_;
        state.last = last_;
        state.counts = counts_;
        state.by_type = by_type_;
        state.latest.reserve(latest_.size());
        for (const auto& [key, place] : latest_) {
            state.latest.push_back({key.symbol, key.type, place.offset});
        }
        hash_.save(hash);
    }
    std::ranges::sort(state.latest, {}, &State::LatestOffset::offset);
    StateReader bytes(hash.text());
    state.hash.load(bytes);
    return state;
}

void EventStream::State::save(StateWriter& out) const {
    out(*this);
    out(latest);
}

void EventStream::State::load(StateReader& in) {
    in(*this);
    latest.clear();
    if (in.ok() && !in.at_end()) {
        in(latest);
    }
    const auto is_sound = [this](const LatestOffset& one) {
        return one.offset <= last && static_cast<int>(one.type) < event_type_count;
    };
    if (!std::ranges::all_of(latest, is_sound)) {
        in.fail();
    }
}

void EventStream::restore(State state, std::vector<std::shared_ptr<const EventBlock>> newest) {
    encoded_ = state.last;
    {
        const std::lock_guard lock(mutex_);
        clear();
        epoch_ = std::move(state.epoch);
        last_ = state.last;
        hash_ = std::move(state.hash);
        counts_ = state.counts;
        by_type_ = state.by_type;
        for (const State::LatestOffset& latest : state.latest) {
            latest_[LatestKey{latest.symbol, latest.type}] = {latest.offset, nullptr, 0};
        }
        for (auto& block : newest) {
            TS_ASSERT(!block->entries.empty());
            TS_ASSERT(blocks_.empty() || block->entries.front().offset.value() ==
                                             blocks_.back()->entries.back().offset.value() + 1);
            insert(std::move(block));
        }
        TS_ASSERT(blocks_.empty() || blocks_.back()->entries.back().offset == last_);
        evict_over_limit();
    }
    if (listener_) {
        listener_();
    }
}

void EventStream::evict_over_limit() {
    while (memory_ > options_.memory_limit && blocks_.size() > 1) {
        const auto& oldest = blocks_.front();
        memory_ -= oldest->memory();
        evicted_ += oldest->entries.size();
        for (std::size_t i = 0; i < oldest->entries.size(); ++i) {
            const auto known = latest_.find({oldest->entries[i].symbol, oldest->entries[i].type});
            if (known != latest_.end() && known->second.block == oldest) {
                known->second.block = nullptr;  // its place is kept: it is on disk
            }
        }
        blocks_.pop_front();
    }
}

Offset EventStream::first_in_memory() const {
    return blocks_.empty() ? Offset{last_.value() + 1} : blocks_.front()->entries.front().offset;
}

StreamRange EventStream::range() const {
    const std::lock_guard lock(mutex_);
    return {epoch_, first_in_memory(), last_};
}

std::shared_ptr<const EventBlock> EventStream::block_at(std::string_view epoch,
                                                        Offset offset) const {
    const std::lock_guard lock(mutex_);
    if (epoch != epoch_ || blocks_.empty() || offset > last_ ||
        offset < blocks_.front()->entries.front().offset) {
        return nullptr;
    }
    const auto after = std::upper_bound(
        blocks_.begin(), blocks_.end(), offset,
        [](Offset wanted, const auto& block) { return wanted < block->entries.front().offset; });
    TS_ASSERT(after != blocks_.begin());
    return *std::prev(after);
}

EventStream::Snapshot EventStream::snapshot() const {
    Snapshot snapshot;
    {
        const std::lock_guard lock(mutex_);
        snapshot.range = {epoch_, first_in_memory(), last_};
        snapshot.events.reserve(latest_.size());
        for (const auto& [key, place] : latest_) {
            if (place.block != nullptr) {
                snapshot.events.push_back({place.block, place.index});
            } else {
                snapshot.evicted.push_back({place.offset, key.symbol, key.type});
            }
        }
    }
    std::ranges::sort(snapshot.evicted, {}, &EvictedLatest::offset);
    std::sort(snapshot.events.begin(), snapshot.events.end(), [](const Latest& a, const Latest& b) {
        return a.block->entries[a.index].offset < b.block->entries[b.index].offset;
    });
    return snapshot;
}

EventStream::Snapshot EventStream::latest_of(const SymbolText& symbol) const {
    Snapshot snapshot;
    const std::lock_guard lock(mutex_);
    snapshot.range = {epoch_, first_in_memory(), last_};
    for (int i = 0; i < event_type_count; ++i) {
        const auto type = static_cast<EventType>(i);
        const auto known = latest_.find({symbol, type});
        if (known == latest_.end()) {
            continue;
        }
        const LatestPlace& place = known->second;
        if (place.block != nullptr) {
            snapshot.events.push_back({place.block, place.index});
        } else {
            snapshot.evicted.push_back({place.offset, symbol, type});
        }
    }
    const auto offset_of = [](const Latest& latest) {
        return latest.block->entries[latest.index].offset;
    };
    std::ranges::sort(snapshot.evicted, {}, &EvictedLatest::offset);
    std::ranges::sort(snapshot.events, {}, offset_of);
    return snapshot;
}

StageCounts EventStream::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

std::uint64_t EventStream::evicted_events() const {
    const std::lock_guard lock(mutex_);
    return evicted_;
}

std::array<std::uint64_t, event_type_count> EventStream::events_by_type() const {
    const std::lock_guard lock(mutex_);
    return by_type_;
}

std::uint64_t EventStream::hash() const {
    const std::lock_guard lock(mutex_);
    return hash_.digest();
}

}  // namespace tickstock
