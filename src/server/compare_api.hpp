#pragma once

#include <functional>

#include "auth/identity.hpp"
#include "inspection/configuration_comparer.hpp"
#include "server/http.hpp"
#include "server/target.hpp"

namespace tickstock {

/// GET, POST and DELETE /api/v1/compare: what other settings would have given beside those that
/// run. `comparer` null = 503; else it outlives the answer. `newest` = the engine's last sequence,
/// 0 = not known. `post` runs a task on the I/O thread. I/O thread.
HttpAnswer compare_answer(const HttpRequest& request, const Target& target,
                          const Identity& identity, ConfigurationComparer* comparer,
                          std::uint64_t newest, std::function<void(std::function<void()>)> post);

}  // namespace tickstock
