#include "cli/events_print.hpp"

#include <algorithm>
#include <limits>
#include <variant>

#include "base/assert.hpp"
#include "storage/event_merge.hpp"

namespace tickstock {
namespace {

constexpr std::size_t page_rows = 1'000;

using Failure = std::optional<SqlError>;

Failure print_all(SqlConnection& database, const EventQuery& query, std::size_t wanted,
                  RowPrinter& printer) {
    EventMerge merge(database, query, std::min(wanted, page_rows));
    while (printer.rows() < wanted) {
        const auto event = merge.next();
        if (!event) {
            return event.error();
        }
        if (!*event || !printer.print(**event)) {
            break;
        }
    }
    return std::nullopt;
}

/// Page by page; `ask` sets the page's begin and asks.
template <class Query, class Ask>
Failure print_pages(Query query, std::size_t wanted, RowPrinter& printer, Ask ask) {
    for (;;) {
        const auto page = ask(query);
        if (!page) {
            return page.error();
        }
        for (const auto& row : page->rows) {
            if (printer.rows() == wanted || !printer.print(row)) {
                return std::nullopt;
            }
        }
        const auto next = page->next;
        if (next == decltype(page->next){}) {
            return std::nullopt;
        }
        if constexpr (requires { query.after = next; }) {
            query.after = next;
        } else {
            query.windows.after = next;
        }
    }
}

Failure print_all(SqlConnection& database, SessionQuery query, std::size_t wanted,
                  RowPrinter& printer) {
    if (query.date.empty() && query.symbol.empty()) {
        auto newest = newest_session_date(database);
        if (!newest) {
            return newest.error();
        }
        query.date = *newest;
        if (query.date.empty()) {
            return std::nullopt;
        }
    }
    query.limit = page_rows;
    return print_pages(query, wanted, printer,
                       [&](const auto& asked) { return query_sessions(database, asked); });
}

Failure print_all(SqlConnection& database, AnalyticsQuery query, std::size_t wanted,
                  RowPrinter& printer) {
    query.windows.limit = std::min(wanted, page_rows);
    return print_pages(query.windows, wanted, printer,
                       [&](const auto& asked) { return query_analytics(database, asked); });
}

Failure print_all(SqlConnection& database, CountQuery query, std::size_t wanted,
                  RowPrinter& printer) {
    query.windows.limit = std::min(wanted, page_rows);
    return print_pages(query, wanted, printer,
                       [&](const auto& asked) { return query_counts(database, asked); });
}

Failure print_all(SqlConnection& database, MetricQuery query, std::size_t wanted,
                  RowPrinter& printer) {
    query.limit = page_rows;
    return print_pages(query, wanted, printer,
                       [&](const auto& asked) { return query_metrics(database, asked); });
}

Failure print_all(SqlConnection& database, const GapQuery&, std::size_t wanted,
                  RowPrinter& printer) {
    constexpr std::size_t most = std::numeric_limits<std::int32_t>::max();
    const auto gaps = query_gaps(database, std::min(wanted, most));
    if (!gaps) {
        return gaps.error();
    }
    for (const StoredGap& gap : *gaps) {
        if (!printer.print(gap)) {
            break;
        }
    }
    return std::nullopt;
}

/// What storage keeps of rollouts and alerts is asked of the server: no option here names it.
template <class Query>
requires requires(const Query& query) {
    query.range;
}
Failure print_all(SqlConnection&, const Query&, std::size_t, RowPrinter&) {
    TS_ASSERT(false);
}

}  // namespace

std::optional<SqlError> print_history(SqlConnection& database, const HistoryRequest& request,
                                      std::size_t wanted, RowPrinter& printer) {
    return std::visit(
        [&](const auto& query) { return print_all(database, query, wanted, printer); }, request);
}

}  // namespace tickstock
