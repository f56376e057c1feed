#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/event.hpp"

namespace tickstock {

/// A detection that waits for its window's end.
struct Held {
    Detection detection;
    bool conflicting = false;  ///< counted as a conflict when it came

    template <class Archive>
    void archive(Archive& a) {
        a(detection, conflicting);
    }
};

/// The detections of the windows that hold something. Few windows do at a time, so their lists are
/// shared by all keys and reused; no allocation once grown.
class HeldLists {
public:
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    /// A free, empty list.
    std::uint32_t take() {
        if (free_.empty()) {
            lists_.emplace_back();
            return static_cast<std::uint32_t>(lists_.size() - 1);
        }
        const std::uint32_t slot = free_.back();
        free_.pop_back();
        return slot;
    }
    void give_back(std::uint32_t slot) {
        lists_[slot].clear();
        free_.push_back(slot);
    }
    std::vector<Held>& at(std::uint32_t slot) { return lists_[slot]; }
    const std::vector<Held>& at(std::uint32_t slot) const { return lists_[slot]; }

    /// All that is held, list by list.
    template <class Use>
    void for_each(Use use) const {
        for (const std::vector<Held>& list : lists_) {  // free ones are empty
            std::for_each(list.begin(), list.end(), use);
        }
    }

private:
    std::vector<std::vector<Held>> lists_;
    std::vector<std::uint32_t> free_;
};

}  // namespace tickstock
