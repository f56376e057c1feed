#include "server/inspection_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "model/symbol.hpp"
#include "server/codes.hpp"
#include "server/position.hpp"

namespace tickstock {
namespace {

constexpr std::array<std::uint64_t, 6> intervals{1, 5, 15, 60, 300, 3600};
constexpr std::uint64_t max_limit = 1000;
/// More than the inspector's own, so that its sentence comes first.
constexpr Nanos patience = std::chrono::seconds(25);

/// A bad parameter's sentence; empty = all are good.
using Problem = std::string;

Problem bad(std::string_view name, std::string_view accepted) {
    return fmt::format("parameter \"{}\" must be {}", name, accepted);
}

Problem unknown(std::string_view name, std::string_view accepted) {
    return fmt::format("parameter \"{}\" is unknown: accepted are {}", name.substr(0, 64),
                       accepted);
}

Problem read(const Target& target, CandleRequest& request) {
    for (const auto& [name, value] : target.query) {
        const auto number = parse_unsigned(value);
        if (name == "interval") {
            if (!number || std::ranges::find(intervals, *number) == intervals.end()) {
                return bad(name, "1, 5, 15, 60, 300 or 3600 (seconds)");
            }
            request.interval_seconds = static_cast<std::int64_t>(*number);
        } else if (name == "limit") {
            if (!number || *number < 1 || *number > max_limit) {
                return bad(name, "an integer from 1 to 1000");
            }
            request.limit = *number;
        } else if (name == "since") {
            constexpr std::uint64_t latest = 4'102'444'800;  // 2100
            if (!number || *number > latest) {
                return bad(name, "seconds since 1970");
            }
            request.since = static_cast<std::int64_t>(*number);
        } else {
            return unknown(name, "interval, limit and since");
        }
    }
    return "";
}

Problem read(const Target& target, TraceRequest& request) {
    for (const auto& [name, value] : target.query) {
        const auto number = parse_unsigned(value);
        if (name == "limit") {
            if (!number || *number < 1 || *number > max_limit) {
                return bad(name, "an integer from 1 to 1000");
            }
            request.limit = *number;
        } else if (name == "from" || name == "to") {
            if (!number || *number < 1) {
                return bad(name, "a sequence of the journal, from 1");
            }
            (name == "from" ? request.from : request.to) = *number;
        } else {
            return unknown(name, "limit, from and to");
        }
    }
    if (request.to != 0 && request.from > request.to) {
        return bad("from", "at most \"to\"");
    }
    return "";
}

HttpResponse queue_is_full() {
    HttpResponse response = error_response(
        ErrorCode::QueueFull, "too many questions to the journal wait already: ask again later");
    response.headers.emplace_back("Retry-After", random_retry_after());
    return response;
}

HttpResponse response_of(Result<std::string> answer) {
    return answer.ok() ? json_response(std::move(answer).value())
                       : error_response(ErrorCode::NotReady, answer.error().message);
}

/// `ask(request, done)`: one of the inspector's questions.
template <class Request, class Ask>
HttpAnswer answer_later(std::string_view symbol, const Target& target, Inspector* inspector,
                        std::function<void(std::function<void()>)> post, Ask ask) {
    Request request;
    if (!SymbolText::is_valid(symbol)) {
        return error_response(ErrorCode::BadRequest,
                              "a symbol has 1 to 16 printable ASCII characters");
    }
    request.symbol = symbol;
    if (const Problem problem = read(target, request); !problem.empty()) {
        return error_response(ErrorCode::BadRequest, problem);
    }
    if (inspector == nullptr) {
        return error_response(ErrorCode::NotReady, "no journal is kept here");
    }
    StartTask task;
    task.reads_body = false;
    task.patience = patience;
    task.on_timeout = "the journal could not be read in time: ask for less, or again later";
    task.run = [inspector, post = std::move(post), request = std::move(request), ask](
                   std::string_view, const Respond& respond) {
        // The connection, even the server, may be gone when the answer comes.
        const bool is_asked = ask(*inspector, request, [post, respond](Result<std::string> answer) {
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

}  // namespace

HttpAnswer candles_answer(std::string_view symbol, const Target& target, Inspector* inspector,
                          std::function<void(std::function<void()>)> post) {
    return answer_later<CandleRequest>(
        symbol, target, inspector, std::move(post),
        [](Inspector& to, const CandleRequest& request, Inspector::Done done) {
            return to.candles(request, std::move(done));
        });
}

HttpAnswer trace_answer(std::string_view symbol, const Target& target, Inspector* inspector,
                        std::function<void(std::function<void()>)> post) {
    return answer_later<TraceRequest>(
        symbol, target, inspector, std::move(post),
        [](Inspector& to, const TraceRequest& request, Inspector::Done done) {
            return to.trace(request, std::move(done));
        });
}

}  // namespace tickstock
