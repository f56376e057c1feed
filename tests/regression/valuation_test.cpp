// Valuations (SPEC 7.6) of the engine against the naive oracle (tests/support/naive_valuation.hpp)
// on random trades, quotes and fair values: the same events, field by field and in the same order,
// whatever the batches and the shards.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <string>

#include "regression/random_tape.hpp"
#include "support/engine_run.hpp"
#include "support/naive_bars.hpp"
#include "support/naive_valuation.hpp"

namespace tickstock::naive {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t minute = 60 * second;

PipelineSettings valuations_alone(TradingCalendar::Kind calendar) {
    PipelineSettings settings = detectors_off();
    settings.valuation.enabled = true;
    settings.calendar = calendar;
    return settings;
}

// ---------------------------------------------------------------- comparing

std::string compare(const ValuationFact& fact, const Event& event, const std::string& symbol) {
    const Detection& detection = event.detection;
    Comparison comparison;
    comparison.field("symbol", fact.symbol, symbol);
    comparison.field("type", to_string(EventType::Valuation), to_string(detection.type));
    comparison.field("direction", to_string(fact.direction), to_string(detection.direction));
    comparison.field("timeframe", to_string(Timeframe::None), to_string(detection.timeframe));
    comparison.field("source", to_string(SourceKind::Fmv), to_string(detection.source));
    comparison.field("session", to_string(fact.session), to_string(detection.session));
    comparison.field("fire", fact.fire, to_ns(detection.key.fire));
    comparison.field("sequence", fact.sequence, detection.key.sequence.value());
    comparison.field("phase", 1, int{detection.key.phase});
    comparison.field("rank", static_cast<int>(EventRank::Valuation),
                     static_cast<int>(detection.key.rank));
    comparison.field("ts", fact.ts, to_ns(detection.ts));
    comparison.field("price", fact.reference, detection.price.raw());
    comparison.field("volume", std::int64_t{0}, detection.volume.raw());
    comparison.number("confidence", fact.confidence, detection.confidence);
    comparison.number("score", fact.strength, detection.score);
    comparison.field("id", fact.id, event.id);
    comparison.field("rev", 0U, event.revision);
    const auto* data = std::get_if<ValuationData>(&detection.data);
    if (data == nullptr) {
        return comparison.text() + "  no valuation data\n";
    }
    comparison.field("fair_value", fact.fair_value, data->fair_value.raw());
    comparison.field("reference", fact.reference, data->reference.raw());
    comparison.number("deviation", fact.deviation, data->deviation);
    comparison.number("strength", fact.strength, data->strength);
    comparison.field("source_sequence", fact.source_sequence, detection.evidence.source_sequence);
    comparison.field("thresholds told", true, !detection.evidence.thresholds.items().empty());
    comparison.field("rule_version told", true, *detection.evidence.rule_version != '\0');
    return comparison.text();
}

std::string first_difference(const std::vector<ValuationFact>& facts, const EngineRun& run) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < run.events.size(); ++i) {
        const Detection& detection = run.events[i].detection;
        if (detection.type == EventType::Control) {
            continue;
        }
        const std::string engines = run.symbols[i] + " at sequence " +
                                    std::to_string(detection.key.sequence.value()) + "\n";
        if (at == facts.size()) {
            return "only the engine has one of " + engines;
        }
        const std::string text = compare(facts[at], run.events[i], run.symbols[i]);
        if (!text.empty()) {
            return "event " + std::to_string(at) + ", oracle's of " + facts[at].symbol +
                   " at sequence " + std::to_string(facts[at].sequence) + ", engine's of " +
                   engines + text;
        }
        ++at;
    }
    return at == facts.size() ? ""
                              : "only the oracle has one of " + facts[at].symbol + " at sequence " +
                                    std::to_string(facts[at].sequence) + "\n";
}

std::string line_of(const Record& record, const Tape& tape, TradingCalendar::Kind calendar) {
    std::ostringstream out;
    const RecordHeader& header = record.header();
    out << to_string(record.kind()) << " " << tape.symbols[header.symbol.value()] << " ts "
        << to_ns(header.ts_event) << " recv " << to_ns(header.ts_recv) << " "
        << to_string(bar_session_at(to_ns(header.ts_event), calendar).name);
    switch (record.kind()) {
        case RecordKind::Trade: out << " p " << record.trade().price.raw(); break;
        case RecordKind::Quote:
            out << " bid " << record.quote().bid.raw() << " ask " << record.quote().ask.raw();
            break;
        case RecordKind::FairValue:
            out << " value " << record.fair_value().value.raw() << " market "
                << record.fair_value().market_price.raw() << " confidence "
                << record.fair_value().confidence;
            break;
        case RecordKind::TradingStatus:
            out << " action " << static_cast<int>(record.status().action);
            break;
        default: break;
    }
    return out.str();
}

std::string text_of(const Tape& tape, TradingCalendar::Kind calendar) {
    std::string text;
    for (std::size_t i = 0; i < tape.records.size(); ++i) {
        text += std::to_string(i + 1) + ": " + line_of(tape.records[i], tape, calendar) + "\n";
    }
    return text;
}

// ---------------------------------------------------------------- random values

/// Fair values around a price that hardly moves. Limits are hit exactly, just missed and passed.
class ValueTapeMaker {
public:
    ValueTapeMaker(std::uint64_t seed, TradingCalendar::Kind calendar) : calendar_(calendar) {
        Dice dice(seed);
        static const char* const names[] = {"ZED", "ABC"};
        for (std::size_t i = 0; i < 1 + dice.below(2); ++i) {
            tape_.symbols.emplace_back(names[i]);
            prices_.push_back({dice.one_in(2) ? 100'000'000'000 : 12'340'000'000, 0, 0});
            prices_.back().last = prices_.back().base;
        }
        static constexpr std::int64_t borders[] = {3 * 60 + 58, 4 * 60,       9 * 60 + 28,
                                                   10 * 60,     15 * 60 + 58, 19 * 60 + 58};
        const std::size_t first_day = dice.below(trading_days().size());
        now_ = (trading_days()[first_day].noon - 12 * 3600) * second + dice.pick(borders) * minute;
        if (dice.one_in(3)) {
            tape_.delay = Nanos{250'000'000};
        }
    }

    void add(std::uint64_t word) {
        Dice dice(word);
        static constexpr std::int64_t steps[] = {
            0,           0,           1,           second,
            10 * second, 30 * second, 30 * second, 30 * second - 1,
            60 * second, 90 * second, 180 * second};
        if (dice.one_in(60)) {
            static constexpr std::int64_t jumps[] = {60 * minute, 240 * minute, 600 * minute};
            now_ += dice.pick(jumps);
        } else {
            now_ += dice.pick(steps);
        }
        const std::size_t symbol = dice.below(prices_.size());
        const std::size_t what = dice.below(100);
        if (what < 8) {
            trade(dice, symbol);
        } else if (what < 16) {
            quote(dice, symbol);
        } else if (what < 20) {
            status(dice, symbol);
        } else {
            value(dice, symbol);
        }
    }

    Tape take() { return std::move(tape_); }

private:
    struct Prices {
        std::int64_t base = 0;
        std::int64_t last = 0;  // the reference, as far as the maker follows it
        std::int64_t unused = 0;
    };

    RecordHeader header(std::size_t symbol, SourceKind source) {
        RecordHeader result;
        result.symbol = SymbolId(static_cast<std::uint32_t>(symbol));
        result.source_kind = source;
        result.source_sequence = tape_.records.size() + 7;
        result.ts_event = result.ts_recv = unix_nanos(now_);
        return result;
    }

    void trade(Dice& dice, std::size_t symbol) {
        Prices& prices = prices_[symbol];
        Trade trade;
        trade.header = header(symbol, SourceKind::Tick);
        static constexpr std::int64_t offsets[] = {0, 0, 1, 2, -1, -2};
        trade.price = Price::from_raw(prices.base + dice.pick(offsets) * prices.base / 1000);
        trade.size = Size::from_shares(100);
        if (dice.one_in(4)) {
            static constexpr unsigned codes[] = {37, 12, 5, 2, 99};
            trade.conditions.add(dice.pick(codes));
        }
        const Session session = bar_session_at(now_, calendar_);
        if (session.number != 0 && rights_of(trade, session.name).last) {
            prices.last = trade.price.raw();
        }
        tape_.records.emplace_back(trade);
    }

    void quote(Dice& dice, std::size_t symbol) {
        Prices& prices = prices_[symbol];
        Quote quote;
        quote.header = header(symbol, SourceKind::Tick);
        // Half spreads in 1/1000 of the price: 1.2 % takes 0.3 of confidence, −0.2 % is crossed.
        static constexpr std::int64_t halves[] = {0, 1, 1, 2, 5, 6, 7, 20, -1};
        const std::int64_t half = dice.pick(halves) * (prices.base / 1000);
        quote.bid = Price::from_raw(prices.base - half);
        quote.ask = Price::from_raw(prices.base + half + (dice.one_in(4) ? 20'000'000 : 0));
        const bool one_sided = dice.one_in(6);
        if (one_sided) {
            (dice.one_in(2) ? quote.bid : quote.ask) = Price{};
        } else {
            prices.last = (quote.bid.raw() + quote.ask.raw()) / 2;
        }
        tape_.records.emplace_back(quote);
    }

    void status(Dice& dice, std::size_t symbol) {
        using Action = TradingStatus::Action;
        static constexpr Action actions[] = {Action::Halt, Action::Resume, Action::Resume,
                                             Action::Resume};
        TradingStatus status;
        status.header = header(symbol, SourceKind::Tick);
        status.action = dice.pick(actions);
        tape_.records.emplace_back(status);
    }

    void value(Dice& dice, std::size_t symbol) {
        const Prices& prices = prices_[symbol];
        FairValue value;
        value.header = header(symbol, SourceKind::Fmv);
        std::int64_t reference = prices.last;
        if (dice.one_in(3)) {
            reference = dice.one_in(2) ? prices.base : prices.base / 2;
            value.market_price = Price::from_raw(reference);
        }
        static constexpr double confidences[] = {0, 0.5, 0.699999, 0.7, 0.700001, 0.9, 1};
        if (dice.one_in(2)) {
            value.confidence = dice.one_in(3) ? dice.pick(confidences) : 0.9;
        }
        if (dice.one_in(8)) {  // an age of its own; 180 s take 0.3 of confidence
            static constexpr std::int64_t shifts[] = {-second, -20 * second, second / 2, second};
            const std::int64_t ts = now_ + dice.pick(shifts);
            if (bar_session_at(ts, calendar_).number == bar_session_at(now_, calendar_).number) {
                value.header.ts_event = unix_nanos(ts);
            }
        }
        // Deviation in 1e-5 %.
        static constexpr std::int64_t deviations[] = {0,       79'999,  80'000,  80'001,  99'999,
                                                      100'000, 100'001, 150'000, 200'000, 200'001,
                                                      249'999, 250'000, 300'000, 350'000, 400'000,
                                                      499'999, 500'000, 500'001, 600'000};
        const std::int64_t deviation = dice.pick(deviations) * (dice.one_in(3) ? -1 : 1);
        value.value = Price::from_raw(reference + reference / 1'000'000 * deviation / 10);
        tape_.records.emplace_back(value);
    }

    const TradingCalendar::Kind calendar_;
    Tape tape_;
    std::vector<Prices> prices_;
    std::int64_t now_ = 0;
};

// ---------------------------------------------------------------- checking

using Counts = std::map<std::string, std::uint64_t>;

void add_to(Counts& counts, const ValuationRun& run) {
    const ValuationStory& story = run.story;
    for (const ValuationFact& fact : run.facts) {
        ++counts[std::string(to_string(fact.direction))];
    }
    counts["no reference"] += story.no_reference;
    counts["low confidence"] += story.low_confidence;
    counts["implausible"] += story.implausible;
    counts["between 0.8 and 1 %"] += story.small;
    counts["re-armed"] += story.rearmed;
    counts["emitted armed"] += story.emitted_armed;
    counts["emitted as the sign changed"] += story.emitted_turned;
    counts["emitted further out"] += story.emitted_further;
    counts["told already"] += story.told_already;
    counts["cooling"] += story.cooling;
    counts["muted"] += story.muted;
    counts["by given price"] += story.by_given_price;
    counts["by trade"] += story.by_trade;
    counts["by quote"] += story.by_quote;
    counts["confidence given"] += story.confidence_given;
    counts["confidence computed"] += story.confidence_computed;
    counts["session changes"] += story.session_changes;
}

/// More tapes than RapidCheck's hundred, unless RC_PARAMS says otherwise.
[[maybe_unused]] const int more_tapes = setenv("RC_PARAMS", "max_success=600", 0);

void check_tapes(TradingCalendar::Kind calendar) {
    const PipelineSettings settings = valuations_alone(calendar);
    Counts counts;
    std::uint64_t in_closed = 0;
    const bool good = rc::check([&](std::uint64_t seed) {
        const auto words = *rc::gen::scale(10.0, rc::gen::container<std::vector<std::uint64_t>>(
                                                     rc::gen::arbitrary<std::uint64_t>()));
        ValueTapeMaker maker(seed, calendar);
        for (const std::uint64_t word : words) {
            maker.add(word);
        }
        const Tape tape = maker.take();
        const ValuationRun expected = valuations_of(tape, settings);
        const EngineRun one = run_engine(tape, settings, 1, seed, 1 + seed % 40);
        const std::string difference = first_difference(expected.facts, one);
        if (!difference.empty()) {
            RC_LOG() << difference << "\n" << text_of(tape, calendar);
            RC_FAIL();
        }
        const Accounting& accounting = one.accounting;
        const StageCounts& channel =
            accounting.channels[static_cast<std::size_t>(ChannelType::Fmv)];
        RC_ASSERT(accounting.detectors.closes());
        RC_ASSERT(accounting.coordination.closes());
        RC_ASSERT(channel.dropped_for(Reason::NoReference) == expected.story.no_reference);
        RC_ASSERT(accounting.detectors.dropped_for(Reason::LowConfidence) ==
                  expected.story.low_confidence);
        RC_ASSERT(accounting.detectors.dropped_for(Reason::Implausible) ==
                  expected.story.implausible);
        RC_ASSERT(run_engine(tape, settings, 3, seed + 3, 17).hash == one.hash);
        add_to(counts, expected);
        in_closed += expected.story.in_closed;
    });
    EXPECT_TRUE(good);
    if (calendar == TradingCalendar::Kind::UsEquities) {
        counts["in closed"] = in_closed;
    }
    expect_all_seen(counts, 50);
}

TEST(RandomFairValues, OfTheUsMarketGiveTheOraclesEvents) {
    check_tapes(TradingCalendar::Kind::UsEquities);
}
TEST(RandomFairValues, OfAContinuousMarketGiveTheOraclesEvents) {
    check_tapes(TradingCalendar::Kind::Continuous);
}

}  // namespace
}  // namespace tickstock::naive
