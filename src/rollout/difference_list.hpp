#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "rollout/rollout_status.hpp"

namespace tickstock {

/// The newest differences of the two paths, numbered. Bounded. Its copy for other threads is made
/// when somebody asks for it, at most once a change.
class DifferenceList {
public:
    /// `limit`: how many are kept.
    void add(std::vector<PathDifference> differences, std::size_t limit) {
        for (PathDifference& difference : differences) {
            difference.number = ++total_;
            kept_.push_back(std::move(difference));
        }
        while (kept_.size() > limit) {
            kept_.pop_front();
        }
        copy_.reset();
    }

    std::uint64_t total() const { return total_; }
    /// Oldest first; never changed.
    std::shared_ptr<const std::vector<PathDifference>> copy() const {
        if (!copy_) {
            copy_ = std::make_shared<const std::vector<PathDifference>>(kept_.begin(), kept_.end());
        }
        return copy_;
    }

private:
    std::deque<PathDifference> kept_;  // oldest first
    std::uint64_t total_ = 0;
    mutable std::shared_ptr<const std::vector<PathDifference>> copy_;  // null = to be made
};

}  // namespace tickstock
