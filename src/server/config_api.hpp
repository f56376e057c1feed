#pragma once

#include <functional>

#include "auth/identity.hpp"
#include "server/config_desk.hpp"
#include "server/http.hpp"

namespace tickstock {

/// GET and PATCH /api/v1/config. `desk` null = 503; else it outlives the answer. `post` runs a task
/// on the I/O thread. I/O thread, as are the next two.
HttpAnswer config_answer(const HttpRequest& request, const Identity& identity, ConfigDesk* desk,
                         std::function<void(std::function<void()>)> post);

/// POST /api/v1/config/reload.
HttpAnswer config_reload_answer(const Identity& identity, ConfigDesk* desk,
                                std::function<void(std::function<void()>)> post);

/// GET /api/v1/config/schema: the JSON Schema of tickstock.json.
HttpResponse config_schema_page();

}  // namespace tickstock
