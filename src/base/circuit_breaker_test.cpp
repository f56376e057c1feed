#include "base/circuit_breaker.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace tickstock {
namespace {

using std::chrono::seconds;

CircuitSettings three_in_a_row() {
    return {3, seconds(60)};
}

CircuitBreaker opened_at(Nanos now) {
    CircuitBreaker circuit(three_in_a_row());
    for (int i = 0; i < 3; ++i) {
        circuit.on_failure(now, "broken");
    }
    return circuit;
}

TEST(CircuitBreaker, OpensAfterFailuresInARowAndNotBefore) {
    CircuitBreaker circuit(three_in_a_row());
    circuit.on_failure(seconds(1), "a");
    circuit.on_failure(seconds(1), "b");
    circuit.on_success(seconds(1));
    circuit.on_failure(seconds(1), "c");
    circuit.on_failure(seconds(2), "d");
    EXPECT_EQ(circuit.state(), CircuitState::Closed);
    EXPECT_TRUE(circuit.allows(seconds(2)));
    circuit.on_failure(seconds(3), "e");
    EXPECT_EQ(circuit.state(), CircuitState::Open);
    EXPECT_FALSE(circuit.allows(seconds(3)));
    EXPECT_EQ(circuit.trips(), 1U);
    EXPECT_EQ(circuit.refused(), 1U);
    EXPECT_EQ(circuit.failures(), 5U);
    EXPECT_EQ(circuit.successes(), 1U);
    EXPECT_EQ(circuit.retry_at(), seconds(63));
    ASSERT_EQ(circuit.history().size(), 1U);
    EXPECT_EQ(circuit.history()[0].at, seconds(3));
    EXPECT_EQ(circuit.history()[0].to, CircuitState::Open);
    EXPECT_EQ(circuit.history()[0].reason, "e");
}

TEST(CircuitBreaker, HalfOpenLetsOneTryThrough) {
    CircuitBreaker circuit = opened_at(seconds(0));
    EXPECT_FALSE(circuit.allows(seconds(60) - Nanos(1)));
    EXPECT_TRUE(circuit.allows(seconds(60)));
    EXPECT_EQ(circuit.state(), CircuitState::HalfOpen);
    EXPECT_EQ(circuit.retry_at(), Nanos::max());
    EXPECT_FALSE(circuit.allows(seconds(61)));
    circuit.on_success(seconds(62));
    EXPECT_EQ(circuit.state(), CircuitState::Closed);
    EXPECT_TRUE(circuit.allows(seconds(62)));
    EXPECT_EQ(circuit.failures_in_row(), 0U);
}

TEST(CircuitBreaker, AFailedTryOpensItForTheWholeTimeAgain) {
    CircuitBreaker circuit = opened_at(seconds(0));
    EXPECT_TRUE(circuit.allows(seconds(70)));
    circuit.on_failure(seconds(71), "still broken");
    EXPECT_EQ(circuit.state(), CircuitState::Open);
    EXPECT_EQ(circuit.trips(), 2U);
    EXPECT_FALSE(circuit.allows(seconds(130)));
    EXPECT_TRUE(circuit.allows(seconds(131)));
}

TEST(CircuitBreaker, ATryThatNobodyAnswersIsGivenUp) {
    CircuitBreaker circuit = opened_at(seconds(0));
    EXPECT_TRUE(circuit.allows(seconds(60)));
    EXPECT_FALSE(circuit.allows(seconds(119)));
    EXPECT_TRUE(circuit.allows(seconds(120)));
}

TEST(CircuitBreaker, OutcomesOfEarlierWorkChangeNothingWhileItIsOpen) {
    CircuitBreaker circuit = opened_at(seconds(0));
    circuit.on_success(seconds(10));
    circuit.on_failure(seconds(50), "late");
    EXPECT_EQ(circuit.state(), CircuitState::Open);
    EXPECT_EQ(circuit.retry_at(), seconds(60));
    EXPECT_EQ(circuit.trips(), 1U);
}

TEST(CircuitBreaker, PollLetsTimePassAndResetCloses) {
    CircuitBreaker circuit = opened_at(seconds(0));
    circuit.poll(seconds(60));
    EXPECT_EQ(circuit.state(), CircuitState::HalfOpen);
    EXPECT_TRUE(circuit.allows(seconds(60)));
    circuit.reset(seconds(61), "begun anew");
    EXPECT_EQ(circuit.state(), CircuitState::Closed);
    EXPECT_EQ(circuit.history().back().reason, "begun anew");
    const auto changes = circuit.changes();
    circuit.reset(seconds(62), "again");
    EXPECT_EQ(circuit.changes(), changes);
}

TEST(CircuitBreaker, KeepsTheNewestTwentyChanges) {
    CircuitBreaker circuit({1, seconds(1)});
    for (int i = 0; i < 15; ++i) {
        circuit.on_failure(seconds(2 * i), "failure " + std::to_string(i));
        EXPECT_TRUE(circuit.allows(seconds(2 * i + 1)));
    }
    EXPECT_EQ(circuit.changes(), 30U);
    ASSERT_EQ(circuit.history().size(), CircuitBreaker::history_limit);
    EXPECT_EQ(circuit.history().front().reason, "failure 5");
    EXPECT_EQ(circuit.history().back().to, CircuitState::HalfOpen);
}

/// The same rules, from the whole list of what happened so far.
struct NaiveCircuit {
    enum class Step { Allows, Success, Failure };
    std::vector<std::pair<Nanos, Step>> past;

    /// State just before anything happens at `now`.
    CircuitState state_at(Nanos now) const {
        CircuitState state = CircuitState::Closed;
        Nanos opened{0};
        unsigned row = 0;
        const auto pass_to = [&](Nanos at) {
            if (state == CircuitState::Open && at >= opened + seconds(60)) {
                state = CircuitState::HalfOpen;
            }
        };
        for (const auto& [at, step] : past) {
            pass_to(at);
            if (step == Step::Allows || state == CircuitState::Open) {
                continue;
            }
            row = step == Step::Success ? 0 : row + 1;
            if (step == Step::Success) {
                state = CircuitState::Closed;
            } else if (state == CircuitState::HalfOpen || row >= 3) {
                state = CircuitState::Open;
                opened = at;
            }
        }
        pass_to(now);
        return state;
    }
};

RC_GTEST_PROP(CircuitBreakerProperty, IsAsTheListOfWhatHappenedSays,
              (const std::vector<std::pair<std::uint8_t, std::uint8_t>>& steps)) {
    CircuitBreaker circuit(three_in_a_row());
    NaiveCircuit naive;
    Nanos now{0};
    for (const auto& [kind, wait] : steps) {
        now += seconds(wait % 32);
        circuit.poll(now);
        const CircuitState expected = naive.state_at(now);
        RC_ASSERT(circuit.state() == expected);
        // Failures are likelier, so that it opens often.
        const auto step = kind % 8 == 0   ? NaiveCircuit::Step::Allows
                          : kind % 8 <= 2 ? NaiveCircuit::Step::Success
                                          : NaiveCircuit::Step::Failure;
        switch (step) {
            case NaiveCircuit::Step::Allows: {
                const bool allowed = circuit.allows(now);
                RC_ASSERT(expected != CircuitState::Closed || allowed);
                RC_ASSERT(expected != CircuitState::Open || !allowed);
                break;
            }
            case NaiveCircuit::Step::Success: circuit.on_success(now); break;
            case NaiveCircuit::Step::Failure: circuit.on_failure(now, ""); break;
        }
        naive.past.emplace_back(now, step);
        RC_ASSERT(circuit.state() == naive.state_at(now));
    }
}

}  // namespace
}  // namespace tickstock
