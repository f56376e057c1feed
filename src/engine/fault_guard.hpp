#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <utility>
#include <vector>

#include "engine/set_aside.hpp"

namespace tickstock {

/// Runs the detectors of one lane so that what one throws ends there: it is set aside with its
/// reason, and the lane goes on. The detector's state stays as the failure left it; what it had
/// found before it failed stands. Costs nothing while nothing throws. One thread: the lane's.
class FaultGuard {
public:
    /// Kept until they are taken; more than so many are only counted.
    static constexpr std::size_t capacity = 1'024;

    explicit FaultGuard(ChannelType channel) : channel_(channel) {}

    /// What a call is about.
    struct Subject {
        SymbolId symbol;
        Sequence sequence;
        UnixNanos ts;
    };

    /// True when the call came to its end. `detector` lives for ever.
    template <class Call>
    bool run(const char* detector, const Subject& subject, Call&& call) {
        try {
            std::forward<Call>(call)();
            return true;
        } catch (const std::exception& failure) {
            set_aside(detector, subject, failure.what());
        } catch (...) {
            set_aside(detector, subject, "an exception of an unknown type");
        }
        return false;
    }

    /// Since the list was last emptied, by its taker.
    std::vector<SetAside>& list() { return list_; }

    std::uint64_t failures() const { return failures_; }

    void add_failures(std::uint64_t failures) { failures_ += failures; }

private:
    void set_aside(const char* detector, const Subject& subject, const char* reason) {
        ++failures_;
        if (list_.size() < capacity) {
            list_.push_back(
                {channel_, detector, subject.symbol, subject.sequence, subject.ts, reason});
        }
    }

    const ChannelType channel_;
    std::vector<SetAside> list_;
    std::uint64_t failures_ = 0;
};

}  // namespace tickstock
