#include "mock_vendor/rest_api.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>
#include <vector>

#include "base/json_writer.hpp"
#include "mock_vendor/rest_rows.hpp"

namespace tickstock {
namespace {

constexpr std::string_view trades_prefix = "/v3/trades/";
constexpr std::string_view quotes_prefix = "/v3/quotes/";
constexpr std::string_view bars_prefix = "/v2/aggs/ticker/";
constexpr std::string_view snapshot_path = "/v2/snapshot/locale/us/markets/stocks/tickers";

}  // namespace

RestApi::RestApi(const Tape& tape, std::string api_key)
    : tape_(tape), api_key_(std::move(api_key)) {}

std::string RestApi::next_request_id() {
    return fmt::format("{:032x}", ++requests_);
}

RestResponse RestApi::fail(unsigned status, std::string_view word, std::string_view key,
                           std::string_view message) {
    RestResponse response;
    response.status = status;
    JsonWriter(response.body)
        .begin_object()
        .key("status")
        .string(word)
        .key("request_id")
        .string(next_request_id())
        .key(key)
        .string(message)
        .end_object();
    return response;
}

RestResponse RestApi::bad_request(std::string_view message) {
    return fail(400, "ERROR", "error", message);
}

RestResponse RestApi::rejection(unsigned status) {
    return status == 429
               ? fail(429, "ERROR", "error",
                      "You've exceeded the maximum requests per minute, please wait or upgrade "
                      "your subscription to continue.")
               : fail(status, "ERROR", "error", "An unexpected error occurred.");
}

std::optional<RestResponse> RestApi::check_key(const RestRequest& request,
                                               const RestTarget& target) {
    constexpr std::string_view bearer = "Bearer ";
    std::string_view key = target.get("apiKey");
    if (request.authorization.starts_with(bearer)) {
        key = request.authorization.substr(bearer.size());
    }
    if (key.empty()) {
        return fail(401, "ERROR", "error", "API Key was not provided");
    }
    if (key != api_key_) {
        return fail(401, "ERROR", "error", "Unknown API Key");
    }
    return std::nullopt;
}

RestResponse RestApi::answer(const RestRequest& request, std::size_t passed) {
    const auto target = RestTarget::parse(request.target);
    if (!target) {
        return bad_request("the target's escapes are broken");
    }
    if (auto refused = check_key(request, *target)) {
        return std::move(*refused);
    }
    const std::string_view path = target->path;
    if (request.method != "GET") {
        return fail(405, "ERROR", "error", "method not allowed: GET only");
    }
    for (const bool trades : {true, false}) {
        const std::string_view prefix = trades ? trades_prefix : quotes_prefix;
        if (path.starts_with(prefix) && path.size() > prefix.size()) {
            return ticks(request, *target, path.substr(prefix.size()), trades, passed);
        }
    }
    if (path.starts_with(bars_prefix)) {
        return bars(request, *target, path.substr(bars_prefix.size()), passed);
    }
    if (path.starts_with(snapshot_path)) {
        const std::string_view rest = path.substr(snapshot_path.size());
        if (rest.empty() || (rest.size() > 1 && rest[0] == '/')) {
            return snapshot(*target, rest.empty() ? rest : rest.substr(1), passed);
        }
    }
    return fail(404, "NOT_FOUND", "error", fmt::format("nothing is at {}", path));
}

RestResponse RestApi::snapshot(const RestTarget& target, std::string_view ticker,
                               std::size_t passed) {
    RestResponse response;
    std::string& body = response.body;
    if (!ticker.empty()) {
        const SymbolId symbol = tape_.find(ticker);
        body = R"({"request_id":")" + next_request_id() + R"(","status":"OK","ticker":)";
        if (symbol == symbol_none || !append_snapshot_row(body, tape_, symbol, passed)) {
            return fail(404, "NotFound", "message", "Ticker not found.");
        }
        body.push_back('}');
        return response;
    }
    std::set<std::string_view> wanted;
    std::string_view list = target.get("tickers");
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        wanted.insert(list.substr(0, comma));
        list = comma == std::string_view::npos ? "" : list.substr(comma + 1);
    }
    std::string rows;
    std::size_t count = 0;
    for (std::uint32_t i = 0; i < tape_.symbol_count(); ++i) {
        const SymbolId symbol{i};
        if (!wanted.empty() && !wanted.contains(tape_.symbol(symbol))) {
            continue;
        }
        const std::size_t before = rows.size();
        if (count > 0) {
            rows.push_back(',');
        }
        if (append_snapshot_row(rows, tape_, symbol, passed)) {
            ++count;
        } else {
            rows.resize(before);
        }
    }
    body = fmt::format(R"({{"count":{},"request_id":"{}","status":"OK","tickers":[)", count,
                       next_request_id());
    body += rows + "]}";
    return response;
}

}  // namespace tickstock
