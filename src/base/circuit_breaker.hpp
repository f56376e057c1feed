#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/circuit_state.hpp"
#include "base/time.hpp"

namespace tickstock {

struct CircuitSettings {
    unsigned failures = 5;                      ///< in a row until it opens; ≥ 1
    Nanos open_for = std::chrono::seconds(60);  ///< until the next try
};

/// Gives up on something that keeps failing, and tries it again after a while:
///
///     closed --`failures` in a row--> open --`open_for` over--> half-open --success--> closed
///                                      ^------------failure-------'
///
/// Outcomes told while it is open (of work begun before) are counted and change nothing. One
/// thread. Times are monotonic and never go back; nothing here reads a clock.
class CircuitBreaker {
public:
    static constexpr std::size_t history_limit = 20;

    struct Change {
        Nanos at{0};  ///< monotonic
        CircuitState from = CircuitState::Closed;
        CircuitState to = CircuitState::Closed;
        std::string reason;
    };

    explicit CircuitBreaker(const CircuitSettings& settings = {});

    /// May it be tried now? Half-open lets one try through at a time; a try whose outcome nobody
    /// has told for `open_for` is given up and another one is let through. A no is counted.
    bool allows(Nanos now);

    void on_success(Nanos now) {
        ++successes_;
        if (failures_in_row_ != 0 || state_ != CircuitState::Closed) {
            after_success(now);
        }
    }
    /// `reason` is kept when this opens the circuit.
    void on_failure(Nanos now, std::string_view reason);

    /// Lets time pass without a try: open becomes half-open when it is due.
    void poll(Nanos now);
    /// Closes it, whatever was: what it stood for was begun anew.
    void reset(Nanos now, std::string_view reason);

    CircuitState state() const { return state_; }
    /// Monotonic time at which an open circuit becomes half-open; Nanos::max() otherwise.
    Nanos retry_at() const;
    unsigned failures_in_row() const { return failures_in_row_; }

    std::uint64_t trips() const { return trips_; }  ///< times it opened, from half-open too
    std::uint64_t successes() const { return successes_; }
    std::uint64_t failures() const { return failures_; }
    std::uint64_t refused() const { return refused_; }  ///< no's of allows()
    std::uint64_t changes() const { return changes_; }  ///< of state, ever
    /// The newest changes, oldest first.
    const std::vector<Change>& history() const { return history_; }

private:
    void after_success(Nanos now);
    void change(CircuitState to, Nanos now, std::string_view reason);

    CircuitSettings settings_;
    CircuitState state_ = CircuitState::Closed;
    unsigned failures_in_row_ = 0;
    bool trying_ = false;  // half-open: a try is under way, since tried_at_
    Nanos opened_at_{0};
    Nanos tried_at_{0};
    std::uint64_t trips_ = 0;
    std::uint64_t successes_ = 0;
    std::uint64_t failures_ = 0;
    std::uint64_t refused_ = 0;
    std::uint64_t changes_ = 0;
    std::vector<Change> history_;
};

}  // namespace tickstock
