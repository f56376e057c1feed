#include "channels/parked_items.hpp"

#include <algorithm>
#include <cstring>

namespace tickstock {

void ParkedItems::push(const ParkedItem& item) {
    records_ += item.note.session_only ? 0 : 1;
    if (store_ == nullptr || (spilled() == 0 && tail_.empty() && front_.size() < memory_limit_)) {
        front_.push_back(item);
        return;
    }
    tail_.push_back(item);
    if (tail_.size() % chunk == 0) {
        spill_tail();
    }
}

/// Writes the newest items out; when the store refuses they stay, and are tried again with the
/// next chunk.
void ParkedItems::spill_tail() {
    while (!tail_.empty()) {
        const std::size_t count = std::min(tail_.size(), chunk);
        std::vector<char> bytes(count * sizeof(ParkedItem));
        for (std::size_t i = 0; i < count; ++i) {
            std::memcpy(bytes.data() + i * sizeof(ParkedItem), &tail_[i], sizeof(ParkedItem));
        }
        const auto written = store_->append(bytes);
        if (!written) {
            spill_refusal_ = written.error().message;
            return;
        }
        spill_refusal_.clear();
        spill_end_ += count;
        tail_.erase(tail_.begin(), tail_.begin() + static_cast<std::ptrdiff_t>(count));
    }
}

std::vector<ParkedItem> ParkedItems::read_chunk(std::size_t at, std::size_t end) {
    const std::size_t count = std::min(end - at, chunk);
    std::vector<char> bytes(count * sizeof(ParkedItem));
    const auto read = store_->read(at * sizeof(ParkedItem), bytes);
    if (!read) {
        failure_ = read.error().message;
        return {};
    }
    std::vector<ParkedItem> items(count);
    for (std::size_t i = 0; i < count; ++i) {
        std::memcpy(&items[i], bytes.data() + i * sizeof(ParkedItem), sizeof(ParkedItem));
    }
    return items;
}

/// Fills the empty front from what comes after it.
void ParkedItems::refill() {
    if (spilled() != 0) {
        for (const ParkedItem& item : read_chunk(spill_begin_, spill_end_)) {
            front_.push_back(item);
        }
        spill_begin_ += front_.size();
        if (spilled() == 0) {
            store_->clear();
            spill_begin_ = 0;
            spill_end_ = 0;
        }
        return;
    }
    front_.swap(tail_);
}

std::optional<ParkedItem> ParkedItems::pop() {
    std::deque<ParkedItem>& from = sessions_.empty() ? front_ : sessions_;
    if (from.empty()) {
        refill();
        if (from.empty()) {
            return std::nullopt;
        }
    }
    const ParkedItem item = from.front();
    from.pop_front();
    records_ -= item.note.session_only ? 0 : 1;
    return item;
}

std::size_t ParkedItems::drop_oldest(std::size_t count) {
    std::size_t dropped = 0;
    while (dropped < count && records_ != 0) {
        if (front_.empty()) {
            refill();
            if (front_.empty()) {
                break;
            }
        }
        ParkedItem item = front_.front();
        front_.pop_front();
        if (!item.note.session_only) {
            ++dropped;
            --records_;
        }
        if (item.note.session_only || item.note.enters_session) {
            item.note.session_only = true;
            sessions_.push_back(item);
        }
    }
    return dropped;
}

std::vector<Sequence> ParkedItems::oldest(std::size_t count) const {
    std::vector<Sequence> sequences;
    for (const ParkedItem& item : front_) {
        if (sequences.size() == count) {
            break;
        }
        if (!item.note.session_only) {
            sequences.push_back(item.record.header().sequence);
        }
    }
    return sequences;
}

void ParkedItems::clear() {
    sessions_.clear();
    front_.clear();
    tail_.clear();
    if (store_ != nullptr) {
        store_->clear();
    }
    spill_begin_ = 0;
    spill_end_ = 0;
    records_ = 0;
    spill_refusal_.clear();
    failure_.clear();
}

void ParkedItems::save(StateWriter& out, std::size_t from, std::size_t count) {
    const std::size_t all = size();
    from = std::min(from, all);
    count = std::min(count, all - from);
    out(static_cast<std::uint64_t>(count));
    // Each part is written from where `from` falls into it; what is left is the later parts'.
    const auto part = [&](const std::deque<ParkedItem>& items) {
        for (; from < items.size() && count != 0; ++from, --count) {
            out(items[from]);
        }
        from -= std::min(from, items.size());
    };
    part(sessions_);
    part(front_);
    const std::size_t in_store = spilled();
    while (from < in_store && count != 0) {
        const auto items = read_chunk(spill_begin_ + from, spill_end_);
        if (items.empty()) {
            return;  // failure() says why; the snapshot is of no use, and load() will say so
        }
        for (std::size_t i = 0; i < items.size() && count != 0; ++i, ++from, --count) {
            out(items[i]);
        }
    }
    from -= std::min(from, in_store);
    part(tail_);
}

void ParkedItems::load(StateReader& in) {
    for_each(in, [this](const ParkedItem& item) { push(item); });
}

}  // namespace tickstock
