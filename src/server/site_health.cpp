// Site: /healthz, for who restarts the process, and /readyz, for who sends it clients.

#include "base/json_writer.hpp"
#include "server/readiness.hpp"
#include "server/site.hpp"

namespace tickstock {

/// Alive: no thread hangs that would be restarted for it. One that waits for the disk is no such.
HttpResponse Site::health_page() const {
    const auto stalled = stalled_threads(parts_.info.watchdog);
    if (stalled.empty()) {
        return text_response("ok\n");
    }
    std::string text;
    for (const std::string& one : stalled) {
        text += one + '\n';
    }
    return text_response(std::move(text), 503);
}

std::vector<std::string> Site::what_is_missing(const EngineStatus* status) const {
    auto missing = missing_for_ready(status, is_stopping_);
    // What a thread that hangs has told last is no more true.
    for (std::string& one : stalled_threads(parts_.info.watchdog)) {
        missing.push_back(std::move(one));
    }
    return missing;
}

HttpResponse Site::ready_page() const {
    const auto missing = what_is_missing(parts_.status().get());
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("ready").boolean(missing.empty());
    json.key("missing").begin_array();
    for (const std::string& one : missing) {
        json.string(one);
    }
    json.end_array().end_object();
    return json_response(std::move(text), missing.empty() ? 200 : 503);
}

}  // namespace tickstock
