// GET /v3/trades/{ticker} and /v3/quotes/{ticker}.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "mock_vendor/rest_api.hpp"
#include "mock_vendor/rest_rows.hpp"

namespace tickstock {
namespace {

/// Which rows a request of ticks wants; a cursor is the same with the place of the next row.
struct TickQuery {
    UnixNanos from = UnixNanos::min();  ///< inclusive
    UnixNanos to = UnixNanos::max();    ///< exclusive
    bool descending = true;
    std::size_t limit = 1000;
    std::optional<std::size_t> next;  ///< record index
};

std::string cursor_text(const TickQuery& query) {
    return fmt::format("{}.{}.{}.{}.{}", *query.next, query.descending ? 'd' : 'a', query.limit,
                       to_ns(query.from), to_ns(query.to));
}

std::optional<TickQuery> parse_cursor(std::string_view text) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t dot = text.find('.');
        parts.push_back(text.substr(0, dot));
        if (dot == std::string_view::npos) {
            break;
        }
        text.remove_prefix(dot + 1);
    }
    TickQuery query;
    std::size_t next = 0;
    std::int64_t from = 0;
    std::int64_t to = 0;
    if (parts.size() != 5 || !parse_number(parts[0], next) ||
        !parse_number(parts[2], query.limit) || !parse_number(parts[3], from) ||
        !parse_number(parts[4], to) || query.limit == 0 || query.limit > 50'000) {
        return std::nullopt;
    }
    query.next = next;
    query.descending = parts[1] == "d";
    query.from = unix_nanos(from);
    query.to = unix_nanos(to);
    return query;
}

/// The query, or what is wrong with it.
Result<TickQuery> parse_tick_query(const RestTarget& target) {
    if (const auto cursor = target.get("cursor"); !cursor.empty()) {
        auto query = parse_cursor(cursor);
        return query ? Result<TickQuery>(*query) : Error{"invalid cursor"};
    }
    TickQuery query;
    for (const auto& [name, value] : target.query) {
        if (name == "apiKey" || name == "sort") {
            if (name == "sort" && value != "timestamp") {
                return Error{"sort must be timestamp"};
            }
            continue;
        }
        if (name == "order") {
            if (value != "asc" && value != "desc") {
                return Error{"order must be asc or desc"};
            }
            query.descending = value == "desc";
            continue;
        }
        if (name == "limit") {
            if (!parse_number(std::string_view(value), query.limit) || query.limit == 0 ||
                query.limit > 50'000) {
                return Error{"limit must be a number from 1 to 50000"};
            }
            continue;
        }
        const bool is_date = value.size() == 10 && value[4] == '-';
        const auto time = parse_vendor_time(value);
        const Nanos one{1};
        if (!name.starts_with("timestamp")) {
            continue;  // the vendor ignores what it does not know
        }
        if (!time) {
            return Error{name + " must be a date YYYY-MM-DD or a time in nanoseconds"};
        }
        if (name == "timestamp") {
            query.from = *time;
            query.to = *time + (is_date ? Nanos(std::chrono::days{1}) : one);
        } else if (name == "timestamp.gte") {
            query.from = std::max(query.from, *time);
        } else if (name == "timestamp.gt") {
            query.from = std::max(query.from, *time + one);
        } else if (name == "timestamp.lt") {
            query.to = std::min(query.to, *time);
        } else if (name == "timestamp.lte") {
            query.to = std::min(query.to, *time + one);
        }
    }
    return query;
}

}  // namespace

RestResponse RestApi::ticks(const RestRequest& request, const RestTarget& target,
                            std::string_view ticker, bool trades, std::size_t passed) {
    auto query = parse_tick_query(target);
    if (!query) {
        return bad_request(query.error().message);
    }
    RestResponse response;
    response.body = R"({"results":[)";
    std::optional<std::size_t> next;
    std::size_t rows = 0;
    const SymbolId symbol = tape_.find(ticker);
    const auto visit = [&](std::uint32_t index) {
        const Record& record = tape_[index];
        const UnixNanos t = record.header().ts_event;
        if (record.kind() != (trades ? RecordKind::Trade : RecordKind::Quote) || t < query->from ||
            t >= query->to) {
            return true;
        }
        if (rows == query->limit) {
            next = index;
            return false;
        }
        if (rows++ > 0) {
            response.body.push_back(',');
        }
        trades ? append_trade_row(response.body, record.trade())
               : append_quote_row(response.body, record.quote());
        return true;
    };
    if (symbol != symbol_none) {
        const auto all = tape_.records_of(symbol);
        const auto end = std::lower_bound(all.begin(), all.end(), passed);
        if (query->descending) {
            auto at = query->next ? std::upper_bound(all.begin(), end, *query->next) : end;
            while (at != all.begin() && visit(*--at)) {
            }
        } else {
            auto at = query->next ? std::lower_bound(all.begin(), end, *query->next) : all.begin();
            while (at != end && visit(*at)) {
                ++at;
            }
        }
    }
    response.body += R"(],"status":"OK","request_id":")" + next_request_id() + '"';
    if (next) {
        query->next = next;
        response.body += fmt::format(R"(,"next_url":"{}{}?cursor={}")", request.base_url,
                                     target.path, cursor_text(*query));
    }
    response.body.push_back('}');
    return response;
}

}  // namespace tickstock
