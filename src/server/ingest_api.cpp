#include "server/ingest_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/json_writer.hpp"
#include "server/position.hpp"

namespace tickstock {
namespace {

constexpr Nanos answer_wait = std::chrono::seconds(30);
constexpr std::string_view full_retry_after = "1";  // seconds; the queue empties in much less
constexpr std::array<std::string_view, 3> row_types{"application/x-ndjson", "application/ndjson",
                                                    "text/plain"};

struct Numbering {
    std::string client;
    std::uint64_t first = 0;
};

std::string lower_type(std::string_view content_type) {
    std::string type(content_type.substr(0, content_type.find(';')));
    while (type.ends_with(' ') || type.ends_with('\t')) {
        type.pop_back();
    }
    std::ranges::transform(type, type.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return type;
}

Result<Numbering, ProtocolError> parse_numbering(const Target& target) {
    const auto bad = [](std::string message) {
        return ProtocolError{ErrorCode::BadRequest, std::move(message), {}};
    };
    for (std::size_t i = 0; i < target.query.size(); ++i) {
        const std::string& name = target.query[i].first;
        if (name != "client" && name != "sequence") {
            return bad(fmt::format("no parameter \"{}\"; accepted: client, sequence",
                                   std::string_view(name).substr(0, 64)));
        }
        if (std::any_of(target.query.begin(), target.query.begin() + static_cast<std::ptrdiff_t>(i),
                        [&](const auto& other) { return other.first == name; })) {
            return bad(fmt::format("the parameter \"{}\" stands twice", name));
        }
    }
    const auto client = target.value("client");
    const auto sequence = target.value("sequence");
    if (client.has_value() != sequence.has_value()) {
        return bad(
            fmt::format("\"{}\" is missing: client and sequence go together, or are both "
                        "left out",
                        client ? "sequence" : "client"));
    }
    Numbering numbering;
    if (!client) {
        return numbering;
    }
    if (!is_ingest_client(*client)) {
        return bad(fmt::format("\"client\" accepts {}", accepted_ingest_client));
    }
    const auto number = parse_unsigned(*sequence);
    if (!number || !is_ingest_number(*number)) {
        return bad(fmt::format("\"sequence\", the number of the first row, accepts {}",
                               accepted_ingest_number));
    }
    return Numbering{std::string(*client), *number};
}

/// What must hold before the body is read; nothing = read on.
std::optional<ProtocolError> head_refusal(const HttpRequest& request) {
    if (!request.has_length) {
        return ProtocolError{
            ErrorCode::LengthRequired, "a body is needed, with Content-Length or chunked", {}};
    }
    if (!request.content_encoding.empty() && lower_type(request.content_encoding) != "identity") {
        return ProtocolError{ErrorCode::UnsupportedMediaType,
                             "a body with Content-Encoding is not read; send it as it is",
                             {}};
    }
    if (std::ranges::find(row_types, lower_type(request.content_type)) == row_types.end()) {
        return ProtocolError{
            ErrorCode::UnsupportedMediaType,
            fmt::format("rows must have one of the Content-Types {}", fmt::join(row_types, ", ")),
            {}};
    }
    return std::nullopt;
}

HttpResponse result_response(const PushResult& result) {
    if (result.code == PushResult::Code::Stopping) {
        return error_response(ErrorCode::NotReady, push_stops());
    }
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    write_push_result(json, result);
    json.end_object();
    return json_response(std::move(text));
}

HttpResponse full_response() {
    HttpResponse response = error_response(
        ErrorCode::QueueFull, "source.push.queue_bytes of rows wait already; nothing was taken");
    response.headers.emplace_back("Retry-After", full_retry_after);
    return response;
}

}  // namespace

HttpAnswer answer_ingest(const HttpRequest& request, const Target& target, std::string user,
                         IngestDesk& desk, std::function<bool()> is_stopping) {
    if (!desk.has_queue()) {
        desk.counts().count(IngestResult::Stopped);
        return error_response(ErrorCode::NotReady, no_push_source());
    }
    const auto invalid = [&desk](const ProtocolError& error) {
        desk.counts().count(IngestResult::Invalid);
        return error_response(error.code, error.message);
    };
    if (const auto refused = head_refusal(request)) {
        return invalid(*refused);
    }
    auto numbering = parse_numbering(target);
    if (!numbering.ok()) {
        return invalid(numbering.error());
    }
    StartTask task;
    task.body_limit = limits::ingest_body_bytes;
    task.patience = answer_wait;
    task.on_timeout =
        "the journal did not take the rows in time; it may still do so: send them again with the "
        "same client and sequence";
    task.run = [&desk, user = std::move(user), numbering = std::move(numbering).value(),
                is_stopping = std::move(is_stopping)](std::string_view body, Respond respond) {
        const auto taken = is_stopping()
                               ? PushQueue::Taken::Stopped
                               : desk.submit({user, numbering.client, numbering.first, body},
                                             [respond](const PushResult& result) {
                                                 respond(result_response(result));
                                             });
        if (taken == PushQueue::Taken::Full) {
            desk.counts().count(IngestResult::Full);
            respond(full_response());
        } else if (taken == PushQueue::Taken::Stopped) {
            desk.counts().count(IngestResult::Stopped);
            respond(error_response(ErrorCode::NotReady, push_stops()));
        }
    };
    return task;
}

}  // namespace tickstock
