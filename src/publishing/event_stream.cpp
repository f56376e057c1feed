#include "publishing/event_stream.hpp"

#include <algorithm>

#include "base/assert.hpp"
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
    if (events.empty()) {
        return;
    }
    auto block = std::make_shared<EventBlock>();
    block->entries.reserve(events.size());
    const std::uint64_t first = last_.value() + 1;  // only this thread writes last_
    for (const Event& event : events) {
        // A control event about the whole feed has no symbol.
        const SymbolId id = event.detection.symbol;
        const SymbolText symbol = id == symbol_none ? SymbolText() : symbols.text(id);
        StreamEntry entry = entry_of(event, symbol, Offset{first + block->entries.size()}, ts_pub);
        entry.body_begin = static_cast<std::uint32_t>(block->bytes.size());
        encode_body(event, symbol.view(), block->bytes);
        entry.body_length = static_cast<std::uint32_t>(block->bytes.size()) - entry.body_begin;
        block->entries.push_back(entry);
    }
    {
        const std::lock_guard lock(mutex_);
        counts_.in += events.size();
        for (std::size_t i = 0; i < block->entries.size(); ++i) {
            const StreamEntry& entry = block->entries[i];
            hash_.update(block->body(entry));
            hash_.update("\n");
            ++by_type_[static_cast<std::size_t>(entry.type)];
            latest_[LatestKey{entry.symbol, entry.type}] = Latest{block, i};
        }
        last_ = block->entries.back().offset;
        counts_.out += events.size();
        memory_ += block->memory();
        blocks_.push_back(std::move(block));
        evict_over_limit();
    }
    if (listener_) {
        listener_();
    }
}

void EventStream::restart(std::string epoch) {
    {
        const std::lock_guard lock(mutex_);
        epoch_ = std::move(epoch);
        blocks_.clear();
        latest_.clear();
        memory_ = 0;
        last_ = Offset{};
        hash_ = StreamingHash();
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
                latest_.erase(known);
            }
        }
        blocks_.pop_front();
    }
}

StreamRange EventStream::range() const {
    const std::lock_guard lock(mutex_);
    const Offset first =
        blocks_.empty() ? Offset{last_.value() + 1} : blocks_.front()->entries.front().offset;
    return {epoch_, first, last_};
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
        const Offset first =
            blocks_.empty() ? Offset{last_.value() + 1} : blocks_.front()->entries.front().offset;
        snapshot.range = {epoch_, first, last_};
        snapshot.events.reserve(latest_.size());
        for (const auto& [key, latest] : latest_) {
            snapshot.events.push_back(latest);
        }
    }
    std::sort(snapshot.events.begin(), snapshot.events.end(), [](const Latest& a, const Latest& b) {
        return a.block->entries[a.index].offset < b.block->entries[b.index].offset;
    });
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
