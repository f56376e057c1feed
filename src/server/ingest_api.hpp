#pragma once

#include <functional>

#include "server/http.hpp"
#include "server/ingest_desk.hpp"
#include "server/target.hpp"

namespace tickstock {

/// POST /api/v1/ingest by someone who may: what is wrong with the request as a whole, or a task
/// that reads the body and answers when the journal has its rows. `is_stopping` is asked once the
/// body is there; `desk` and it outlive the task.
HttpAnswer answer_ingest(const HttpRequest& request, const Target& target, std::string user,
                         IngestDesk& desk, std::function<bool()> is_stopping);

}  // namespace tickstock
