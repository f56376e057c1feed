#pragma once

#include <cstdint>
#include <vector>

#include "base/time.hpp"

namespace tickstock {

/// Picks, again and again, the run with the earliest head; of equal ones the run with the lowest
/// number. A binary heap of the runs' heads.
class RunHeap {
public:
    /// Run `run` has a next record at `head`. Call once a run at the begin.
    void push(UnixNanos head, std::uint32_t run);

    bool empty() const { return heap_.empty(); }
    /// REQUIRES: !empty().
    std::uint32_t top() const { return heap_.front().run; }
    /// The run of top() goes on with a record at `head`.
    void replace_top(UnixNanos head);
    /// The run of top() has ended.
    void pop();

private:
    struct Head {
        UnixNanos time;
        std::uint32_t run;
        bool before(const Head& other) const {
            return time != other.time ? time < other.time : run < other.run;
        }
    };
    void sift_down();

    std::vector<Head> heap_;
};

}  // namespace tickstock
