#include "base/circuit_breaker.hpp"

#include "base/assert.hpp"
#include "base/mutant.hpp"

namespace tickstock {

CircuitBreaker::CircuitBreaker(const CircuitSettings& settings) : settings_(settings) {
    TS_ASSERT(settings.failures >= 1 && settings.open_for >= Nanos{0});
}

bool CircuitBreaker::allows(Nanos now) {
    poll(now);
    if (state_ == CircuitState::Closed) {
        return true;
    }
    const bool may_try =
        state_ == CircuitState::HalfOpen && (!trying_ || now - tried_at_ >= settings_.open_for);
    if (!may_try) {
        ++refused_;
        return false;
    }
    trying_ = true;
    tried_at_ = now;
    return true;
}

void CircuitBreaker::poll(Nanos now) {
    if (state_ == CircuitState::Open && now - opened_at_ >= settings_.open_for &&
        !TICKSTOCK_MUTANT(27)) {
        change(CircuitState::HalfOpen, now, "its time is over");
    }
}

void CircuitBreaker::after_success(Nanos now) {
    poll(now);
    if (state_ == CircuitState::Open) {
        return;
    }
    failures_in_row_ = 0;
    if (state_ == CircuitState::HalfOpen) {
        change(CircuitState::Closed, now, "a try succeeded");
    }
}

void CircuitBreaker::on_failure(Nanos now, std::string_view reason) {
    ++failures_;
    poll(now);
    if (state_ == CircuitState::Open) {
        return;
    }
    ++failures_in_row_;
    if (state_ == CircuitState::HalfOpen || failures_in_row_ >= settings_.failures) {
        ++trips_;
        opened_at_ = now;
        change(CircuitState::Open, now, reason);
    }
}

void CircuitBreaker::reset(Nanos now, std::string_view reason) {
    failures_in_row_ = 0;
    if (state_ != CircuitState::Closed) {
        change(CircuitState::Closed, now, reason);
    }
}

Nanos CircuitBreaker::retry_at() const {
    return state_ == CircuitState::Open ? opened_at_ + settings_.open_for : Nanos::max();
}

void CircuitBreaker::change(CircuitState to, Nanos now, std::string_view reason) {
    if (history_.size() == history_limit) {
        history_.erase(history_.begin());
    }
    history_.push_back({now, state_, to, std::string(reason)});
    ++changes_;
    state_ = to;
    trying_ = false;
}

}  // namespace tickstock
