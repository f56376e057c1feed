#pragma once

#include <string>

#include "base/clock.hpp"
#include "server/http.hpp"

namespace tickstock {

/// Status line and headers of an answer with a known length, ready to send.
std::string response_head(const HttpResponse& response, bool keep_alive, const Clock& clock);

/// The same of a Server-Sent Events answer, which ends with its connection.
std::string sse_head(const Clock& clock,
                     const std::vector<std::pair<std::string, std::string>>& headers);

}  // namespace tickstock
