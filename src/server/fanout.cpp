#include "server/fanout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/assert.hpp"
#include "base/json_writer.hpp"
#include "base/mutant.hpp"
#include "server/frame_scan.hpp"
#include "server/limits.hpp"

namespace tickstock {
namespace {

constexpr std::size_t cache_limit_bytes = 8 * 1024 * 1024;
constexpr std::size_t cache_limit_slices = 4096;
constexpr Nanos universes_interval = std::chrono::milliseconds(100);
constexpr std::size_t names_in_message = 20;

}  // namespace

Fanout::Fanout(const EventStream& stream, const Clock& clock)
    : stream_(stream), clock_(clock), head_(stream.range()), oldest_(head_.first) {}

void Fanout::set_archive(EventArchive* archive) {
    archive_ = archive;
    refresh();
}

void Fanout::set_universes(const UniverseCatalog* catalog) {
    filters_ = FilterTable(catalog);
}

void Fanout::refresh() {
    head_ = stream_.range();
    oldest_ = archive_ == nullptr ? head_.first : archive_->oldest(head_.epoch, head_.first);
    if (const Nanos now = clock_.monotonic(); now >= universes_due_) {
        universes_due_ = now + universes_interval;
        filters_.refresh_universes();
    }
}

std::optional<ProtocolError> Fanout::resolve(FilterSpec& spec, std::string_view user) const {
    const UniverseCatalog* catalog = filters_.catalog();
    for (std::string& name : spec.universes) {
        if (catalog == nullptr) {
            return ProtocolError{ErrorCode::UniversesUnavailable,
                                 "named symbol sets are not offered by this server; list the "
                                 "symbols",
                                 {}};
        }
        if (auto key = catalog->resolve(user, name)) {
            name = std::move(*key);
            continue;
        }
        const std::vector<std::string> names = catalog->names(user);
        const std::size_t shown = std::min(names.size(), names_in_message);
        return ProtocolError{
            ErrorCode::UnknownUniverse,
            fmt::format(
                "no universe \"{}\"; there {}", name,
                names.empty()
                    ? "are none"
                    : fmt::format(
                          "are {}{}",
                          fmt::join(names.begin(),
                                    names.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
                          shown < names.size() ? ", …" : "")),
            {}};
    }
    return std::nullopt;
}

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

EventArchive::Found Fanout::block_at(const std::string& epoch, Offset offset) const {
    using Status = EventArchive::Found::Status;
    if (auto block = stream_.block_at(epoch, offset)) {
        return {Status::Here, std::move(block), {}};
    }
    return archive_ == nullptr ? EventArchive::Found{} : archive_->find(epoch, offset);
}

void Fanout::forget_all() {
    cache_.clear();
    cache_order_.clear();
    cache_bytes_ = 0;
    cache_epoch_ = head_.epoch;
}

std::optional<Slice> Fanout::read(const SliceRequest& request) {
    TS_ASSERT(request.after < head_.last);
    if (cache_epoch_ != head_.epoch) {
        forget_all();
    }
    // A scan that ends before the head is the same wherever the head stands.
    const std::uint64_t reach = request.after.value() + limits::entries_per_scan;
    const Key key{request.filter->number(),
                  request.first.value(),
                  request.after.value(),
                  request.conflate ? head_.last.value() : std::min(head_.last.value(), reach),
                  request.encoding,
                  request.conflate};
    if (const auto known = cache_.find(key); known != cache_.end()) {
        ++counts_.frames_shared;
        return known->second;
    }
    auto slice = build(request);
    if (!slice) {
        refresh();
        return std::nullopt;
    }
    if (!slice->is_pending && slice->unreadable_through == Offset{}) {
        remember(key, *slice);
    }
    return slice;
}

std::optional<Slice> Fanout::build(const SliceRequest& request) {
    using Status = EventArchive::Found::Status;
    FrameScan scan(*request.filter, request.after, request.conflate);
    Slice slice;
    while (scan.last() < head_.last && !scan.is_full()) {
        const Offset next{scan.last().value() + 1};
        EventArchive::Found found = block_at(head_.epoch, next);
        if (found.status == Status::Coming) {
            slice.is_pending = true;
            break;
        }
        if (found.status == Status::Unreadable) {
            slice.unreadable_through = std::min(found.through, Offset{head_.first.value() - 1});
            break;
        }
        if (found.status == Status::Gone) {
            if (scan.last() == request.after) {
                return std::nullopt;
            }
            break;
        }
        const bool is_archived = next < head_.first;
        scan.take(found.block, next, head_.last);
        if (is_archived) {
            if (scan.last().value() + 1 < head_.first.value()) {
                archive_->prefetch(head_.epoch, Offset{scan.last().value() + 1});
            }
            if (request.conflate && scan.looked_at() >= limits::entries_per_scan) {
                break;  // how far the head is does not bound the work of one turn
            }
        }
    }
    auto runs = scan.take_runs();
    slice.last = scan.last();
    slice.events = scan.events();
    slice.ts_pub = scan.ts_pub();
    slice.ts_received = scan.ts_received();
    if (slice.events > 0) {
        encode(request, std::move(runs), slice);
    }
    return slice;
}

void Fanout::encode(const SliceRequest& request, std::vector<EventRun> runs, Slice& slice) {
    if (request.encoding == Encoding::Sse) {
        std::string text;
        for (const EventRun& run : runs) {
            for (std::size_t i = run.begin; i < run.end; ++i) {
                const Offset offset = run.block->entries[i].offset;
                text += "id: " + head_.epoch + ':' + std::to_string(offset.value()) + "\ndata: ";
                text += run.block->wire(i);
                text += "\n\n";
            }
        }
        slice.body = std::make_shared<const FrameBody>(std::move(text));
    } else {
        std::string begin;
        JsonWriter json(begin);
        begin += "\"epoch\":";
        json.string(head_.epoch);
        begin += ",\"first\":" + std::to_string(request.first.value());
        begin += ",\"last\":" + std::to_string(slice.last.value());
        begin += ",\"events\":[";
        slice.body = std::make_shared<const FrameBody>(std::move(begin), runs, "]}");
    }
    ++counts_.frames_built;
    counts_.frames_gathered += slice.body->is_gathered() ? 1U : 0U;
}

void Fanout::remember(const Key& key, const Slice& slice) {
    cache_.emplace(key, slice);
    cache_order_.push_back(key);
    cache_bytes_ += slice.body ? slice.body->size() : 0;
    while (cache_bytes_ > cache_limit_bytes || cache_order_.size() > cache_limit_slices) {
        const auto oldest = cache_.find(cache_order_.front());
        cache_bytes_ -= oldest->second.body ? oldest->second.body->size() : 0;
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
            after = head_.last;  // evicted: it is far behind, and the write's age will tell
            break;
        }
        for (auto index = block->index_of(next);
             index < block->entries.size() && after < head_.last; ++index) {
            const StreamEntry& entry = block->entries[index];
            after = entry.offset;
            ++looked_at;
            bytes += filter.accepts(entry) ? entry.body_length : 0;
        }
    }
    return bytes;
}

void Fanout::disk_delivers() {
    auto waiting = std::exchange(waiting_, {});
    std::erase_if(waiting, [](const std::function<bool()>& call) { return call(); });
    waiting_.insert(waiting_.end(), std::make_move_iterator(waiting.begin()),
                    std::make_move_iterator(waiting.end()));
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
