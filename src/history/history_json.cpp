#include "history/history_json.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/json_writer.hpp"
#include "history/parameter_reader.hpp"

namespace tickstock {
namespace {

using PageText = Result<std::string, SqlError>;

template <class Rows>
std::string page_text(std::string_view name, const Rows& rows, const std::string& next) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key(name).begin_array();
    std::string row_text;
    for (const auto& row : rows) {
        row_text.clear();
        append_json(row_text, row);
        json.raw(row_text);
    }
    json.end_array().key("next");
    next.empty() ? json.null() : json.string(next);
    json.end_object();
    return text;
}

std::string window_cursor_of(const std::optional<UnixNanos>& next) {
    return next ? cursor_text(window_cursor, std::to_string(to_ns(*next))) : std::string();
}

std::string cursor_of(char letter, const std::string& next) {
    return next.empty() ? std::string() : cursor_text(letter, next);
}

PageText run(SqlConnection& database, const EventQuery& query) {
    const auto rows = query_events(database, query);
    if (!rows) {
        return rows.error();
    }
    return page_text("events", rows->events,
                     rows->next ? to_string(*rows->next, query.order) : std::string());
}

PageText run(SqlConnection& database, SessionQuery query) {
    if (query.date.empty() && query.symbol.empty()) {
        auto newest = newest_session_date(database);
        if (!newest) {
            return newest.error();
        }
        if (newest->empty()) {
            return page_text("sessions", std::vector<StoredSession>(), "");
        }
        query.date = std::move(*newest);
    }
    const auto page = query_sessions(database, query);
    if (!page) {
        return page.error();
    }
    return page_text("sessions", page->rows, cursor_of(session_cursor, page->next));
}

PageText run(SqlConnection& database, const AnalyticsQuery& query) {
    const auto page = query_analytics(database, query.windows);
    if (!page) {
        return page.error();
    }
    return page_text("windows", page->rows, window_cursor_of(page->next));
}

PageText run(SqlConnection& database, const CountQuery& query) {
    const auto page = query_counts(database, query);
    if (!page) {
        return page.error();
    }
    return page_text("counts", page->rows, window_cursor_of(page->next));
}

PageText run(SqlConnection& database, const MetricQuery& query) {
    const auto page = query_metrics(database, query);
    if (!page) {
        return page.error();
    }
    return page_text("metrics", page->rows, cursor_of(metric_cursor, page->next));
}

PageText run(SqlConnection& database, const GapQuery& query) {
    const auto gaps = query_gaps(database, query.limit);
    if (!gaps) {
        return gaps.error();
    }
    return page_text("gaps", *gaps, "");
}

/// Of what is stored of the rollout and of alerts.
template <class Page>
PageText operations_text(std::string_view name, const Result<Page, SqlError>& page) {
    if (!page) {
        return page.error();
    }
    return page_text(name, page->rows, cursor_of(operations_cursor, page->next));
}

PageText run(SqlConnection& database, const DifferenceQuery& query) {
    return operations_text("differences", query_differences(database, query));
}

PageText run(SqlConnection& database, const AuditQuery& query) {
    return operations_text("audit", query_audit(database, query));
}

PageText run(SqlConnection& database, const IncidentQuery& query) {
    return operations_text("incidents", query_incidents(database, query));
}

PageText run(SqlConnection& database, const AlertQuery& query) {
    return operations_text("alerts", query_alerts(database, query));
}

void append_real(JsonWriter& json, std::optional<double> value) {
    value ? json.number(*value) : json.null();
}

void append_price(JsonWriter& json, const std::optional<Price>& price) {
    price ? json.price(*price) : json.null();
}

}  // namespace

Result<std::string, SqlError> history_page(SqlConnection& database, const HistoryRequest& request) {
    return std::visit([&](const auto& query) { return run(database, query); }, request);
}

void append_json(std::string& out, const StoredEvent& event) {
    JsonWriter json(out);
    json.begin_object().key("offset").number(event.offset.value());
    json.key("epoch").string(event.epoch);
    json.key("ts_pub").number(to_ns(event.ts_pub));
    json.key("event").raw(event.body).end_object();
}

void append_json(std::string& out, const StoredSession& session) {
    JsonWriter json(out);
    json.begin_object().key("symbol").string(session.symbol);
    json.key("date").string(session.date).key("session").string(session.session);
    append_price(json.key("high"), session.high);
    json.key("high_ts");
    session.high ? json.number(to_ns(session.high_ts)) : json.null();
    append_price(json.key("low"), session.low);
    json.key("low_ts");
    session.low ? json.number(to_ns(session.low_ts)) : json.null();
    json.key("highs").number(session.highs).key("lows").number(session.lows);
    json.key("trends_up").number(session.trends_up);
    json.key("trends_down").number(session.trends_down);
    json.key("surges_up").number(session.surges_up);
    json.key("surges_down").number(session.surges_down);
    json.key("last_price").price(session.last_price);
    json.key("last_ts").number(to_ns(session.last_ts));
    json.key("epoch").string(session.last_epoch);
    json.key("offset").number(session.last_offset.value()).end_object();
}

void append_json(std::string& out, const MarketWindow& window) {
    JsonWriter json(out);
    json.begin_object().key("at").number(to_ns(window.at));
    json.key("width_seconds").seconds(window.width);
    json.key("events").number(window.events);
    json.key("highs").number(window.highs).key("lows").number(window.lows);
    json.key("trends_up").number(window.trends_up).key("trends_down").number(window.trends_down);
    json.key("surges_up").number(window.surges_up).key("surges_down").number(window.surges_down);
    json.key("symbols");
    window.symbols ? json.number(*window.symbols) : json.null();
    json.key("trades").number(window.trades);
    append_real(json.key("buying_pressure"), window.buying_pressure);
    append_real(json.key("selling_pressure"), window.selling_pressure);
    json.key("activity_level").string(window.activity_level).end_object();
}

void append_json(std::string& out, const EventCount& count) {
    JsonWriter json(out);
    json.begin_object().key("at").number(to_ns(count.at));
    json.key("component").string(count.component);
    json.key("type").string(count.event_type);
    json.key("count").number(count.count).end_object();
}

void append_json(std::string& out, const MetricValue& metric) {
    JsonWriter json(out);
    json.begin_object().key("at").number(to_ns(metric.at));
    json.key("component").string(metric.component).key("name").string(metric.name);
    json.key("value");
    // All digits: what comes out is the number that was stored.
    std::isfinite(metric.value) ? json.raw(fmt::format("{}", metric.value)) : json.null();
    json.end_object();
}

void append_json(std::string& out, const StoredGap& gap) {
    JsonWriter json(out);
    json.begin_object().key("epoch").string(gap.epoch);
    json.key("from").number(gap.first.value()).key("to");
    gap.last == Offset{} ? json.null() : json.number(gap.last.value());
    json.key("reason").string(gap.reason).key("at").number(to_ns(gap.at)).end_object();
}

}  // namespace tickstock
