#include "publishing/event_archive.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace tickstock {
namespace {

constexpr std::size_t prefetch_most = 16;  // blocks asked for, beyond which nothing is prefetched

}  // namespace

EventArchive::EventArchive(const StoredStream& stored, SymbolNumbers& numbers, const Clock& clock,
                           Options options)
    : stored_(stored), numbers_(numbers), clock_(clock), options_(options) {}

const EventArchive::Unreadable* EventArchive::unreadable_at(std::string_view epoch,
                                                            Offset offset) const {
    const auto found = std::ranges::find_if(unreadable_, [&](const Unreadable& one) {
        return one.epoch == epoch && one.first <= offset && offset <= one.through &&
               clock_.monotonic() < one.until;
    });
    return found == unreadable_.end() ? nullptr : &*found;
}

EventArchive::Found EventArchive::find(std::string_view epoch, Offset offset) {
    using Status = Found::Status;
    if (offset == Offset{}) {
        return {};
    }
    Key key{std::string(epoch), number_of(offset)};
    bool is_new = false;
    {
        const std::lock_guard lock(mutex_);
        if (const auto known = by_key_.find(key); known != by_key_.end()) {
            const auto cached = known->second;
            const EventBlock& block = *cached->block;
            if (block.entries.front().offset <= offset && offset <= block.entries.back().offset) {
                wanted_bytes_ -= cached->is_wanted ? block.memory() : 0;
                cached->is_wanted = false;
                cached_.splice(cached_.begin(), cached_, cached);
                ++counts_.found;
                return {Status::Here, cached->block, {}};
            }
            if (offset > block.entries.back().offset) {
                forget(cached);  // read when the block was not whole yet
            }
        }
        if (const Unreadable* unreadable = unreadable_at(epoch, offset)) {
            return {Status::Unreadable, nullptr, unreadable->through};
        }
        const StreamRange range = stored_.range(epoch);
        if (offset < range.first || offset > range.last) {
            return {};
        }
        is_new = request(std::move(key), offset);
    }
    if (is_new && wake_) {
        wake_();
    }
    return {Status::Coming, nullptr, {}};
}

void EventArchive::prefetch(std::string_view epoch, Offset offset) {
    Key key{std::string(epoch), number_of(offset)};
    {
        const std::lock_guard lock(mutex_);
        if (requests_.size() >= prefetch_most || wanted_bytes_ * 2 >= options_.cache_bytes ||
            by_key_.contains(key) || unreadable_at(epoch, offset) != nullptr ||
            !request(std::move(key), offset)) {
            return;
        }
    }
    if (wake_) {
        wake_();
    }
}

bool EventArchive::request(Key key, Offset wanted) {
    if (!requested_.insert(key).second) {
        return false;
    }
    requests_.push_back({std::move(key), wanted});
    return true;
}

EventArchive::Piece EventArchive::piece_of(const Request& request) const {
    const std::uint64_t begin = request.key.number * block_events + 1;
    Piece piece{request.key.epoch, Offset{begin}, Offset{begin + block_events - 1}};
    const Nanos now = clock_.monotonic();
    for (const Unreadable& one : unreadable_) {
        if (one.epoch != piece.epoch || now >= one.until) {
            continue;
        }
        if (one.through < request.wanted) {
            piece.from = std::max(piece.from, Offset{one.through.value() + 1});
        }
        if (one.first > request.wanted) {
            piece.last = std::min(piece.last, Offset{one.first.value() - 1});
        }
    }
    const StreamRange range = stored_.range(piece.epoch);
    piece.from = std::max(piece.from, range.first);
    piece.last = std::min(piece.last, range.last);
    return piece;
}

Offset EventArchive::oldest(std::string_view epoch, Offset first) const {
    const StreamRange range = stored_.range(epoch);
    const bool reaches = range.first <= range.last && range.last.value() + 1 >= first.value();
    return reaches ? std::min(first, range.first) : first;
}

bool EventArchive::is_full(Nanos now) {
    if (wanted_bytes_ < options_.cache_bytes) {
        return false;
    }
    for (Cached& cached : cached_) {
        if (cached.is_wanted && now - cached.read_at >= hold_time) {
            cached.is_wanted = false;
            wanted_bytes_ -= cached.block->memory();
        }
    }
    return wanted_bytes_ >= options_.cache_bytes;
}

void EventArchive::forget(List::iterator cached) {
    const std::size_t bytes = cached->block->memory();
    cached_bytes_ -= bytes;
    wanted_bytes_ -= cached->is_wanted ? bytes : 0;
    by_key_.erase(cached->key);
    cached_.erase(cached);
}

void EventArchive::put(Key key, std::shared_ptr<const EventBlock> block) {
    const std::size_t bytes = block->memory();
    if (const auto known = by_key_.find(key); known != by_key_.end()) {
        forget(known->second);
    }
    cached_.push_front({key, std::move(block), true, clock_.monotonic()});
    by_key_.emplace(std::move(key), cached_.begin());
    cached_bytes_ += bytes;
    wanted_bytes_ += bytes;
    ++counts_.blocks_read;
    counts_.bytes_read += bytes;
    for (auto oldest = cached_.end(); cached_bytes_ > options_.cache_bytes;) {
        if (oldest == cached_.begin()) {
            break;  // all are wanted
        }
        --oldest;
        if (!oldest->is_wanted) {
            const auto gone = oldest++;
            forget(gone);
        }
    }
}

bool EventArchive::step() {
    Key key;
    Piece piece;
    {
        const std::lock_guard lock(mutex_);
        if (requests_.empty() || is_full(clock_.monotonic())) {
            return false;
        }
        piece = piece_of(requests_.front());
        key = std::move(requests_.front().key);
        requests_.pop_front();
    }
    auto block = read(piece);
    const auto failure = failure_at(key.epoch);
    if (failure) {
        cursor_.reset();
    }
    {
        const std::lock_guard lock(mutex_);
        requested_.erase(key);
        if (failure) {
            ++counts_.failed;
            const Nanos now = clock_.monotonic();
            std::erase_if(unreadable_, [&](const Unreadable& one) { return one.until <= now; });
            unreadable_.push_back(*failure);
        }
        if (block != nullptr) {
            put(std::move(key), std::move(block));
        }
    }
    if (listener_) {
        listener_();
    }
    return true;
}

std::shared_ptr<EventBlock> EventArchive::read(const Piece& piece) {
    if (piece.from > piece.last || !seek(piece)) {
        return nullptr;
    }
    auto block = std::make_shared<EventBlock>();
    while (cursor_->due() <= piece.last) {
        const auto part = cursor_->next(piece.last.value() - cursor_->due().value() + 1);
        if (part == nullptr) {
            break;
        }
        if (block->entries.empty()) {
            *block = std::move(*part);
            continue;
        }
        for (const StreamEntry& entry : part->entries) {  // a block of more than a mebibyte
            block->add(entry, part->body(entry));
        }
    }
    if (auto place = cursor_->place()) {
        places_.insert_or_assign(cursor_->due(), std::move(*place));
    }
    if (block->entries.empty()) {
        return nullptr;
    }
    numbers_.number(*block);
    return block;
}

/// Brings the cursor to piece.from, from the nearest place that was met before.
bool EventArchive::seek(const Piece& piece) {
    const auto& [epoch, from, last] = piece;
    if (places_epoch_ != epoch) {
        places_.clear();
        places_epoch_ = epoch;
        cursor_.reset();
    }
    if (cursor_ && cursor_->due() == from && cursor_->last() >= last && !cursor_->failure()) {
        return true;
    }
    const std::optional<Offset> first = stored_.file_first(epoch, from);
    if (!first) {
        return false;
    }
    places_.erase(places_.begin(), places_.lower_bound(stored_.range(epoch).first));
    const auto behind = places_.upper_bound(from);
    std::optional<StoredPlace> near;
    if (behind != places_.begin() && std::prev(behind)->first >= *first) {
        near = std::prev(behind)->second;
    }
    const Offset start = near ? near->offset : *first;
    cursor_ = stored_.read(epoch, start, std::move(near));
    while (cursor_->due() < from && !cursor_->failure()) {
        const Offset next{(number_of(cursor_->due()) + 1) * block_events + 1};
        cursor_->skip_to(std::min(next, from));
        if (auto place = cursor_->place()) {
            places_.insert_or_assign(cursor_->due(), std::move(*place));
        }
        if (cursor_->is_at_end()) {
            break;
        }
    }
    return cursor_->due() == from;
}

/// What the cursor's failure makes unreadable: from there on to the end of the file. Nothing when
/// the file is gone because its time is over.
std::optional<EventArchive::Unreadable> EventArchive::failure_at(const std::string& epoch) const {
    if (!cursor_ || !cursor_->failure()) {
        return std::nullopt;
    }
    const StreamRange range = stored_.range(epoch);
    const Offset at = cursor_->due();
    if (at < range.first || at > range.last) {
        return std::nullopt;
    }
    const auto next = stored_.next_file_first(epoch, at);
    return Unreadable{epoch, at, next ? Offset{next->value() - 1} : range.last,
                      clock_.monotonic() + retry_time};
}

EventArchive::Counts EventArchive::counts() const {
    const std::lock_guard lock(mutex_);
    Counts counts = counts_;
    counts.cached_bytes = cached_bytes_;
    counts.waiting = requests_.size();
    return counts;
}

}  // namespace tickstock
