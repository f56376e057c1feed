#include "server/frame_scan.hpp"

#include <unordered_map>
#include <utility>

#include "base/mutant.hpp"
#include "server/limits.hpp"

namespace tickstock {
namespace {

struct PairHash {
    std::size_t operator()(const std::pair<SymbolText, EventType>& key) const {
        return xxh64(key.first.view()) * 31 + static_cast<std::size_t>(key.second);
    }
};

}  // namespace

bool FrameScan::is_full() const {
    return !conflates_ && (events_ >= limits::events_per_frame || bytes_ > limits::frame_bytes ||
                           looked_at_ >= limits::entries_per_scan);
}

void FrameScan::take(const std::shared_ptr<const EventBlock>& block, Offset next, Offset head) {
    for (auto index = block->index_of(next);
         index < block->entries.size() && last_ < head && !is_full(); ++index) {
        const StreamEntry& entry = block->entries[index];
        last_ = entry.offset;
        ++looked_at_;
        if (filter_.accepts(entry) && !(TICKSTOCK_MUTANT(21) && entry.offset.value() % 64 == 7)) {
            accept(block, index);
        }
    }
}

void FrameScan::accept(const std::shared_ptr<const EventBlock>& block, std::size_t index) {
    ++events_;
    bytes_ += block->entries[index].body_length;
    if (!runs_.empty() && runs_.back().block == block && runs_.back().end == index) {
        ++runs_.back().end;
    } else {
        runs_.push_back({block, index, index + 1});
    }
}

std::vector<EventRun> FrameScan::take_runs() {
    if (conflates_ && events_ > 0) {
        keep_latest();
        cut_to_frame();
    }
    if (!runs_.empty()) {
        ts_pub_ = runs_.front().block->entries[runs_.front().begin].ts_pub;
        ts_received_ = runs_.front().block->ts_received;
    }
    return std::move(runs_);
}

/// Of each (symbol, type), in offset order.
void FrameScan::keep_latest() {
    std::unordered_map<std::pair<SymbolText, EventType>, Offset, PairHash> latest;
    const std::vector<EventRun> all = std::exchange(runs_, {});
    const auto for_all = [&all](auto call) {
        for (const EventRun& run : all) {
            for (std::size_t i = run.begin; i < run.end; ++i) {
                call(run.block, i, run.block->entries[i]);
            }
        }
    };
    for_all([&](const auto&, std::size_t, const StreamEntry& entry) {
        latest[{entry.symbol, entry.type}] = entry.offset;
    });
    events_ = 0;
    bytes_ = 0;
    for_all([&](const auto& block, std::size_t i, const StreamEntry& entry) {
        if (latest[{entry.symbol, entry.type}] == entry.offset) {
            accept(block, i);
        }
    });
}

void FrameScan::cut_to_frame() {
    const std::vector<EventRun> all = std::exchange(runs_, {});
    events_ = 0;
    bytes_ = 0;
    for (const EventRun& run : all) {
        for (std::size_t i = run.begin; i < run.end; ++i) {
            if (events_ == limits::events_per_frame || bytes_ > limits::frame_bytes) {
                last_ = runs_.back().block->entries[runs_.back().end - 1].offset;
                return;
            }
            accept(run.block, i);
        }
    }
}

}  // namespace tickstock
