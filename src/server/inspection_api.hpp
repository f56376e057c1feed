#pragma once

#include <functional>
#include <string_view>

#include "inspection/inspector.hpp"
#include "server/http.hpp"
#include "server/target.hpp"

namespace tickstock {

/// GET /api/v1/symbols/{symbol}/candles and /trace. `inspector` null = 503; else it outlives the
/// answer. `post` runs a task on the I/O thread. I/O thread.
HttpAnswer candles_answer(std::string_view symbol, const Target& target, Inspector* inspector,
                          std::function<void(std::function<void()>)> post);
HttpAnswer trace_answer(std::string_view symbol, const Target& target, Inspector* inspector,
                        std::function<void(std::function<void()>)> post);

}  // namespace tickstock
