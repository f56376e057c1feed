#include "regression/prepared_tape.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "intake/intake.hpp"
#include "model/calendar.hpp"
#include "regression/random_tape.hpp"

namespace tickstock::naive {
namespace {

constexpr std::int64_t second = 1'000'000'000;

/// A longer bar that ended lately, around the trade's price.
Bar bar_near(const Trade& trade, Dice& dice) {
    static constexpr std::array<std::int64_t, 5> lengths{60, 300, 900, 3600, 86'400};
    const std::size_t timeframe = dice.below(lengths.size());
    const std::int64_t length = lengths[timeframe] * second;
    Bar bar;
    bar.header = trade.header;
    bar.header.source_kind = SourceKind::Ohlcv;
    const auto back = static_cast<std::int64_t>(dice.below(4));
    bar.header.ts_event =
        unix_nanos(to_ns(trade.header.ts_event) / length * length - back * length);
    const auto around = [&] {
        return Price::from_raw(trade.price.raw() / 1000 *
                               (980 + static_cast<std::int64_t>(dice.below(41))));
    };
    bar.open = around();
    bar.close = around();
    bar.high = std::max({bar.open, bar.close, around()});
    bar.low = std::min({bar.open, bar.close, around()});
    bar.volume = Size::from_shares(static_cast<std::int64_t>(1 + dice.below(100'000)));
    bar.timeframe =
        static_cast<Timeframe>(static_cast<std::size_t>(Timeframe::Minute1) + timeframe);
    bar.has_average_volume = dice.one_in(2);
    bar.average_volume = Size::from_shares(bar.has_average_volume ? 10'000 : 0);
    return bar;
}

FairValue value_near(const Trade& trade, Dice& dice) {
    FairValue value;
    value.header = trade.header;
    value.header.source_kind = SourceKind::Fmv;
    value.value = Price::from_raw(trade.price.raw() / 1000 *
                                  (970 + static_cast<std::int64_t>(dice.below(61))));
    value.confidence = 0.9;
    return value;
}

std::vector<Record> strewn(const Tape& tape, std::uint64_t seed) {
    std::vector<Record> records;
    Dice dice(seed);
    for (const Record& record : tape.records) {
        records.push_back(record);
        const bool follows = record.kind() == RecordKind::Trade && seed != 0;
        if (follows && dice.one_in(5)) {
            records.emplace_back(bar_near(record.trade(), dice));
        } else if (follows && dice.one_in(5)) {
            records.emplace_back(value_near(record.trade(), dice));
        }
    }
    return records;
}

ChannelType channel_of(const Record& record) {
    if (record.kind() == RecordKind::FairValue) {
        return ChannelType::Fmv;
    }
    const bool longer_bar =
        record.kind() == RecordKind::Bar && record.bar().timeframe != Timeframe::Second1;
    return longer_bar ? ChannelType::Ohlcv : ChannelType::Tick;
}

/// Marks a trade that updates nothing but enters a session, as its channel does.
bool is_of_use(IntakeItem& item, bool second_bars_from_feed) {
    const Record& record = *item.record;
    if (record.kind() == RecordKind::FairValue) {
        return item.reference.price.raw() > 0;
    }
    if (record.kind() == RecordKind::Bar) {
        return record.bar().timeframe != Timeframe::Second1 || second_bars_from_feed;
    }
    const bool useless = record.kind() == RecordKind::Trade && record.trade().correction == 0 &&
                         !item.note.eligibility.any();
    item.note.session_only = useless && item.note.enters_session;
    return !useless;
}

}  // namespace

PreparedTape prepare(Tape tape, const PipelineSettings& settings, std::uint64_t seed) {
    PreparedTape prepared;
    prepared.symbols = std::make_shared<SymbolTable>();
    for (const std::string& symbol : tape.symbols) {
        prepared.symbols->intern(symbol);
    }
    prepared.records = strewn(tape, seed);
    const TradingCalendar calendar(settings.calendar);
    Intake intake(settings.intake, calendar, ConditionTable());
    UnixNanos clock{};
    std::uint64_t sequence = 0;
    for (Record& record : prepared.records) {
        RecordHeader& header = record.header();
        clock = std::max(clock, header.ts_recv - tape.delay);
        header.clock = clock;
        header.sequence = Sequence{++sequence};
        PreparedTape::Step step{channel_of(record), {}};
        step.item.record = &record;
        bool passes = intake.accept(record, step.item.note);
        if (passes && step.channel == ChannelType::Fmv) {
            step.item.reference = intake.reference_for(record.fair_value());
        }
        passes = passes && is_of_use(step.item, settings.intake.second_bars_from_feed);
        if (passes || step.item.note.session_only) {
            prepared.steps.push_back(step);
        }
    }
    return prepared;
}

Tape busy_morning(std::uint32_t symbols, std::size_t records) {
    Tape tape;
    Dice dice(5);
    std::vector<std::int64_t> cents;
    for (std::uint32_t i = 0; i < symbols; ++i) {
        tape.symbols.push_back("S" + std::to_string(i));
        cents.push_back(1'000 + static_cast<std::int64_t>(dice.below(20'000)));
    }
    constexpr std::int64_t open = 1'709'649'000;  // 2024-03-05 9:30 in New York
    const std::int64_t step = 7'200 * second / static_cast<std::int64_t>(records);
    for (std::size_t i = 0; i < records; ++i) {
        Trade trade;
        trade.header.symbol = SymbolId{static_cast<std::uint32_t>(i % symbols)};
        std::int64_t& price = cents[i % symbols];
        price = std::max<std::int64_t>(100, price + static_cast<std::int64_t>(dice.below(21)) - 10);
        trade.header.ts_event = unix_nanos(open * second + static_cast<std::int64_t>(i) * step);
        trade.header.ts_recv = trade.header.ts_event;
        trade.price = Price::from_cents(price);
        trade.size = Size::from_shares(static_cast<std::int64_t>(1 + dice.below(500)));
        trade.id = TradeId(std::to_string(i));
        tape.records.emplace_back(trade);
    }
    return tape;
}

}  // namespace tickstock::naive
