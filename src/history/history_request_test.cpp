#include "history/history_request.hpp"

#include <gtest/gtest.h>

#include "history/parameter_reader.hpp"
#include "model/enums.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using Parameters = std::vector<std::pair<std::string, std::string>>;

constexpr UnixNanos now = unix_nanos(1'709'650'800'000'000'000);  // 2024-03-05 10:00 New York

Result<HistoryRequest, ParameterError> parse(HistoryKind kind, const Parameters& parameters) {
    return parse_history_request(kind, parameters, now);
}

/// "good", or the message.
std::string said(HistoryKind kind, const Parameters& parameters) {
    const auto request = parse(kind, parameters);
    return request ? "good" : request.error().message();
}

TEST(HistoryRequest, ReadsEveryParameterOfEvents) {
    const auto request =
        parse(HistoryKind::Events, {{"symbols", "AAPL,MSFT"},
                                    {"symbol", "AAPL"},
                                    {"types", "high,low,high"},
                                    {"direction", "down"},
                                    {"source", "ohlcv"},
                                    {"session", "pre"},
                                    {"from", "2h"},
                                    {"to", "now"},
                                    {"min_priority", "2"},
                                    {"revisions", "all"},
                                    {"order", "oldest"},
                                    {"limit", "7"},
                                    {"cursor", "o1709650800000000000-0123456789abcdef-1"}});
    ASSERT_TRUE(request) << request.error().message();
    const auto& query = std::get<EventQuery>(*request);
    EXPECT_EQ(query.symbols, (std::vector<std::string>{"AAPL", "MSFT"}));
    EXPECT_EQ(query.types, (std::vector{EventType::High, EventType::Low}));
    EXPECT_EQ(query.direction, Direction::Down);
    EXPECT_EQ(query.source, SourceKind::Ohlcv);
    EXPECT_EQ(query.session, TradingSession::Pre);
    EXPECT_EQ(query.from, now - 2h);
    EXPECT_EQ(query.to, now);
    EXPECT_EQ(query.min_priority, 2);
    EXPECT_TRUE(query.all_revisions);
    EXPECT_EQ(query.order, HistoryOrder::Oldest);
    EXPECT_EQ(query.limit, 7U);
    EXPECT_EQ(query.after, (EventKey{now, "0123456789abcdef", 1}));
}

TEST(HistoryRequest, TheWordsAreThoseOfTheEvents) {
    for (int i = 0; i < event_type_count; ++i) {
        const auto type = static_cast<EventType>(i);
        const auto request = parse(HistoryKind::Events, {{"type", std::string(to_string(type))}});
        EXPECT_EQ(std::get<EventQuery>(*request).types, std::vector{type});
    }
    for (int i = 0; i < 5; ++i) {
        const auto source = static_cast<SourceKind>(i);
        const auto session = static_cast<TradingSession>(i);
        const auto request =
            parse(HistoryKind::Events, {{"source", std::string(to_string(source))},
                                        {"session", std::string(to_string(session))}});
        EXPECT_EQ(std::get<EventQuery>(*request).source, source);
        EXPECT_EQ(std::get<EventQuery>(*request).session, session);
    }
}

TEST(HistoryRequest, ADateIsADayOfNewYorkWithinTheRange) {
    const auto day = std::get<EventQuery>(*parse(HistoryKind::Events, {{"date", "2024-03-05"}}));
    EXPECT_EQ(day.from, now - 10h);
    EXPECT_EQ(day.to, now + 14h);
    const auto part =
        std::get<EventQuery>(*parse(HistoryKind::Events, {{"date", "2024-03-05"}, {"from", "1h"}}));
    EXPECT_EQ(part.from, now - 1h);
    EXPECT_EQ(part.to, now + 14h);
}

TEST(HistoryRequest, ReadsTheOthers) {
    const auto sessions = std::get<SessionQuery>(
        *parse(HistoryKind::Sessions, {{"date", "2024-03-05"},
                                       {"symbol", "A"},
                                       {"sort", "surges"},
                                       {"cursor", cursor_text(session_cursor, "5|pre|A")}}));
    EXPECT_EQ(sessions.date, "2024-03-05");
    EXPECT_EQ(sessions.sort, SessionSort::Surges);
    EXPECT_EQ(sessions.after, "5|pre|A");
    const auto windows =
        std::get<AnalyticsQuery>(
            *parse(HistoryKind::Analytics, {{"width", "5m"}, {"cursor", cursor_text('w', "60")}}))
            .windows;
    EXPECT_EQ(windows.width, 5min);
    EXPECT_EQ(windows.after, unix_nanos(60));
    const auto counts = std::get<CountQuery>(
        *parse(HistoryKind::Counts, {{"component", "stream"}, {"type", "rule"}}));
    EXPECT_EQ(counts.component, "stream");
    EXPECT_EQ(counts.event_type, "rule");
    const auto metrics = std::get<MetricQuery>(*parse(
        HistoryKind::Metrics, {{"component", "server"}, {"name", "p99"}, {"limit", "1000"}}));
    EXPECT_EQ(metrics.name, "p99");
    EXPECT_EQ(metrics.limit, 1000U);
    EXPECT_EQ(std::get<GapQuery>(*parse(HistoryKind::Gaps, {{"limit", "3"}})).limit, 3U);
}

TEST(HistoryRequest, SaysWhichParameterAndWhatIsAccepted) {
    using Kind = HistoryKind;
    EXPECT_EQ(said(Kind::Events, {{"limit", "1001"}}),
              "parameter \"limit\" is \"1001\": accepted is an integer from 1 to 1000");
    EXPECT_EQ(said(Kind::Events, {{"type", "hihg"}}),
              "parameter \"type\" is \"hihg\": accepted is trend, surge, high, low, valuation, "
              "rule, control");
    EXPECT_EQ(said(Kind::Gaps, {{"mistyped", "1"}}),
              "parameter \"mistyped\" is \"1\": accepted is none of that name, but limit");
    const std::vector<std::pair<Kind, Parameters>> bad{
        {Kind::Events, {{"symbol", ""}}},
        {Kind::Events, {{"symbol", "A,"}}},
        {Kind::Events, {{"symbol", std::string(17, 'S')}}},
        {Kind::Events, {{"symbol", "\x07"}}},
        {Kind::Events, {{"type", ""}}},
        {Kind::Events, {{"direction", "left"}}},
        {Kind::Events, {{"direction", ""}}},
        {Kind::Events, {{"source", "tv"}}},
        {Kind::Events, {{"session", "lunch"}}},
        {Kind::Events, {{"date", "2024-13-01"}}},
        {Kind::Events, {{"from", "yesterday"}}},
        {Kind::Events, {{"from", "1h"}, {"to", "2h"}}},
        {Kind::Events, {{"min_priority", "5"}}},
        {Kind::Events, {{"min_priority", "0"}}},
        {Kind::Events, {{"revisions", "first"}}},
        {Kind::Events, {{"order", "random"}}},
        {Kind::Events, {{"limit", "0"}}},
        {Kind::Events, {{"limit", "-1"}}},
        {Kind::Events, {{"limit", "1 "}}},
        {Kind::Events, {{"limit", "1"}, {"limit", "2"}}},
        {Kind::Events, {{"cursor", "x"}}},
        {Kind::Events, {{"cursor", "o1709650800000000000-0123456789abcdef-1"}}},
        {Kind::Events, {{"width", "1m"}}},
        {Kind::Sessions, {{"date", "today"}}},
        {Kind::Sessions, {{"symbol", "A,B,C,D,E,F,G,H,I"}}},
        {Kind::Sessions, {{"sort", "price"}}},
        {Kind::Sessions, {{"cursor", cursor_text('w', "60")}}},
        {Kind::Sessions, {{"cursor", "s6"}}},
        {Kind::Sessions, {{"cursor", "s00"}}},
        {Kind::Analytics, {{"width", "2m"}}},
        {Kind::Analytics, {{"cursor", cursor_text('w', "-1")}}},
        {Kind::Analytics, {{"cursor", cursor_text('w', "9223372036854775807")}}},
        {Kind::Counts, {{"type", "high,low"}}},
        {Kind::Metrics, {{"name", ""}}},
        {Kind::Metrics, {{"component", std::string(65, 'x')}}},
        {Kind::Metrics, {{"name", "\n"}}},
    };
    for (const auto& [kind, parameters] : bad) {
        const auto request = parse(kind, parameters);
        ASSERT_FALSE(request) << parameters.back().first << "=" << parameters.back().second;
        EXPECT_EQ(request.error().name, parameters.back().first);
    }
    std::string many = "A0";
    for (int i = 1; i <= 100; ++i) {
        many += ",A" + std::to_string(i);
    }
    EXPECT_NE(said(Kind::Events, {{"symbols", many}}).find("at most 100 symbols"),
              std::string::npos);
}

}  // namespace
}  // namespace tickstock
