// GET /v2/aggs/ticker/{ticker}/range/1/{second|minute}/{from}/{to}.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/json_writer.hpp"
#include "mock_vendor/rest_api.hpp"
#include "mock_vendor/rest_rows.hpp"

namespace tickstock {

RestResponse RestApi::bars(const RestRequest& request, const RestTarget& target,
                           std::string_view path, std::size_t passed) {
    // TICKER/range/1/minute/FROM/TO
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t slash = path.find('/');
        parts.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) {
            break;
        }
        path.remove_prefix(slash + 1);
    }
    if (parts.size() != 6 || parts[1] != "range") {
        return fail(404, "NOT_FOUND", "error",
                    "expected /v2/aggs/ticker/TICKER/range/1/minute/FROM/TO");
    }
    const bool minute = parts[3] == "minute";
    if (parts[2] != "1" || (!minute && parts[3] != "second")) {
        return bad_request("this server has bars of 1 minute and 1 second only");
    }
    const auto from = parse_aggs_bound(parts[4], false);
    const auto to = parse_aggs_bound(parts[5], true);
    if (!from || !to) {
        return bad_request("from and to must be dates YYYY-MM-DD or times in milliseconds");
    }
    if (*to < *from) {
        return bad_request("from must not be after to");
    }
    std::size_t limit = 5000;
    if (const auto text = target.get("limit");
        !text.empty() && (!parse_number(text, limit) || limit == 0 || limit > 50'000)) {
        return bad_request("limit must be a number from 1 to 50000");
    }
    // The last word about each bar: one told again replaces the one before.
    std::vector<const Bar*> found;
    const SymbolId symbol = tape_.find(parts[0]);
    if (symbol != symbol_none) {
        for (const std::uint32_t index : tape_.records_of(symbol)) {
            if (index >= passed) {
                break;
            }
            const Record& record = tape_[index];
            const UnixNanos t = record.header().ts_event;
            if (record.kind() == RecordKind::Bar && t >= *from && t <= *to &&
                record.bar().timeframe == (minute ? Timeframe::Minute1 : Timeframe::Second1)) {
                found.push_back(&record.bar());
            }
        }
    }
    const auto start = [](const Bar* bar) { return bar->header.ts_event; };
    std::stable_sort(found.begin(), found.end(),
                     [&](const Bar* a, const Bar* b) { return start(a) < start(b); });
    std::vector<const Bar*> rows;
    for (const Bar* bar : found) {
        if (!rows.empty() && start(rows.back()) == start(bar)) {
            rows.back() = bar;
        } else {
            rows.push_back(bar);
        }
    }
    const bool descending = target.get("sort") == "desc";
    if (descending) {
        std::reverse(rows.begin(), rows.end());
    }
    const bool more = rows.size() > limit;
    RestResponse response;
    std::string& body = response.body;
    const std::size_t count = std::min(limit, rows.size());
    body = R"({"ticker":)";
    JsonWriter(body).string(parts[0]);
    body += fmt::format(R"(,"queryCount":{},"resultsCount":{},"adjusted":true,"results":[)", count,
                        count);
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) {
            body.push_back(',');
        }
        append_bar_row(body, *rows[i]);
    }
    body +=
        fmt::format(R"(],"status":"OK","request_id":"{}","count":{})", next_request_id(), count);
    if (more) {
        // A time in ms is a bound of its own, so the next page is a request of the same form.
        const std::string edge = std::to_string(unix_millis(start(rows[count])));
        body += fmt::format(R"(,"next_url":"{}{}{}/range/1/{}/{}/{}?limit={}&sort={}")",
                            request.base_url, "/v2/aggs/ticker/", parts[0], parts[3],
                            descending ? std::to_string(unix_millis(*from)) : edge,
                            descending ? edge : std::to_string(unix_millis(*to)), limit,
                            descending ? "desc" : "asc");
    }
    body.push_back('}');
    return response;
}

}  // namespace tickstock
