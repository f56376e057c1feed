#include "history/known_sessions.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "storage/event_store.hpp"
#include "storage/migrations.hpp"
#include "storage/row_values.hpp"

namespace tickstock {
namespace {

constexpr double units_per_dollar = 1e9;
constexpr double open_step = 1e-4;  // USD: what percent_change with six digits can tell

/// The open that `percent_change` of a price tells; nothing when the body has none.
std::optional<Price> open_of(const std::string& body, std::int64_t price) {
    const auto event = nlohmann::json::parse(body, nullptr, false);
    if (!event.is_object() || !event.contains("data") || !event["data"].is_object()) {
        return std::nullopt;
    }
    const auto change = event["data"].find("percent_change");
    if (change == event["data"].end() || !change->is_number()) {
        return std::nullopt;
    }
    const double open =
        static_cast<double>(price) / units_per_dollar / (1 + change->get<double>() / 100);
    if (!std::isfinite(open) || open <= 0) {
        return std::nullopt;
    }
    return Price::from_raw(std::llround(open / open_step) * 100'000);
}

std::uint32_t count_of(std::int64_t count) {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(count, 0, 0xFFFFFFFF));
}

Result<std::string, SqlError> newest_date(SqlConnection& connection) {
    auto rows = connection.query("SELECT max(session_date) FROM session_stats", {});
    if (!rows) {
        return rows.error();
    }
    return rows->empty() ? std::string() : take_text(rows->front()[0]);
}

/// Sets `session.open`. False: nothing tells it.
Result<bool, SqlError> find_open(SqlConnection& connection, const SessionRow& stats,
                                 SessionRestore& session) {
    const SqlRow values{stats.symbol, stats.session_date, stats.session};
    auto rows = connection.query(
        "SELECT price, body FROM events WHERE symbol = $1 AND session_date = $2 AND session = $3 "
        "AND type IN ('high', 'low') ORDER BY ts DESC, stream_offset DESC LIMIT 1",
        values);
    if (!rows) {
        return rows.error();
    }
    if (rows->empty()) {
        return false;
    }
    SqlRow& row = rows->front();
    const auto open = open_of(take_text(row[1]), number_of(row[0]));
    session.open = open.value_or(Price{});
    return open.has_value();
}

}  // namespace

Result<std::vector<KnownSession>, SqlError> load_known_sessions(SqlConnection& connection,
                                                                const TradingCalendar& calendar,
                                                                std::optional<UnixNanos> now) {
    if (auto done = connection.connect(); !done) {
        return done.error();
    }
    if (auto sound = check_schema(connection); !sound) {
        return sound.error();
    }
    std::string date = now ? new_york_date(*now) : std::string();
    if (!now) {
        auto newest = newest_date(connection);
        if (!newest) {
            return newest.error();
        }
        date = std::move(*newest);
    }
    auto stored = load_sessions(connection, date);
    if (!stored) {
        return stored.error();
    }
    std::vector<KnownSession> known;
    for (const SessionRow& stats : *stored) {
        if (!stats.high || !stats.low) {
            continue;
        }
        const SessionSpan span = calendar.span_at(unix_nanos(stats.last_ts));
        if (now && span.session_end <= *now) {
            continue;
        }
        KnownSession one;
        one.symbol = stats.symbol;
        one.session.last = unix_nanos(stats.last_ts);
        one.session.high = Price::from_raw(*stats.high);
        one.session.low = Price::from_raw(*stats.low);
        one.session.high_ts = unix_nanos(stats.high_ts.value_or(stats.last_ts));
        one.session.low_ts = unix_nanos(stats.low_ts.value_or(stats.last_ts));
        one.session.highs = count_of(stats.highs);
        one.session.lows = count_of(stats.lows);
        one.session.trends_up = count_of(stats.trends_up);
        one.session.trends_down = count_of(stats.trends_down);
        const auto found = find_open(connection, stats, one.session);
        if (!found) {
            return found.error();
        }
        if (!*found) {
            continue;
        }
        // Of several sessions of the date the newest.
        if (!known.empty() && known.back().symbol == one.symbol) {
            if (known.back().session.last < one.session.last) {
                known.back() = std::move(one);
            }
            continue;
        }
        known.push_back(std::move(one));
    }
    return known;
}

}  // namespace tickstock
