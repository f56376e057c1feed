#include "simulation/tape.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tickstock::sim {
namespace {

using namespace std::chrono_literals;

/// That sources let pass.
constexpr Price highest = Price::from_raw(Price::limit_raw - 1);

/// Makes one source's records in order of arrival.
class TapeMaker {
public:
    TapeMaker(const Plan& plan, const SourcePlan& source, const MarketPath& market)
        : plan_(plan), source_(source), market_(market), random_(plan.seed, source.name) {
        calm_ = source;
        calm_.mean_gap = plan.calm / static_cast<std::int64_t>(source.calm_records);
        for (std::uint64_t* fault :
             {&calm_.duplicates, &calm_.reordered, &calm_.late, &calm_.corrections,
              &calm_.odd_conditions, &calm_.spikes, &calm_.extremes, &calm_.statuses, &calm_.bursts,
              &calm_.silences, &calm_.clock_jumps}) {
            *fault = 0;
        }
    }

    std::vector<Record> make() {
        std::vector<Record> tape;
        const std::uint64_t records = source_.records + source_.calm_records;
        tape.reserve(records);
        time_ = plan_.start;
        arrival_ = plan_.start;
        while (tape.size() < records) {
            if (tape.size() == source_.records) {
                source_ = calm_;
                burst_ = 0;
                clock_error_ = Nanos{0};
                time_ = std::max(time_, plan_.start + plan_.duration);
            }
            pass_time();
            Record record;
            if (!tape.empty() && random_.chance(source_.duplicates)) {
                record =
                    tape[tape.size() - 1 - random_.below(std::min<std::size_t>(16, tape.size()))];
            } else {
                record = next();
            }
            arrival_ = std::max(arrival_, time_);
            record.header().ts_recv = arrival_;
            record.header().source_sequence = tape.size() + 1;
            tape.push_back(record);
        }
        return tape;
    }

private:
    void pass_time() {
        if (burst_ > 0) {
            --burst_;
        } else {
            time_ += Nanos{random_.between(0, 2 * source_.mean_gap.count())};
            if (random_.chance(source_.bursts)) {
                burst_ = random_.below(400);
            }
        }
        if (random_.chance(source_.silences)) {
            arrival_ = time_ + Nanos{random_.between(0, plan_.duration.count() / 5)};
        }
        if (random_.chance(source_.clock_jumps)) {
            clock_error_ = random_.pick({Nanos{0}, Nanos{-1h}, Nanos{1h}, Nanos{-400s}, Nanos{3s}});
        }
        clock_error_ = random_.chance(5'000) ? Nanos{0} : clock_error_;
    }

    Record next() {
        RecordHeader header;
        // Low numbers are busier.
        const std::uint64_t symbol = random_.below(random_.below(plan_.symbols) + 1);
        header.symbol = SymbolId{static_cast<std::uint32_t>(symbol)};
        header.source_kind = source_.kind;
        plain_ = is_plain_symbol(header.symbol.value());
        header.ts_event = time_ - Nanos{random_.between(0, 20'000'000)};
        if (!source_.clock_event || !plain_) {
            header.ts_event += clock_error_;
        }
        if (random_.chance(source_.reordered)) {
            header.ts_event -= Nanos{random_.between(0, 2'000'000'000)};
        }
        if (random_.chance(source_.late)) {
            header.ts_event -= Nanos{random_.between(0, 100'000'000'000)};
        }
        switch (source_.feed) {
            case SourcePlan::Feed::Trades:
                return !plain_ && random_.chance(source_.statuses) ? status(header) : trade(header);
            case SourcePlan::Feed::Quotes: return quote(header);
            case SourcePlan::Feed::Bars: return plain_ ? quote(header) : bar(header);
            case SourcePlan::Feed::FairValues: return fair_value(header);
        }
        return {};
    }

    Price price(const RecordHeader& header) {
        const Price price = market_.at(header.symbol.value(), time_);
        if (!plain_ && random_.chance(source_.spikes)) {
            return Price::from_raw(price.raw() / 100 * random_.between(50, 150));
        }
        if (!plain_ && random_.chance(source_.extremes)) {
            return random_.pick({Price::from_raw(1), highest});
        }
        return price;
    }
    Size size() {
        return random_.chance(20'000) ? Size::from_raw(random_.between(1, 5'000'000))
                                      : Size::from_shares(random_.between(1, 2'000));
    }

    Record trade(const RecordHeader& header) {
        Trade trade;
        trade.header = header;
        trade.price = price(header);
        trade.size = size();
        trade.ts_execution = time_unknown;
        trade.exchange = static_cast<std::uint8_t>(random_.between(1, 3));
        trade.id = TradeId(fmt::format("{}", next_id_++));
        if (plain_) {
            return trade;
        }
        if (random_.chance(source_.odd_conditions)) {
            trade.conditions.add(random_.pick({12U, 13U, 2U, 37U, 29U, 22U, 7U, 200U, 300U}));
        }
        if (random_.chance(source_.odd_conditions)) {
            trade.ts_execution = header.ts_event - Nanos{random_.between(0, 20'000'000'000)};
        }
        if (random_.chance(source_.corrections)) {
            trade.correction = static_cast<std::uint8_t>(random_.between(1, 3));
            trade.id = TradeId(fmt::format(
                "{}", next_id_ - 1 - random_.below(std::min<std::uint64_t>(next_id_, 20))));
        }
        return trade;
    }

    Record status(const RecordHeader& header) {
        TradingStatus status;
        status.header = header;
        status.action = random_.pick({TradingStatus::Action::Halt, TradingStatus::Action::Pause,
                                      TradingStatus::Action::Resume, TradingStatus::Action::Resume,
                                      TradingStatus::Action::None});
        const Price middle = market_.at(header.symbol.value(), time_);
        status.band_lower = Price::from_raw(middle.raw() / 100 * 95);
        status.band_upper = Price::from_raw(middle.raw() / 100 * 105);
        status.reason = {'L', 'U', 'D', 'P'};
        return status;
    }

    Record quote(const RecordHeader& header) {
        Quote quote;
        quote.header = header;
        const Price middle = price(header);
        quote.bid = random_.chance(10'000) ? Price() : middle - Price::from_cents(1);
        quote.ask = random_.chance(10'000) ? Price() : middle + Price::from_cents(1);
        quote.bid = std::max(quote.bid, Price());
        quote.ask = std::min(quote.ask, highest);
        quote.bid_size = size();
        quote.ask_size = size();
        return quote;
    }

    Record bar(RecordHeader header) {
        Bar bar;
        bar.timeframe = random_.pick({Timeframe::Minute1, Timeframe::Minute1, Timeframe::Minute5,
                                      Timeframe::Minute15, Timeframe::Hour1, Timeframe::Second1});
        const std::int64_t length = bar.timeframe == Timeframe::Second1    ? 1
                                    : bar.timeframe == Timeframe::Minute1  ? 60
                                    : bar.timeframe == Timeframe::Minute5  ? 300
                                    : bar.timeframe == Timeframe::Minute15 ? 900
                                                                           : 3600;
        const std::int64_t second = unix_second(header.ts_event) - length;
        header.ts_event = from_unix_second(second - second % length);
        bar.header = header;
        bar.open = market_.at(header.symbol.value(), time_ - Nanos{20s});
        bar.close = price(header);
        bar.high = std::min(
            highest, std::max(bar.open, bar.close) + Price::from_cents(random_.between(0, 10)));
        bar.low = std::min(bar.open, bar.close);
        bar.volume = size();
        bar.vwap = bar.close;
        bar.transactions = static_cast<std::uint32_t>(random_.below(100));
        if (random_.chance(300'000)) {
            bar.has_percent_change = true;
            bar.percent_change_micro = random_.between(-3'000'000, 3'000'000);
        }
        if (random_.chance(300'000)) {
            bar.has_average_volume = true;
            bar.average_volume = size();
        }
        return bar;
    }

    Record fair_value(const RecordHeader& header) {
        FairValue value;
        value.header = header;
        const Price market = market_.at(header.symbol.value(), time_);
        value.value = Price::from_raw(market.raw() / 1'000 * random_.between(970, 1'030));
        value.market_price = random_.chance(300'000) ? market : Price();
        value.confidence =
            random_.chance(500'000) ? -1 : static_cast<double>(random_.below(1'000)) / 1'000;
        return value;
    }

    const Plan& plan_;
    SourcePlan source_;  // as it is now
    SourcePlan calm_;    // as it will be behind the faults
    const MarketPath& market_;
    RandomStream random_;
    UnixNanos time_;
    UnixNanos arrival_;
    Nanos clock_error_{0};
    std::uint64_t burst_ = 0;
    std::uint64_t next_id_ = 1;
    bool plain_ = false;  // the symbol at hand
};

}  // namespace

std::vector<Record> make_tape(const Plan& plan, const SourcePlan& source,
                              const MarketPath& market) {
    return TapeMaker(plan, source, market).make();
}

}  // namespace tickstock::sim
