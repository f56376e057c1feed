#pragma once

#include <string>
#include <utility>
#include <variant>

#include "base/assert.hpp"

namespace tickstock {

/// A start-up or configuration error, ready to show: it names file, line, key, value and what is
/// accepted.
struct Error {
    std::string message;
};

/// A value or the reason why there is none. For failures that are expected; programmers' errors
/// are assertions. (std::expected does not compile with -std=c++20 on GCC 12.)
template <class T, class E = Error>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() & {
        TS_ASSERT(ok());
        return std::get<0>(state_);
    }
    const T& value() const& {
        TS_ASSERT(ok());
        return std::get<0>(state_);
    }
    T&& value() && {
        TS_ASSERT(ok());
        return std::get<0>(std::move(state_));
    }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const E& error() const {
        TS_ASSERT(!ok());
        return std::get<1>(state_);
    }

private:
    std::variant<T, E> state_;
};

}  // namespace tickstock
