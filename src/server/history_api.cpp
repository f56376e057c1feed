#include "server/history_api.hpp"

#include <memory>
#include <string>
#include <utility>

#include "server/codes.hpp"

namespace tickstock {
namespace {

HttpResponse queue_is_full() {
    HttpResponse response = error_response(
        ErrorCode::QueueFull, "too many questions to the history wait already: ask again later");
    response.headers.emplace_back("Retry-After", random_retry_after());
    return response;
}

HttpResponse response_of(HistoryReader::Answer answer) {
    return answer.ok() ? json_response(std::move(answer).value())
                       : error_response(ErrorCode::StorageUnavailable, answer.error().message);
}

}  // namespace

HttpAnswer history_answer(HistoryKind kind, const Target& target, UnixNanos now,
                          HistoryReader* reader, std::function<void(std::function<void()>)> post) {
    auto request = parse_history_request(kind, target.query, now);
    if (!request.ok()) {
        return error_response(ErrorCode::BadRequest, request.error().message());
    }
    if (reader == nullptr) {
        return error_response(ErrorCode::StorageUnavailable,
                              "no history is kept here: storage.url is off");
    }
    StartTask task;
    task.reads_body = false;
    task.on_timeout = "the history's database did not answer in time: ask for a shorter time range";
    task.run = [reader, post = std::move(post), request = std::move(request).value()](
                   std::string_view, const Respond& respond) {
        // The connection, even the server, may be gone when the answer comes.
        const bool is_asked = reader->ask(request, [post, respond](HistoryReader::Answer answer) {
            post([respond, response = response_of(std::move(answer))]() mutable {
                respond(std::move(response));
            });
        });
        if (!is_asked) {
            respond(queue_is_full());
        }
    };
    return task;
}

}  // namespace tickstock
