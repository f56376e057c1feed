#include <gtest/gtest.h>

#include <string>

#include "base/state_archive.hpp"
#include "model/event.hpp"
#include "model/intake_note.hpp"
#include "model/record.hpp"

namespace tickstock {
namespace {

template <class T>
std::string saved(const T& value) {
    StateWriter out;
    out(value);
    return out.take();
}

/// Loads the bytes and saves again; every shorter text is refused without harm.
template <class T>
T carried(const T& value) {
    const std::string bytes = saved(value);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        T cut;
        StateReader in(std::string_view(bytes).substr(0, size));
        in(cut);
        EXPECT_FALSE(in.ok()) << size << " of " << bytes.size();
    }
    T loaded;
    StateReader in(bytes);
    in(loaded);
    EXPECT_TRUE(in.ok() && in.at_end());
    EXPECT_EQ(saved(loaded), bytes);
    return loaded;
}

Detection detection_with(EventData data) {
    Detection detection;
    detection.key = {unix_nanos(5), Sequence{7}, 0, EventRank::Low, 3};
    detection.symbol = SymbolId{9};
    detection.type = EventType::Low;
    detection.direction = Direction::Down;
    detection.timeframe = Timeframe::Hour1;
    detection.source = SourceKind::WebSocket;
    detection.session = TradingSession::After;
    detection.session_key = 11;
    detection.price = Price::from_cents(123);
    detection.ts = unix_nanos(13);
    detection.confidence = 0.5;
    detection.volume = Size::from_shares(17);
    detection.score = -0.25;
    detection.revises_last = true;
    detection.known_from_trades = true;
    detection.data = std::move(data);
    Evidence& evidence = detection.evidence;
    evidence.trade_id = TradeId("abc");
    evidence.source_sequence = 19;
    evidence.conditions.add(37);
    evidence.luld_band = LuldBand::Lower;
    evidence.exchange = 4;
    evidence.prior_extreme = Price::from_cents(99);
    evidence.prior_extreme_ts = unix_nanos(23);
    evidence.period = MarketPeriod::Closing;
    evidence.thresholds.add("min_price_change", 29);
    evidence.thresholds.add("min_percent_change", 31);
    evidence.configured = true;
    evidence.rule_version = "high_low/1";
    evidence.rules.push_back(
        {RuleName("a rule"), RuleMark::Action::Enriched, RuleName("score"), 1.5});
    detection.context = {SourceId{2}, unix_nanos(37), Sequence{41}};
    return detection;
}

TEST(ModelState, EveryAlternativeOfADetectionComesBack) {
    HighLowData high_low;
    high_low.vwap = 1.25;
    high_low.has_vwap = true;
    high_low.reversal = Reversal::MTop;
    high_low.cancelled = true;
    TrendData trend;
    trend.strength = Strength::Strong;
    trend.score_long = 0.75;
    trend.turn = TrendData::Turn::DownNowUp;
    SurgeData surge;
    surge.trigger = SurgeData::Trigger::VolumeDriven;
    surge.baseline = Price::from_cents(7);
    ControlData control;
    control.kind = ControlData::Kind::SourceGap;
    control.reason = {'L', 'U', 'D', 'P'};
    const EventData all[] = {high_low,
                             trend,
                             surge,
                             control,
                             BarData{1, 2},
                             ValuationData{Price::from_cents(1), Price::from_cents(2), 3, 4},
                             RuleData{RuleName("mine"), 5}};
    for (const EventData& data : all) {
        const Detection loaded = carried(detection_with(data));
        EXPECT_EQ(loaded.data.index(), data.index());
    }
    const Detection loaded = carried(detection_with(high_low));
    EXPECT_TRUE(std::get<HighLowData>(loaded.data).cancelled);
    EXPECT_EQ(loaded.evidence.trade_id.view(), "abc");
    EXPECT_STREQ(loaded.evidence.rule_version, "high_low/1");
    ASSERT_EQ(loaded.evidence.thresholds.items().size(), 2U);
    EXPECT_STREQ(loaded.evidence.thresholds.items()[1].name, "min_percent_change");
    EXPECT_EQ(loaded.evidence.rules.at(0).field.view(), "score");
    EXPECT_EQ(loaded.context.sequence, Sequence{41});
}

TEST(ModelState, AnEventComesBack) {
    Event event;
    event.detection = detection_with(BarData{1, 2});
    event.id = 0x1234;
    event.revision = 2;
    event.priority = 1;
    event.corroborated_by = 6;
    event.suppressed = 8;
    const Event loaded = carried(event);
    EXPECT_EQ(loaded.id, event.id);
    EXPECT_EQ(loaded.suppressed, 8U);
}

TEST(ModelState, ARecordOfEveryKindComesBack) {
    Trade trade;
    trade.header.sequence = Sequence{3};
    trade.price = Price::from_cents(101);
    trade.id = TradeId("print");
    trade.conditions.add(12);
    EXPECT_EQ(carried(Record(trade)).trade().id.view(), "print");
    Quote quote;
    quote.ask = Price::from_cents(5);
    EXPECT_EQ(carried(Record(quote)).quote().ask, quote.ask);
    Bar bar;
    bar.timeframe = Timeframe::Minute15;
    bar.has_average_volume = true;
    EXPECT_TRUE(carried(Record(bar)).bar().has_average_volume);
    FairValue value;
    value.confidence = 0.75;
    EXPECT_EQ(carried(Record(value)).fair_value().confidence, 0.75);
    TradingStatus status;
    status.action = TradingStatus::Action::Pause;
    EXPECT_EQ(carried(Record(status)).status().action, TradingStatus::Action::Pause);
    const Record tick = carried(Record::clock_tick(unix_nanos(77)));
    EXPECT_EQ(tick.kind(), RecordKind::ClockTick);
    EXPECT_EQ(tick.header().ts_event, unix_nanos(77));
}

TEST(ModelState, AnIntakeNoteComesBack) {
    IntakeNote note;
    note.session_key = 5;
    note.eligibility = Eligibility::all();
    note.muted = true;
    note.low_known = true;
    const IntakeNote loaded = carried(note);
    EXPECT_TRUE(loaded.muted && loaded.low_known && loaded.eligibility.last());
    carried(FairValueReference{Price::from_cents(1), unix_nanos(2), 3});
}

TEST(ModelState, AKindOrACountThatCannotBeIsRefused) {
    std::string bytes = saved(Record(Trade{}));
    bytes[0] = 99;
    Record record;
    StateReader in(bytes);
    in(record);
    EXPECT_FALSE(in.ok());

    std::string list = saved(ThresholdList{});
    list[0] = 100;
    ThresholdList thresholds;
    StateReader in_list(list);
    in_list(thresholds);
    EXPECT_FALSE(in_list.ok());
    EXPECT_TRUE(thresholds.items().empty());
}

}  // namespace
}  // namespace tickstock
