#pragma once

// Assertions for programmers' errors. On in every build, release included: a broken invariant must
// stop the process before it publishes something false.

namespace tickstock {

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace tickstock

#define TS_ASSERT(expression)            \
    ((expression) ? static_cast<void>(0) \
                  : ::tickstock::assertion_failed(#expression, __FILE__, __LINE__))
