#include "coordination/loser_log.hpp"

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

}  // namespace tickstock
