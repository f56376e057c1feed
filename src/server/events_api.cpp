#include "server/events_api.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "base/json_writer.hpp"
#include "server/event_page.hpp"
#include "server/limits.hpp"

namespace tickstock {
namespace {

/// Gives what `read` gives as soon as it gives something: at once, or when the disk has delivered.
HttpAnswer answer_when_read(Fanout& fanout, std::function<std::optional<HttpResponse>()> read) {
    if (auto response = read()) {
        return std::move(*response);
    }
    StartTask task;
    task.reads_body = false;
    task.run = [&fanout, read = std::move(read)](std::string_view, const Respond& respond) {
        fanout.when_disk_delivers([read, respond] {
            auto response = read();
            if (response) {
                respond(std::move(*response));
            }
            return response.has_value();
        });
    };
    return task;
}

HttpResponse bad_parameter(std::string_view message) {
    return error_response(ErrorCode::BadRequest, message);
}

}  // namespace

HttpAnswer events_page(const Target& target, Fanout& fanout, std::string_view user) {
    auto request = parse_subscription_query(target, "limit,until");
    if (!request.ok()) {
        return error_response(request.error().code, request.error().message);
    }
    if (target.value("user_filters")) {
        return bad_parameter("a page takes no \"user_filters\": a user's filters hold for streams");
    }
    EventPage::Request wanted;
    const auto limit = parse_unsigned(target.value("limit").value_or("100"));
    if (!limit || *limit < 1 || *limit > limits::events_per_frame) {
        return bad_parameter("parameter \"limit\" must be an integer from 1 to 1000");
    }
    wanted.limit = static_cast<std::size_t>(*limit);
    if (const auto until = target.value("until")) {
        wanted.until = parse_position(*until);
        if (!wanted.until) {
            return bad_parameter("parameter \"until\" must be epoch:offset");
        }
    }
    if (request.value().interval > Nanos{0}) {
        return bad_parameter("parameter \"interval_ms\" is for /api/v1/events/stream");
    }
    if (const auto error = fanout.resolve(request.value().filter, user)) {
        return error_response(error->code, error->message);
    }
    if (request.value().since.kind == Since::Kind::From) {
        wanted.since = request.value().since.position;
    }
    fanout.refresh();
    auto page = std::make_shared<EventPage>(
        fanout, fanout.filters().compile(std::move(request).value().filter), std::move(wanted));
    return answer_when_read(fanout, [page]() -> std::optional<HttpResponse> {
        return page->read() ? std::optional(json_response(page->json())) : std::nullopt;
    });
}

HttpAnswer symbol_page(std::string_view symbol, Fanout& fanout) {
    auto page = std::make_shared<SymbolPage>(fanout, symbol);
    return answer_when_read(fanout, [page]() -> std::optional<HttpResponse> {
        if (!page->read()) {
            return std::nullopt;
        }
        return page->is_empty()
                   ? error_response(ErrorCode::NotFound, "no event of this symbol is kept")
                   : json_response(page->json());
    });
}

}  // namespace tickstock
