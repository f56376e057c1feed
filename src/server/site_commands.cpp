// The part of Site that hands to the engine what a person asks of it.

#include <chrono>
#include <utility>

#include "server/commands_api.hpp"
#include "server/control_pages.hpp"
#include "server/rollout_api.hpp"
#include "server/site.hpp"

namespace tickstock {
namespace {

constexpr Nanos command_wait = std::chrono::seconds(10);

}  // namespace

HttpAnswer Site::answer_control(const Asked& asked, const ControlRoute& route) const {
    if (asked.is_read) {
        return control_page(route, asked.target, parts_.status().get());
    }
    if (!asked.target.query.empty()) {
        return error_response(ErrorCode::BadRequest, "a command takes no parameters, but a body");
    }
    if (const auto no = body_refusal(route, asked.request)) {
        return error_response(no->code, no->message);
    }
    return command_task("api", [this, route, method = asked.request.method](std::string_view body) {
        return parse_command(route, method, body, parts_.status().get());
    });
}

/// A change of the rollout: the audit says whose.
HttpAnswer Site::answer_rollout(const Asked& asked) const {
    if (!asked.target.query.empty()) {
        return error_response(ErrorCode::BadRequest, "a command takes no parameters, but a body");
    }
    if (const auto no = rollout_refusal(asked.request)) {
        return error_response(no->code, no->message);
    }
    std::string what = asked.target.path.substr(asked.target.path.rfind('/') + 1);
    return command_task("api:" + asked.identity.user,
                        [this, what = std::move(what)](std::string_view body) {
                            return parse_rollout_command(what, body, parts_.status().get());
                        });
}

/// Hands what is asked to the engine, and answers when the journal has the decision.
HttpAnswer Site::command_task(std::string by, ParseCommand parse) const {
    StartTask task;
    task.patience = command_wait;
    task.on_timeout =
        "the engine did not answer in time; it may still do what was asked, see "
        "/api/v1/decisions";
    task.run = [this, by = std::move(by), parse = std::move(parse)](std::string_view body,
                                                                    Respond respond) {
        auto command = parse(body);
        if (!command.ok()) {
            respond(error_response(command.error().code, command.error().message));
            return;
        }
        if (is_stopping_ || parts_.commands == nullptr) {
            respond(error_response(ErrorCode::NotReady, is_stopping_
                                                            ? "the server stops"
                                                            : "no engine takes commands here"));
            return;
        }
        // The engine calls this on its thread; the connection, even the server, may be gone then.
        const bool is_posted = parts_.commands->post(
            {std::move(command).value(), by, [post = parts_.post, respond](CommandAnswer answer) {
                 post([respond, answer = std::move(answer)] { respond(command_response(answer)); });
             }});
        if (!is_posted) {
            respond(error_response(ErrorCode::Busy,
                                   "the engine takes no command now: too many wait, or it stops"));
        }
    };
    return task;
}

}  // namespace tickstock
