#include "server/http_head.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/beast/http/status.hpp>
#include <ctime>
#include <optional>

namespace tickstock {
namespace {

namespace http = boost::beast::http;

/// Status line and headers, ready to send. `length`: nothing = until the connection ends.
std::string head_text(unsigned status, std::string_view content_type,
                      std::optional<std::size_t> length, bool keep_alive, const Clock& clock) {
    const auto reason = http::obsolete_reason(static_cast<http::status>(status));
    const std::time_t now = unix_second(clock.wall());
    std::string text =
        fmt::format("HTTP/1.1 {} {}\r\nDate: {:%a, %d %b %Y %H:%M:%S} GMT\r\n", status,
                    std::string_view(reason.data(), reason.size()), fmt::gmtime(now));
    if (!content_type.empty()) {
        text += fmt::format("Content-Type: {}\r\n", content_type);
    }
    if (length) {
        text += fmt::format("Content-Length: {}\r\n", *length);
    }
    text += keep_alive ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
    for (const auto& [name, value] : security_headers()) {
        text += fmt::format("{}: {}\r\n", name, value);
    }
    return text;
}

}  // namespace

std::string response_head(const HttpResponse& response, bool keep_alive, const Clock& clock) {
    std::string text = head_text(response.status, response.content_type, response.payload().size(),
                                 keep_alive, clock);
    for (const auto& [name, value] : response.headers) {
        text += fmt::format("{}: {}\r\n", name, value);
    }
    return text + "\r\n";
}

std::string sse_head(const Clock& clock,
                     const std::vector<std::pair<std::string, std::string>>& headers) {
    std::string text = head_text(200, "text/event-stream", std::nullopt, false, clock) +
                       "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n";
    for (const auto& [name, value] : headers) {
        text += fmt::format("{}: {}\r\n", name, value);
    }
    return text + "\r\n";
}

}  // namespace tickstock
