#include "server/fanout.hpp"

#include <algorithm>
#include <vector>

#include "base/assert.hpp"
#include "base/json_writer.hpp"
#include "base/mutant.hpp"
#include "server/limits.hpp"

namespace tickstock {
namespace {

constexpr std::size_t cache_limit_bytes = 8 * 1024 * 1024;
constexpr std::size_t cache_limit_slices = 4096;

struct Chosen {
    const EventBlock* block;
    const StreamEntry* entry;
};

/// Accepted events after a position, with the blocks that hold them kept alive.
struct Scan {
    std::vector<std::shared_ptr<const EventBlock>> blocks;
    std::vector<Chosen> chosen;
    Offset last;
};

/// Keeps the latest per (symbol, type), in offset order.
void conflate(std::vector<Chosen>& chosen) {
    struct Hash {
        std::size_t operator()(const std::pair<SymbolText, EventType>& key) const {
            return std::hash<std::string_view>{}(key.first.view()) * 31 +
                   static_cast<std::size_t>(key.second);
        }
    };
    std::unordered_map<std::pair<SymbolText, EventType>, Offset, Hash> latest;
    for (const Chosen& one : chosen) {
        latest[{one.entry->symbol, one.entry->type}] = one.entry->offset;
    }
    std::erase_if(chosen, [&](const Chosen& one) {
        return latest[{one.entry->symbol, one.entry->type}] != one.entry->offset;
    });
}

/// Cuts after the frame's limits; true when something was cut.
bool cut_to_frame(std::vector<Chosen>& chosen) {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        if (i == limits::events_per_frame || bytes > limits::frame_bytes) {
            chosen.resize(i);
            return true;
        }
        bytes += chosen[i].entry->body_length;
    }
    return false;
}

std::string native_text(const std::string& epoch, Offset first, const Scan& scan) {
    std::string text;
    text.reserve(128 + scan.chosen.size() * 700);
    JsonWriter json(text);
    text += "\"epoch\":";
    json.string(epoch);
    text += ",\"first\":" + std::to_string(first.value());
    text += ",\"last\":" + std::to_string(scan.last.value());
    text += ",\"events\":[";
    for (const Chosen& one : scan.chosen) {
        text += &one == scan.chosen.data() ? "{" : ",{";
        Fanout::append_event(text, *one.block, *one.entry);
        text += '}';
    }
    text += "]}";
    return text;
}

std::string sse_text(const std::string& epoch, const Scan& scan) {
    std::string text;
    text.reserve(64 + scan.chosen.size() * 800);
    for (const Chosen& one : scan.chosen) {
        text += "id: " + epoch + ':' + std::to_string(one.entry->offset.value()) + "\ndata: {";
        Fanout::append_event(text, *one.block, *one.entry);
        text += "}\n\n";
    }
    return text;
}

}  // namespace

Fanout::Fanout(const EventStream& stream, const Clock& clock)
    : stream_(stream), clock_(clock), head_(stream.range()) {}

std::size_t Fanout::KeyHash::operator()(const Key& key) const {
    std::size_t hash = key.filter;
    for (const std::uint64_t part :
         {key.first, key.after, key.head,
          static_cast<std::uint64_t>(key.encoding) * 2 + (key.conflate ? 1U : 0U)}) {
        hash = (hash ^ part) * 0x9E3779B97F4A7C15ULL;
        hash ^= hash >> 29;
    }
    return hash;
}

void Fanout::append_event(std::string& out, const EventBlock& block, const StreamEntry& entry) {
    out += "\"offset\":" + std::to_string(entry.offset.value());
    out += ",\"ts_pub\":" + std::to_string(to_ns(entry.ts_pub));
    out += ",\"event\":";
    out += block.body(entry);
}

std::optional<Slice> Fanout::read(const SliceRequest& request) {
    TS_ASSERT(request.after < head_.last);
    if (cache_epoch_ != head_.epoch) {
        cache_.clear();
        cache_order_.clear();
        cache_bytes_ = 0;
        cache_epoch_ = head_.epoch;
    }
    const Key key{request.filter->number(), request.first.value(), request.after.value(),
                  head_.last.value(),       request.encoding,      request.conflate};
    if (const auto known = cache_.find(key); known != cache_.end()) {
        ++counts_.frames_shared;
        return known->second;
    }
    auto slice = build(request);
    if (!slice) {
        refresh();
        return std::nullopt;
    }
    remember(key, *slice);
    return slice;
}

std::optional<Slice> Fanout::build(const SliceRequest& request) {
    Scan scan;
    scan.last = request.after;
    std::size_t bytes = 0;
    std::size_t looked_at = 0;
    // Conflation needs all that is due to know what is the latest; a plain frame stops when full.
    const auto is_full = [&] {
        return !request.conflate &&
               (scan.chosen.size() >= limits::events_per_frame || bytes > limits::frame_bytes ||
                looked_at >= limits::entries_per_scan);
    };
    while (scan.last < head_.last && !is_full()) {
        const Offset next{scan.last.value() + 1};
        auto block = stream_.block_at(head_.epoch, next);
        if (!block) {
            if (scan.chosen.empty()) {
                return std::nullopt;
            }
            break;
        }
        auto index = next.value() - block->entries.front().offset.value();
        for (; index < block->entries.size() && scan.last < head_.last && !is_full(); ++index) {
            const StreamEntry& entry = block->entries[index];
            scan.last = entry.offset;
            ++looked_at;
            if (request.filter->accepts(entry) &&
                !(TICKSTOCK_MUTANT(21) && entry.offset.value() % 64 == 7)) {
                scan.chosen.push_back({block.get(), &entry});
                bytes += entry.body_length;
            }
        }
        scan.blocks.push_back(std::move(block));
    }
    if (request.conflate) {
        conflate(scan.chosen);
        if (cut_to_frame(scan.chosen)) {
            scan.last = scan.chosen.back().entry->offset;
        }
    }
    Slice slice;
    slice.last = scan.last;
    slice.events = scan.chosen.size();
    if (!scan.chosen.empty()) {
        slice.ts_pub = scan.chosen.front().entry->ts_pub;
        slice.text = std::make_shared<const std::string>(
            request.encoding == Encoding::Native ? native_text(head_.epoch, request.first, scan)
                                                 : sse_text(head_.epoch, scan));
        ++counts_.frames_built;
    }
    return slice;
}

void Fanout::remember(const Key& key, const Slice& slice) {
    cache_.emplace(key, slice);
    cache_order_.push_back(key);
    cache_bytes_ += slice.text ? slice.text->size() : 0;
    while (cache_bytes_ > cache_limit_bytes || cache_order_.size() > cache_limit_slices) {
        const auto oldest = cache_.find(cache_order_.front());
        cache_bytes_ -= oldest->second.text ? oldest->second.text->size() : 0;
        cache_.erase(oldest);
        cache_order_.pop_front();
    }
}

std::size_t Fanout::bytes_due(const Filter& filter, Offset& after) const {
    std::size_t bytes = 0;
    std::size_t looked_at = 0;
    while (after < head_.last && looked_at < limits::entries_per_scan) {
        const Offset next{after.value() + 1};
        const auto block = stream_.block_at(head_.epoch, next);
        if (!block) {
            after = head_.last;  // evicted: the gap will be told when the client reads again
            break;
        }
        for (auto index = next.value() - block->entries.front().offset.value();
             index < block->entries.size() && after < head_.last; ++index) {
            const StreamEntry& entry = block->entries[index];
            after = entry.offset;
            ++looked_at;
            bytes += filter.accepts(entry) ? entry.body_length : 0;
        }
    }
    return bytes;
}

bool Fanout::take_snapshot_slot() {
    if (snapshots_ == limits::snapshots_at_once) {
        return false;
    }
    ++snapshots_;
    return true;
}

void Fanout::free_snapshot_slot() {
    TS_ASSERT(snapshots_ > 0);
    --snapshots_;
}

}  // namespace tickstock
