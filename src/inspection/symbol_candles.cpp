#include "inspection/symbol_candles.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace tickstock {
namespace {

constexpr std::array<std::int64_t, 5> bar_seconds{1, 60, 300, 900, 3600};

constexpr SymbolId own_id{0};

std::size_t place_of(std::int64_t interval) {
    const auto& all = SymbolCandles::intervals;
    const auto found = std::find(all.begin(), all.end(), interval);
    TS_ASSERT(found != all.end());
    return static_cast<std::size_t>(found - all.begin());
}

/// What the last candle left is where one without a price stands.
void fill_prices(std::vector<Candle>& candles) {
    const Candle* before = nullptr;
    for (Candle& candle : candles) {
        if (!candle.has_price) {
            const Price at = before != nullptr  ? before->close
                             : candle.has_range ? candle.low
                                                : Price();
            candle.open = candle.close =
                candle.has_range ? std::clamp(at, candle.low, candle.high) : at;
        }
        if (!candle.has_range) {
            candle.high = std::max(candle.open, candle.close);
            candle.low = std::min(candle.open, candle.close);
        }
        candle.high = std::max({candle.high, candle.open, candle.close});
        candle.low = std::min({candle.low, candle.open, candle.close});
        before = &candle;
    }
    const auto without = [](const Candle& candle) { return candle.open == Price(); };
    candles.erase(candles.begin(), std::find_if_not(candles.begin(), candles.end(), without));
}

}  // namespace

Result<std::shared_ptr<const CandleRules>> CandleRules::make(const PipelineSettings& settings) {
    auto rules = std::make_shared<CandleRules>(
        CandleRules{settings, TradingCalendar(settings.calendar), {}, false});
    if (!settings.intake.condition_table.empty()) {
        auto loaded = ConditionTable::from_file(settings.intake.condition_table);
        if (!loaded) {
            return loaded.error();
        }
        rules->conditions = std::move(*loaded);
    }
    rules->validates = SourceSpecificRulesEngine(settings).validates();
    return std::shared_ptr<const CandleRules>(std::move(rules));
}

SymbolCandles::SymbolCandles(std::shared_ptr<const CandleRules> rules)
    : made_with_(std::move(rules)), rules_(made_with_), sessions_(made_with_->calendar) {
    for (const std::int64_t interval : intervals) {
        series_.emplace_back(interval, candles_kept);
    }
    for (const std::int64_t seconds : bar_seconds) {
        bars_.emplace_back(seconds, bars_kept);
    }
    clear();
}

void SymbolCandles::clear() {
    for (CandleSeries& series : series_) {
        series.clear();
    }
    for (CandleSeries& series : bars_) {
        series.clear();
    }
    session_.reset();
    intake_ =
        std::make_unique<Intake>(rules_->settings.intake, made_with_->calendar, rules_->conditions);
    if (rules_->validates) {
        validators_ = std::make_unique<SourceSpecificRulesEngine>(rules_->settings);
    }
}

void SymbolCandles::reconfigure(std::shared_ptr<const CandleRules> rules) {
    rules_ = std::move(rules);
    intake_->reconfigure(rules_->settings.intake);
}

void SymbolCandles::take(const Record& record) {
    if (record.kind() != RecordKind::Trade && record.kind() != RecordKind::Bar) {
        return;
    }
    Record own = record;
    own.header().symbol = own_id;
    if (validators_ && !validators_->accepts(own)) {
        return;
    }
    IntakeNote note;
    if (!intake_->accept(own, note)) {
        return;
    }
    const UnixNanos ts = own.header().ts_event;
    if (record.kind() == RecordKind::Bar) {
        take_bar(own.bar());
        return;
    }
    if (own.trade().correction != 0 || !note.eligibility.any()) {
        return;
    }
    take_trade(own.trade(), note.eligibility);
    Candle& figures = session_of(note, ts);
    const Trade& trade = own.trade();
    if (note.eligibility.last()) {
        figures.last(trade.price);
    }
    if (note.eligibility.high_low()) {
        figures.reach(trade.price);
    }
    if (note.eligibility.volume()) {
        figures.add_volume(trade.price, trade.size);
    }
    ++figures.trades;
}

Candle& SymbolCandles::session_of(const IntakeNote& note, UnixNanos ts) {
    if (!session_ || session_->session_key != note.session_key) {
        session_.emplace();
        session_->session_key = note.session_key;
        session_->session = note.session;
        session_->begin = sessions_.at(ts).session_begin;
    }
    return session_->figures;
}

std::optional<SessionCandle> SymbolCandles::session() const {
    const CandleSeries* bars = finest_bars();
    if (session_ || bars == nullptr) {
        return session_;
    }
    const SessionSpan span =
        made_with_->calendar.span_at(from_unix_second(bars->candles().back().start));
    SessionCandle session;
    session.session_key = span.session_key;
    session.session = span.session;
    session.begin = span.session_begin;
    for (const Candle& bar : bars->candles()) {
        if (from_unix_second(bar.start) >= span.session_begin) {
            session.figures.append(bar);
        }
    }
    return session;
}

/// The bars of the shortest timeframe that came; null = none came.
const CandleSeries* SymbolCandles::finest_bars() const {
    const auto found = std::find_if(bars_.begin(), bars_.end(), [](const CandleSeries& bars) {
        return !bars.candles().empty();
    });
    return found == bars_.end() ? nullptr : &*found;
}

void SymbolCandles::take_trade(const Trade& trade, Eligibility may) {
    const std::int64_t second = unix_second(trade.header.ts_event);
    for (CandleSeries& series : series_) {
        Candle* candle = series.at(second);
        if (candle == nullptr) {
            continue;
        }
        if (may.last()) {
            candle->last(trade.price);
        }
        if (may.high_low()) {
            candle->reach(trade.price);
        }
        if (may.volume()) {
            candle->add_volume(trade.price, trade.size);
        }
        ++candle->trades;
    }
}

/// A bar that comes again replaces the one before.
void SymbolCandles::take_bar(const Bar& bar) {
    const int place = static_cast<int>(bar.timeframe) - static_cast<int>(Timeframe::Second1);
    if (place < 0 || place >= static_cast<int>(bars_.size())) {
        return;  // a day's
    }
    Candle* candle = bars_[static_cast<std::size_t>(place)].at(unix_second(bar.header.ts_event));
    if (candle == nullptr) {
        return;
    }
    const std::int64_t start = candle->start;
    *candle = Candle{};
    candle->start = start;
    candle->last(bar.open);
    candle->last(bar.close);
    candle->reach(bar.high);
    candle->reach(bar.low);
    candle->trades = bar.transactions;
    candle->has_vwap = bar.vwap.raw() > 0;
    candle->add_volume(candle->has_vwap ? bar.vwap : bar.close, bar.volume);
}

std::vector<Candle> SymbolCandles::of_bars(std::int64_t interval) const {
    const CandleSeries* bars = finest_bars();
    if (bars == nullptr || bars->interval() > interval) {
        return {};
    }
    CandleSeries made(interval, bars_kept);
    for (const Candle& bar : bars->candles()) {
        if (Candle* candle = made.at(bar.start)) {
            candle->append(bar);
        }
    }
    return {made.candles().begin(), made.candles().end()};
}

std::vector<Candle> SymbolCandles::candles(std::int64_t interval, std::size_t limit,
                                           std::int64_t since) const {
    const auto& kept = series_[place_of(interval)].candles();
    std::vector<Candle> found =
        kept.empty() ? of_bars(interval) : std::vector<Candle>(kept.begin(), kept.end());
    fill_prices(found);
    const auto first =
        std::lower_bound(found.begin(), found.end(), since,
                         [](const Candle& candle, std::int64_t t) { return candle.start < t; });
    found.erase(found.begin(), first);
    if (found.size() > limit) {
        found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(limit));
    }
    return found;
}

bool SymbolCandles::is_cut(std::int64_t interval) const {
    return series_[place_of(interval)].is_cut();
}

}  // namespace tickstock
