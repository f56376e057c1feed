// Rules that are switched, and the state of rules and source contexts to bytes and back.

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "base/state_archive.hpp"
#include "rules/source_context_manager.hpp"
#include "rules/source_specific_rules_engine.hpp"

namespace tickstock {
namespace {

UserRule rule_of(const std::string& name, RuleKind kind, const std::string& when,
                 const std::string& field = "", const std::string& value = "") {
    UserRule rule;
    rule.name = name;
    rule.kind = kind;
    rule.when = when;
    rule.field = field;
    rule.value = value;
    return rule;
}

/// A validate rule, a filter that has no value for a price of 1 USD, an enrich rule whose value
/// then fails.
PipelineSettings three_rules() {
    PipelineSettings settings;
    settings.rules.user = {
        rule_of("big", RuleKind::Validate, "size >= 100"),
        rule_of("cheap", RuleKind::Filter, "1 / (price - 1) < 10"),
        rule_of("more", RuleKind::Enrich, "", "extra", "1 / (price - 1)"),
    };
    return settings;
}

Trade trade_of(std::int64_t shares) {
    Trade trade;
    trade.header.symbol = SymbolId(0);
    trade.price = Price::from_cents(1000);
    trade.size = Size::from_shares(shares);
    return trade;
}

Detection high_of(std::int64_t cents, std::uint32_t symbol = 0) {
    Detection detection;
    detection.symbol = SymbolId(symbol);
    detection.direction = Direction::Up;
    detection.price = Price::from_cents(cents);
    detection.data = HighLowData{};
    return detection;
}

/// The marks that rules made on it; "gone" when a filter said no.
std::string after(SourceSpecificRulesEngine& engine, Detection detection) {
    std::vector<Detection> detections{std::move(detection)};
    engine.apply(detections);
    std::string marks = detections.empty() ? "gone" : "";
    for (const Detection& kept : detections) {
        for (const RuleMark& mark : kept.evidence.rules) {
            marks += std::string(mark.rule.view()) + " ";
        }
    }
    return marks;
}

std::vector<RuleActivity> activity_of(const SourceSpecificRulesEngine& engine) {
    std::vector<RuleActivity> by_rule(3);
    engine.add_rule_activity(by_rule);
    return by_rule;
}

std::string symbol_bytes(const SourceSpecificRulesEngine& engine, std::uint32_t symbol) {
    StateWriter out;
    engine.save_symbol(SymbolId(symbol), out);
    return out.take();
}

std::string totals_bytes(const SourceSpecificRulesEngine& engine) {
    StateWriter out;
    engine.save_totals(out);
    return out.take();
}

void load(SourceSpecificRulesEngine& engine, std::uint32_t symbol, const std::string& bytes) {
    StateReader in(bytes);
    engine.load_symbol(SymbolId(symbol), in);
    EXPECT_TRUE(in.ok() && in.at_end());
}

void add_totals(SourceSpecificRulesEngine& engine, const std::string& bytes) {
    StateReader in(bytes);
    engine.add_totals(in);
    EXPECT_TRUE(in.ok() && in.at_end());
}

TEST(RuleSwitch, ARuleThatIsOffActsAsIfItWereAbsent) {
    SourceSpecificRulesEngine engine(three_rules());
    EXPECT_FALSE(engine.accepts(trade_of(1)));
    EXPECT_EQ(after(engine, high_of(105)), "gone");
    ASSERT_TRUE(engine.switch_rule("big", false));
    ASSERT_TRUE(engine.switch_rule("cheap", false));
    EXPECT_FALSE(engine.validates());
    EXPECT_TRUE(engine.accepts(trade_of(1)));
    EXPECT_EQ(after(engine, high_of(105)), "more ");
    EXPECT_EQ(activity_of(engine)[0].evaluated, 1U) << "not even asked";
    ASSERT_TRUE(engine.switch_rule("cheap", true));
    ASSERT_TRUE(engine.switch_rule("big", true));
    EXPECT_FALSE(engine.accepts(trade_of(1)));
    EXPECT_EQ(after(engine, high_of(105)), "gone");
    EXPECT_FALSE(engine.switch_rule("other", true));
}

TEST(RuleSwitch, OnAgainItIsTriedForEverySymbol) {
    SourceSpecificRulesEngine engine(three_rules());
    for (int i = 0; i < 10; ++i) {
        after(engine, high_of(100));
    }
    EXPECT_EQ(activity_of(engine)[1].disabled_symbols, 1U);
    EXPECT_EQ(after(engine, high_of(200)), "") << "both are disabled for the symbol";
    engine.switch_rule("cheap", true);
    EXPECT_EQ(after(engine, high_of(200)), "") << "it was on already";
    engine.switch_rule("cheap", false);
    engine.switch_rule("cheap", true);
    EXPECT_EQ(activity_of(engine)[1].disabled_symbols, 0U);
    EXPECT_EQ(after(engine, high_of(200)), "cheap ");
}

TEST(RulesState, FailuresGoWithTheirSymbolAndCountsWithTheTotals) {
    SourceSpecificRulesEngine whole(three_rules());
    for (int i = 0; i < 10; ++i) {
        after(whole, high_of(100));  // disabled for symbol 0
    }
    for (int i = 0; i < 9; ++i) {
        after(whole, high_of(100, 7));  // one more and it is for symbol 7
    }
    whole.accepts(trade_of(1));
    whole.switch_rule("big", false);

    SourceSpecificRulesEngine a(three_rules());
    SourceSpecificRulesEngine b(three_rules());
    load(a, 0, symbol_bytes(whole, 0));
    load(b, 7, symbol_bytes(whole, 7));
    add_totals(a, totals_bytes(whole));
    EXPECT_FALSE(a.validates()) << "off stays off";
    EXPECT_EQ(a.counts().in, 19U);
    EXPECT_EQ(activity_of(a)[0].acted, 1U);
    EXPECT_EQ(activity_of(a)[1].failed, 19U);
    EXPECT_EQ(activity_of(a)[1].evaluated, activity_of(whole)[1].evaluated);
    EXPECT_EQ(activity_of(a)[1].disabled_symbols, 1U);
    EXPECT_EQ(activity_of(b)[1].disabled_symbols, 0U);
    EXPECT_EQ(after(a, high_of(200)), "") << "still disabled";
    after(b, high_of(100, 7));
    EXPECT_EQ(after(b, high_of(200, 7)), "") << "that was the tenth";
    EXPECT_EQ(symbol_bytes(a, 0), symbol_bytes(whole, 0));

    b.forget_symbol(SymbolId(7));
    b.forget_symbol(SymbolId(99'999));
    EXPECT_EQ(activity_of(b)[1].disabled_symbols, 0U);
    EXPECT_EQ(after(b, high_of(200, 7)), "cheap more ");

    SourceSpecificRulesEngine again(three_rules());
    add_totals(again, totals_bytes(whole));
    EXPECT_EQ(totals_bytes(again), totals_bytes(whole));
    add_totals(again, totals_bytes(b));
    EXPECT_EQ(again.counts().in, whole.counts().in + b.counts().in);
    EXPECT_FALSE(again.validates()) << "off in one of them";
}

TEST(RulesState, AnotherSetOfRulesTakesWhatItKnows) {
    SourceSpecificRulesEngine before(three_rules());
    for (int i = 0; i < 10; ++i) {
        after(before, high_of(100));
    }
    PipelineSettings settings = three_rules();
    settings.rules.user.erase(settings.rules.user.begin() + 1);
    settings.rules.user.push_back(rule_of("new", RuleKind::Filter, "price > 0"));
    SourceSpecificRulesEngine changed(settings);
    load(changed, 0, symbol_bytes(before, 0));
    add_totals(changed, totals_bytes(before));
    EXPECT_EQ(activity_of(changed)[1].disabled_symbols, 1U) << "\"more\"";
    EXPECT_EQ(after(changed, high_of(200)), "new ");
}

TEST(RulesState, CutOffBytesAreRefusedAndLeaveNothing) {
    SourceSpecificRulesEngine engine(three_rules());
    after(engine, high_of(100));
    const std::string state = symbol_bytes(engine, 0);
    const std::string totals = totals_bytes(engine);
    for (std::size_t size = 0; size < std::max(state.size(), totals.size()); ++size) {
        SourceSpecificRulesEngine fresh(three_rules());
        StateReader of_symbol(std::string_view(state).substr(0, std::min(size, state.size() - 1)));
        fresh.load_symbol(SymbolId(0), of_symbol);
        StateReader of_all(std::string_view(totals).substr(0, std::min(size, totals.size() - 1)));
        fresh.add_totals(of_all);
        ASSERT_FALSE(of_symbol.ok() || of_all.ok()) << size;
        EXPECT_EQ(totals_bytes(fresh), totals_bytes(SourceSpecificRulesEngine(three_rules())));
    }
}

TEST(SourceContextState, CountsOfSeveralAddUp) {
    SourceContextManager a;
    SourceContextManager b;
    RecordHeader header;
    header.ts_event = unix_nanos(5);
    a.on_record(header);
    header.source = SourceId(2);
    header.ts_event = unix_nanos(9);
    b.on_record(header);
    b.on_rejected(header);
    header.source = SourceId(0);
    b.on_record(header);
    for (const SourceContextManager* other : {&b, &b}) {
        StateWriter out;
        other->save_totals(out);
        StateReader in(out.text());
        a.add_totals(in);
        EXPECT_TRUE(in.ok() && in.at_end());
        StateReader cut(std::string_view(out.text()).substr(0, out.size() - 1));
        a.add_totals(cut);
        EXPECT_FALSE(cut.ok());
    }
    ASSERT_EQ(a.sources(), 3U);
    EXPECT_EQ(a.counts(SourceId(0), SourceKind::Tick).records, 3U);
    EXPECT_EQ(a.counts(SourceId(0), SourceKind::Tick).last_seen, unix_nanos(9));
    EXPECT_EQ(a.counts(SourceId(2), SourceKind::Tick).rejected, 2U);
}

}  // namespace
}  // namespace tickstock
