#include "validate/known_tape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>

#include "model/calendar.hpp"
#include "sources/record_writer.hpp"
#include "sources/synthetic/market.hpp"
#include "validate/raw_json.hpp"

namespace tickstock::validate {
namespace {

constexpr std::int64_t midnight = 1'709'614'800;  // 2024-03-05 00:00 in New York, s since 1970

constexpr std::int64_t at(int hour, int minute, int second = 0) {
    return midnight + hour * 3600 + minute * 60 + second;
}

/// Puts records together, symbols numbered as they come.
class TapeWriter {
public:
    void trade(const char* symbol, std::int64_t second, double price, int shares = 100) {
        Trade trade;
        head(trade.header, symbol, second);
        trade.price = price_of(price);
        trade.size = Size::from_shares(shares);
        batch_.records.emplace_back(trade);
    }
    void bar(const char* symbol, std::int64_t start, double open, double close, int shares) {
        Bar bar;
        head(bar.header, symbol, start);
        bar.header.source_kind = SourceKind::Ohlcv;
        bar.open = price_of(open);
        bar.close = price_of(close);
        bar.high = std::max(bar.open, bar.close);
        bar.low = std::min(bar.open, bar.close);
        bar.volume = Size::from_shares(shares);
        batch_.records.emplace_back(bar);
    }
    void fair_value(const char* symbol, std::int64_t second, double value, double market) {
        FairValue fair;
        head(fair.header, symbol, second);
        fair.header.source_kind = SourceKind::Fmv;
        fair.value = price_of(value);
        fair.market_price = price_of(market);
        fair.confidence = 0.9;
        batch_.records.emplace_back(fair);
    }
    void status(const char* symbol, std::int64_t second, TradingStatus::Action action,
                const char* reason) {
        TradingStatus status;
        head(status.header, symbol, second);
        status.action = action;
        std::memcpy(status.reason.data(), reason, std::strlen(reason));
        batch_.records.emplace_back(status);
    }
    RecordBatch finish() {
        std::stable_sort(batch_.records.begin(), batch_.records.end(),
                         [](const Record& a, const Record& b) {
                             return a.header().ts_event < b.header().ts_event;
                         });
        return std::move(batch_);
    }

private:
    static Price price_of(double dollars) {
        return Price::from_raw(static_cast<std::int64_t>(dollars * 1e6 + 0.5) * 1'000);
    }
    void head(RecordHeader& header, const char* symbol, std::int64_t second) {
        const auto next = SymbolId{static_cast<std::uint32_t>(batch_.new_symbols.size())};
        const auto [found, is_new] = ids_.emplace(symbol, next);
        if (is_new) {
            batch_.new_symbols.emplace_back(symbol);
        }
        header.symbol = found->second;
        header.ts_event = from_unix_second(second);
        header.ts_recv = header.ts_event;
    }

    RecordBatch batch_;
    std::map<std::string, SymbolId> ids_;
};

/// The market up to a moment of its day.
class Morning final : public RecordReader {
public:
    Morning(std::unique_ptr<SyntheticMarket> market, UnixNanos end)
        : market_(std::move(market)), end_(end) {}

    bool read(RecordBatch& batch) override {
        return market_->position() < end_ && market_->read(batch);
    }
    StageCounts counts() const override {
        // What the market has made and not handed over is not part of this run.
        StageCounts counts = market_->counts();
        counts.in -= counts.held;
        counts.held = 0;
        return counts;
    }

private:
    const std::unique_ptr<SyntheticMarket> market_;
    const UnixNanos end_;
};

}  // namespace

RecordBatch known_tape() {
    TapeWriter tape;
    // A high 0.2 % up, then a low half a percent under the session's first price.
    tape.trade("HILO", at(10, 0, 0), 100.00);
    tape.trade("HILO", at(10, 0, 5), 100.20);
    tape.trade("HILO", at(10, 0, 10), 99.50);
    // Before the opening: 100 calm seconds, then 0.3 % on 42 times the volume.
    for (int second = 0; second < 100; ++second) {
        tape.trade("SURGE", at(8, 0, second), 100.00);
    }
    tape.trade("SURGE", at(8, 1, 40), 100.30, 4'100);
    // Flat for five minutes, then a tenth of a cent up each second: weak after a minute.
    for (int second = 0; second < 300; ++second) {
        tape.trade("TREND", at(11, 0, second), 100.00);
    }
    for (int second = 0; second < 70; ++second) {
        tape.trade("TREND", at(11, 5, second), 100.00 + 0.001 * second);
    }
    // Minute bars: six alike, then one percent up on three times the volume.
    for (int minute = 0; minute < 6; ++minute) {
        tape.bar("BARS", at(12, minute), 100.00, 100.00, 1'000);
    }
    tape.bar("BARS", at(12, 6), 100.00, 101.00, 3'000);
    // Worth 1.5 % more than it costs.
    tape.fair_value("FAIR", at(13, 0), 101.50, 100.00);
    tape.trade("HALTED", at(13, 10), 20.00);
    tape.status("HALTED", at(13, 11), TradingStatus::Action::Halt, "T1");
    tape.status("HALTED", at(13, 15), TradingStatus::Action::Resume, "T3");
    tape.trade("HALTED", at(13, 15, 1), 20.00);
    // Makes the rule true, and moves too little for all others.
    tape.trade("RULED", at(13, 20, 0), 49.99);
    tape.trade("RULED", at(13, 20, 1), 50.00);
    tape.trade("RULED", at(13, 20, 2), 50.00);
    return tape.finish();
}

UserRule known_rule() {
    UserRule rule;
    rule.name = "validate-fifty";
    rule.kind = RuleKind::Event;
    rule.when = "price >= 50 and price < 50.005";
    rule.origin = "tickstock validate";
    return rule;
}

const std::vector<std::string>& known_events() {
    static const std::vector<std::string> events{
        "08:01:40 SURGE high up 100.3",
        "08:01:41 SURGE surge up 100.3",
        "10:00:05 HILO high up 100.2",
        "10:00:10 HILO low down 99.5",
        "11:05:59 TREND trend up 100.058",
        "12:07:00 BARS high up 101",
        "12:07:00 BARS surge up 101",
        "13:00:00 FAIR valuation up 100",
        "13:11:00 HALTED control halt",
        "13:15:01 HALTED control resume",
        "13:20:02 RULED rule validate-fifty 50",
    };
    return events;
}

std::string words_of(std::string_view event_body) {
    const auto text = [&](std::string_view name) { return raw_text(raw_value(event_body, name)); };
    const std::uint64_t ns = raw_number(raw_value(event_body, "ts")).value_or(0);
    const std::int64_t second = static_cast<std::int64_t>(ns / 1'000'000'000) - midnight;
    std::string words = fmt::format("{:02}:{:02}:{:02} {} {}", second / 3600, second / 60 % 60,
                                    second % 60, text("symbol"), text("type"));
    const std::string_view data = raw_value(event_body, "data");
    if (text("type") == "control") {
        return words + " " + std::string(raw_text(raw_value(data, "kind")));
    }
    const std::string_view about =
        text("type") == "rule" ? raw_text(raw_value(data, "rule")) : text("direction");
    return fmt::format("{} {} {}", words, about, raw_value(event_body, "price"));
}

std::optional<Error> write_known_tape(const std::string& path) {
    auto writer = open_writer(path, Format::Ndjson);
    if (!writer) {
        return writer.error();
    }
    if (auto failed = (*writer)->write(known_tape())) {
        return failed;
    }
    return (*writer)->finish();
}

Result<std::unique_ptr<RecordReader>> lively_morning(unsigned symbols, unsigned minutes) {
    SyntheticSettings settings;
    settings.symbols = symbols;
    settings.date = "2024-03-05";
    settings.trades_per_second = 300;
    static const TradingCalendar calendar;
    auto market = SyntheticMarket::open(settings, calendar, from_unix_second(midnight));
    if (!market) {
        return market.error();
    }
    const UnixNanos end = (*market)->day().midnight + std::chrono::minutes(9 * 60 + 30 + minutes);
    return std::unique_ptr<RecordReader>(std::make_unique<Morning>(std::move(*market), end));
}

}  // namespace tickstock::validate
