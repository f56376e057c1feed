#include "socketio/status_update.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "base/assert.hpp"
#include "base/json_writer.hpp"

namespace tickstock {
namespace {

std::string_view word_of(StatusFacts::Health health) {
    switch (health) {
        case StatusFacts::Health::Initializing: return "initializing";
        case StatusFacts::Health::Healthy: return "healthy";
        case StatusFacts::Health::Warning: return "warning";
        case StatusFacts::Health::Error: return "error";
    }
    TS_ASSERT(false);
}

std::string_view market_status(TradingSession session) {
    switch (session) {
        case TradingSession::Pre: return "PRE";
        case TradingSession::Regular: return "REGULAR";
        case TradingSession::After: return "AFTER";
        case TradingSession::Overnight:
        case TradingSession::Closed: return "CLOSED";
    }
    TS_ASSERT(false);
}

/// ISO 8601 in UTC with microseconds.
std::string iso_text(UnixNanos t) {
    using namespace std::chrono;
    const auto day = floor<days>(t);
    const year_month_day date{day};
    const auto second = floor<seconds>(t);
    const std::int64_t of_day = (second - day).count();
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", int{date.year()},
                       unsigned{date.month()}, unsigned{date.day()}, of_day / 3600,
                       of_day / 60 % 60, of_day % 60, floor<microseconds>(t - second).count());
}

}  // namespace

EngineFrame status_update_packet(const StatusFacts& facts) {
    std::string text = "42[\"status_update\",";
    JsonWriter json(text);
    json.begin_object();
    json.key("status").string(word_of(facts.health));
    json.key("connected").boolean(facts.connected);
    json.key("provider").string(facts.provider);
    json.key("market_status").string(market_status(facts.session));
    json.key("timestamp").string(iso_text(facts.timestamp));
    json.key("avg_response").number(facts.avg_response_ms);
    json.end_object();
    text += ']';
    return {std::make_shared<const std::string>(std::move(text)), 0, {}};
}

}  // namespace tickstock
