#include "server/config_api.hpp"

#include <memory>
#include <utility>

#include "config/reference.hpp"
#include "server/codes.hpp"

namespace tickstock {
namespace {

using Post = std::function<void(std::function<void()>)>;

/// Hands the desk's answer to the I/O thread. The connection, even the server, may be gone then.
ConfigDesk::Done to_client(Post post, Respond respond) {
    return [post = std::move(post), respond = std::move(respond)](ConfigDesk::Answer answer) {
        post([respond, response = json_response(std::move(answer.body), answer.status)]() mutable {
            respond(std::move(response));
        });
    };
}

HttpResponse busy() {
    HttpResponse response = error_response(
        ErrorCode::Busy, "too many questions about settings wait already: ask again later");
    response.headers.emplace_back("Retry-After", random_retry_after());
    return response;
}

/// Who, in the log and in the decision.
std::string asker(const Identity& identity) {
    return "api:" + identity.user;
}

StartTask make_task(bool reads_body) {
    StartTask task;
    task.reads_body = reads_body;
    task.on_timeout =
        "the engine did not answer in time; it may still take the change: look at /api/v1/config";
    return task;
}

HttpResponse no_desk() {
    return error_response(ErrorCode::NotReady, "this server does not show its settings");
}

}  // namespace

HttpAnswer config_answer(const HttpRequest& request, const Identity& identity, ConfigDesk* desk,
                         Post post) {
    if (desk == nullptr) {
        return no_desk();
    }
    if (request.method != "PATCH") {
        StartTask task = make_task(false);
        task.run = [desk, post = std::move(post)](std::string_view, const Respond& respond) {
            if (!desk->show(to_client(post, respond))) {
                respond(busy());
            }
        };
        return task;
    }
    if (!is_json_type(request.content_type)) {
        return error_response(ErrorCode::UnsupportedMediaType,
                              "the body must have Content-Type: application/json");
    }
    if (!request.has_length) {
        return error_response(ErrorCode::LengthRequired, "a body with a Content-Length is needed");
    }
    StartTask task = make_task(true);
    task.run = [desk, post = std::move(post), by = asker(identity)](std::string_view body,
                                                                    const Respond& respond) {
        if (!desk->change(std::string(body), by, to_client(post, respond))) {
            respond(busy());
        }
    };
    return task;
}

HttpAnswer config_reload_answer(const Identity& identity, ConfigDesk* desk, Post post) {
    if (desk == nullptr) {
        return no_desk();
    }
    StartTask task = make_task(false);
    task.run = [desk, post = std::move(post), by = asker(identity)](std::string_view,
                                                                    const Respond& respond) {
        if (!desk->reload(by, to_client(post, respond))) {
            respond(busy());
        }
    };
    return task;
}

HttpResponse config_schema_page() {
    static const std::string schema = config_json_schema();
    return json_response(schema);
}

}  // namespace tickstock
