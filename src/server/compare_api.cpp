#include "server/compare_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/json_writer.hpp"
#include "server/codes.hpp"
#include "server/json_value.hpp"

namespace tickstock {
namespace {

using Kind = JsonValue::Kind;
using Post = std::function<void(std::function<void()>)>;

constexpr std::size_t reason_bytes = 200;
constexpr std::size_t settings_at_most = 50;
/// A long journal is read ahead once before it begins.
constexpr Nanos patience = std::chrono::seconds(60);

bool is_plain(std::string_view text) {
    return std::ranges::none_of(text, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F;
    });
}

/// Empty = read.
std::string read_settings(const JsonValue& settings, std::map<std::string, std::string>& into) {
    for (std::size_t i = 0; i < settings.names.size(); ++i) {
        const JsonValue& value = settings.items[i];
        switch (value.kind) {
            case Kind::Boolean: into[settings.names[i]] = value.boolean ? "true" : "false"; break;
            case Kind::Number:
            case Kind::String: into[settings.names[i]] = value.text; break;
            default:
                return fmt::format("\"{}\" must be a number, a text, true or false",
                                   settings.names[i].substr(0, 64));
        }
    }
    return {};
}

Result<ConfigurationComparer::Request> parse_request(std::string_view body, std::string by) {
    const auto json = parse_json(body);
    if (!json || json->kind != Kind::Object) {
        return Error{
            R"(the body must be {"settings":{"NAME":VALUE,…},"reason":"why"} with names such as "high_low.min_price_change")"};
    }
    for (const std::string& name : json->names) {
        if (name != "settings" && name != "reason") {
            return Error{fmt::format("the body has no member \"{}\"; accepted: settings, reason",
                                     name.substr(0, 64))};
        }
    }
    const JsonValue* const settings = json->find("settings");
    if (settings == nullptr || settings->kind != Kind::Object || settings->names.empty() ||
        settings->names.size() > settings_at_most) {
        return Error{fmt::format("\"settings\" must be an object with 1 to {} settings by name",
                                 settings_at_most)};
    }
    const JsonValue* const reason = json->find("reason");
    if (reason == nullptr || reason->kind != Kind::String || reason->text.empty() ||
        reason->text.size() > reason_bytes || !is_plain(reason->text)) {
        return Error{fmt::format(
            "\"reason\" must be a text of 1 to {} bytes without control characters", reason_bytes)};
    }
    ConfigurationComparer::Request request{{}, std::move(by), reason->text};
    if (std::string problem = read_settings(*settings, request.settings); !problem.empty()) {
        return Error{std::move(problem)};
    }
    return request;
}

HttpResponse done_response(std::string_view text) {
    std::string body;
    JsonWriter json(body);
    json.begin_object().key("done").boolean(true).key("text").string(text).end_object();
    return json_response(std::move(body));
}

HttpResponse started_response(const std::optional<Error>& error) {
    return error ? error_response(ErrorCode::BadRequest, error->message)
                 : done_response("the comparison runs; it first reads what the journal has");
}

StartTask start_task(ConfigurationComparer& comparer, std::string by, Post post) {
    StartTask task;
    task.patience = patience;
    task.on_timeout = "the comparison has not begun yet: look at GET /api/v1/compare";
    task.run = [&comparer, by = std::move(by), post = std::move(post)](std::string_view body,
                                                                       const Respond& respond) {
        auto request = parse_request(body, by);
        if (!request) {
            respond(error_response(ErrorCode::BadRequest, request.error().message));
            return;
        }
        // The connection, even the server, may be gone when the answer comes.
        const bool is_taken =
            comparer.start(std::move(*request), [post, respond](const std::optional<Error>& error) {
                post([respond, error] { respond(started_response(error)); });
            });
        if (!is_taken) {
            respond(error_response(ErrorCode::Refused,
                                   "a comparison runs already: end it with DELETE first"));
        }
    };
    return task;
}

}  // namespace

HttpAnswer compare_answer(const HttpRequest& request, const Target& target,
                          const Identity& identity, ConfigurationComparer* comparer,
                          std::uint64_t newest, Post post) {
    if (!target.query.empty()) {
        return error_response(ErrorCode::BadRequest, "this path takes no parameters");
    }
    if (comparer == nullptr) {
        return error_response(ErrorCode::NotReady, "no journal is kept here");
    }
    if (request.method == "DELETE") {
        return comparer->stop()
                   ? done_response("the comparison has ended; what it found stays to be read")
                   : error_response(ErrorCode::Refused, "no comparison runs");
    }
    if (request.method != "POST") {
        return json_response(comparer->status(newest));
    }
    if (!is_json_type(request.content_type)) {
        return error_response(ErrorCode::UnsupportedMediaType,
                              "the body must have Content-Type: application/json");
    }
    if (!request.has_length) {
        return error_response(ErrorCode::LengthRequired, "a body with a Content-Length is needed");
    }
    return start_task(*comparer, "api:" + identity.user, std::move(post));
}

}  // namespace tickstock
