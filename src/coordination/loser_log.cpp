#include "coordination/loser_log.hpp"

#include <algorithm>
#include <tuple>

#include "base/assert.hpp"

namespace tickstock {

void LoserLog::add(const Loser& loser) {
    if (collecting_) {
        collected_.push_back(loser);
    }
    if (ring_.size() < limit_) {
        ring_.push_back(loser);
    } else if (limit_ > 0) {
        ring_[next_] = loser;
        next_ = (next_ + 1) % limit_;
    }
}

std::vector<Loser> LoserLog::newest() const {
    const auto oldest = ring_.begin() + static_cast<std::ptrdiff_t>(next_);
    std::vector<Loser> losers(oldest, ring_.end());
    losers.insert(losers.end(), ring_.begin(), oldest);
    return losers;
}

void LoserLog::drain(std::vector<Loser>& out) {
    TS_ASSERT(collecting_);
    out.insert(out.end(), collected_.begin(), collected_.end());
    collected_.clear();
}

void LoserLog::add(StateReader& in) {
    std::vector<Loser> others;
    in(others);
    if (!in.ok() || others.empty()) {
        return;
    }
    const auto moment = [](const Loser& loser) {
        return std::tie(loser.key.fire, loser.key.sequence, loser.key.phase);
    };
    // Each keeps its own order, in which a moment may stand out of its place.
    const std::vector<Loser> mine = newest();
    std::vector<Loser> all;
    all.reserve(std::max(limit_, mine.size() + others.size()));
    auto other = others.begin();
    for (const Loser& loser : mine) {
        while (other != others.end() && moment(*other) < moment(loser)) {
            all.push_back(*other++);
        }
        all.push_back(loser);
    }
    all.insert(all.end(), other, others.end());
    if (all.size() > limit_) {
        all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(limit_));
    }
    ring_ = std::move(all);
    next_ = 0;
}

}  // namespace tickstock
