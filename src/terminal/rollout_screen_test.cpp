#include "terminal/rollout_screen.hpp"

#include <gtest/gtest.h>

#include "terminal/styled_print.hpp"

namespace tickstock {
namespace {

const RolloutView view{"http://127.0.0.1:8080", 110};

// A phase 2 with one symbol that fell back.
constexpr const char* limited = R"({"installed":true,"fully_enabled":true,"flags":{
"multichannel_system_enabled":true,"tick_channel_enabled":true,"router_enabled":true,
"integration_layer_enabled":true,"parallel_processing_enabled":false,
"performance_comparison_enabled":false,"rollout_percentage":1.5,"rollout_tickers":["AAPL","IBM"],
"excluded_tickers":[]},
"phase":{"number":2,"name":"phase_2_limited_rollout","description":"One percent.",
"since":1709649000000000000,"duration_hours":168,"elapsed_hours":1.5,"criteria":[
{"name":"duration","text":"1.50 h of at least 168 h","value":1.5,"limit":168,"unit":"h","met":false},
{"name":"error_rate","text":"0 % of less than 1 %","value":0,"limit":1,"unit":"%","met":true}],
"can_advance":false,"refusal":"…"},"incident":null,
"symbols":{"multi_channel":12,"linear":1188,"tiers":{"low":{"known":100,"selected":12},
"medium":{"known":100,"selected":0},"high":{"known":1000,"selected":0}},
"fallen":[{"symbol":"AA","from":812,"decided":815,"cause":"timeout","since":1709649060000000000}]},
"in_phase":{"metrics":{"records":1000,"channel_requests":10,"channel_successes":9,
"channel_failures":1,"legacy_fallbacks":1,"set_aside":0,"not_rolled_out":0,
"success_rate_percent":90,"fallback_rate_percent":10,"channel_win_rate":99.5,
"avg_time_improvement_ms":-0.000321},"comparison":{"linear":7,"multi_channel":7,"matched":6,"near":0,
"missing":1,"extra":1,"late":0,"lost":0},"latency":{"linear":{"mean_us":0.4,"p50_us":0.3,"p99_us":2},
"multi_channel":{"mean_us":1.2,"p50_us":1,"p99_us":4},"added":{"mean_us":0,"p50_us":0,"p99_us":0,"count":0},
"pairs":200,"wins":199}},"window":{"full":false,"error_percent":0,"mean_ms":0},
"report":{"recommendations":"CAUTION: \u001b[2Jlook"}})";

std::string text_of(const std::optional<Lines>& lines) {
    return lines ? printed(*lines, {true, false}) : "nothing";
}

TEST(RolloutScreen, HasPhaseTimeCriteriaFlagsSymbolsAndEvidence) {
    const std::string text = text_of(rollout_lines(limited, view));
    for (const char* part :
         {"2 of 0 to 4: phase_2_limited_rollout",
          "began 2024-03-05 14:30:00 UTC, 1h 30m ago; at least 6d 22h more (168 h)",
          "multi-channel path of 12 of 1,200 symbols (rollout 1.5 %)",
          "✗ not met  duration         1.50 h of at least 168 h",
          "✓ met      error_rate       0 % of less than 1 %", "advance is refused now",
          "multichannel_system_enabled     on", "parallel_processing_enabled     off",
          "rollout_tickers                 AAPL IBM", "low risk 12 of 100", "timeout",
          "2024-03-05 14:31:00", "6 matched, 0 near, 1 missing", "mean 400 ns",
          "99.50 % of 200 pairs, -0.000321 ms", "too few records to say",
          "added              not measured so far"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
    }
    EXPECT_EQ(text.find('\x1b'), std::string::npos) << "what a terminal obeys is taken out";
}

TEST(RolloutScreen, OtherAnswers) {
    EXPECT_FALSE(rollout_lines("<html>", view));
    EXPECT_FALSE(rollout_lines("{}", view));
    EXPECT_FALSE(rollout_audit_lines("[]", view));
    const char* none = R"({"installed":false,"how":"Run tickstock rollout init."})";
    EXPECT_EQ(text_of(rollout_lines(none, view)), "Not installed\nRun tickstock rollout init.\n");
    EXPECT_EQ(text_of(rollout_incident_lines(none, view)), text_of(rollout_lines(none, view)));
    EXPECT_EQ(text_of(rollout_incident_lines(R"({"incidents":[]})", view)), "No incident.\n");
    EXPECT_EQ(text_of(rollout_difference_lines(R"({"total":0,"differences":[]})", view)),
              "The two paths have not differed.\n");
}

TEST(RolloutScreen, ListsHaveABlockAnEntry) {
    EXPECT_EQ(
        text_of(rollout_difference_lines(
            R"({"total":1,"differences":[{"number":17,"kind":"missing","symbol":"IBM",
"clock":1709649002000000000,"in_charge":false,"late":true,"linear":{"id":"0c","type":"high",
"price":170.12,"ts":1709649002000000000},"multi_channel":null,"record":null}]})",
            view)),
        "#17 IBM missing (came late) at 2024-03-05 14:30:02 market time, UTC; the linear path "
        "was in charge\n"
        "  linear             high 170.12, id 0c, at 14:30:02\n"
        "  multi-channel      –\n"
        "  caused by          a deadline, no record\n");
    EXPECT_EQ(text_of(rollout_audit_lines(
                  R"({"audit":[{"sequence":9,"wall":1709649002000000000,"clock":1,"by":"api:ann",
"kind":"flags","text":"rollout_percentage 1 -> 10","reason":"all is well","phase":2,
"percentage":10}]})",
                  view)),
              "2024-03-05 14:30:02  flags         api:ann: rollout_percentage 1 -> 10\n"
              "                     because: all is well\n");
}

TEST(StyledPrint, ColoursAndAsciiAsAsked) {
    Lines lines{StyledLine("✓ met", Style::Good)};
    lines.back().add(" ×2");
    EXPECT_EQ(printed(lines, {true, true}), "\x1b[32m✓ met\x1b[0m ×2\n");
    EXPECT_EQ(printed(lines, {false, false}), "+ met x2\n");
}

}  // namespace
}  // namespace tickstock
