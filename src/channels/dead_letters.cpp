#include "channels/dead_letters.hpp"

#include <algorithm>
#include <iterator>

namespace tickstock {

void DeadLetters::merge(const DeadLetters& other) {
    std::deque<DeadLetter> both;
    std::merge(newest_.begin(), newest_.end(), other.newest_.begin(), other.newest_.end(),
               std::back_inserter(both),
               [](const DeadLetter& a, const DeadLetter& b) { return a.sequence < b.sequence; });
    newest_ = std::move(both);
    total_ += other.total_;
    cut();
}

}  // namespace tickstock
