#include "golden_case.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

#include "base/decimal.hpp"
#include "config/settings.hpp"
#include "engine/multi_channel_system.hpp"

namespace tickstock::golden {
namespace {

using Words = std::map<std::string, std::string>;

const date::time_zone* new_york() {
    static const date::time_zone* zone = date::locate_zone("America/New_York");
    return zone;
}

UnixNanos from_eastern(const std::string& day, const std::string& time) {
    std::istringstream text(day + " " + time);
    date::local_time<Nanos> local;
    text >> date::parse("%F %T", local);
    if (!text) {
        throw std::runtime_error("not a time: " + day + " " + time);
    }
    return UnixNanos{new_york()->to_sys(local).time_since_epoch()};
}

std::string clock_text(UnixNanos t) {
    const date::sys_time<Nanos> sys{t.time_since_epoch()};
    std::string text = date::format("%F %T", new_york()->to_local(sys));
    text.resize(text.find_last_not_of('0') + 1);
    if (text.back() == '.') {
        text.pop_back();
    }
    return text;
}

std::int64_t number(const std::string& text, int scale) {
    std::int64_t value = 0;
    if (parse_decimal(text, scale, value) != DecimalStatus::Ok) {
        throw std::runtime_error("not a number: " + text);
    }
    return value;
}

std::string decimal(std::int64_t raw, int scale) {
    std::string text;
    append_decimal(text, raw, scale);
    return text;
}

std::string rounded(double value) {
    std::string text;
    append_double(text, value);
    return text;
}

class Reader {
public:
    explicit Reader(Case& golden) : golden_(golden) {}

    void line(const std::string& text) {
        std::istringstream words(text.substr(0, text.find('#')));
        std::string first;
        if (!(words >> first)) {
            return;
        }
        if (first == "set") {
            set(words);
        } else if (first == "detect") {
            detect(words);
        } else {
            record(first, words);
        }
    }

private:
    void record(const std::string& day, std::istringstream& words) {
        std::string time, symbol, what;
        words >> time >> symbol >> what;
        const UnixNanos ts = from_eastern(day, time);
        const bool is_status = what == "HALT" || what == "PAUSE" || what == "RESUME";
        if (is_status) {
            status(ts, symbol, what, words);
        } else if (what == "LULD") {
            bands(ts, symbol, words);
        } else if (what == "BAR") {
            bar(day, ts, symbol, words);
        } else if (what == "FMV") {
            fair_value(day, ts, symbol, words);
        } else if (what == "QUOTE") {
            quote(ts, symbol, words);
        } else {
            trades(day, ts, symbol, what, words);
        }
    }

    /// set NAME VALUE, by the names of the settings table; a bare name is one of high_low.
    void set(std::istringstream& words) {
        std::string name, value;
        words >> name >> value;
        if (name == "calendar") {
            name = "market.calendar";
            value = value == "overnight" ? "us_equities_overnight" : value;
        } else if (name.find('.') == std::string::npos) {
            name = "high_low." + name;
        }
        const Setting* setting = find_setting(name);
        if (setting == nullptr) {
            throw std::runtime_error("unknown setting: " + name);
        }
        const auto parsed = parse_setting(*setting, {RawValue::Kind::Untyped, value, {}});
        if (!parsed) {
            throw std::runtime_error(name + " = " + value + ": accepted is " + setting->accepted);
        }
        setting->write(golden_.config, *parsed);
    }

    /// detect trend surge …: these and no others.
    void detect(std::istringstream& words) {
        PipelineSettings& settings = golden_.config.pipeline;
        const std::map<std::string, bool*> switches{{"high_low", &settings.high_low.enabled},
                                                    {"trend", &settings.trend.enabled},
                                                    {"surge", &settings.surge.enabled},
                                                    {"bars", &settings.bars.enabled},
                                                    {"valuation", &settings.valuation.enabled}};
        for (const auto& [name, enabled] : switches) {
            *enabled = false;
        }
        for (std::string name; words >> name;) {
            if (!switches.contains(name)) {
                throw std::runtime_error("unknown detector: " + name);
            }
            *switches.at(name) = true;
        }
    }

    RecordHeader header(UnixNanos ts, const std::string& symbol) {
        const auto [known, is_new] =
            symbols_.try_emplace(symbol, static_cast<std::uint32_t>(symbols_.size()));
        if (is_new) {
            golden_.batch.new_symbols.emplace_back(symbol);
        }
        RecordHeader made;
        made.symbol = SymbolId{known->second};
        made.ts_event = ts;
        made.ts_recv = ts;
        return made;
    }

    /// HALT, PAUSE or RESUME [reason=WORD].
    void status(UnixNanos ts, const std::string& symbol, const std::string& what,
                std::istringstream& words) {
        TradingStatus status;
        status.header = header(ts, symbol);
        status.action = what == "HALT"    ? TradingStatus::Action::Halt
                        : what == "PAUSE" ? TradingStatus::Action::Pause
                                          : TradingStatus::Action::Resume;
        for (std::string word; words >> word;) {
            if (!word.starts_with("reason=")) {
                throw std::runtime_error("unknown word: " + word);
            }
            word.copy(status.reason.data(), status.reason.size(), 7);
        }
        golden_.batch.records.emplace_back(status);
    }

    /// LULD LOWER UPPER.
    void bands(UnixNanos ts, const std::string& symbol, std::istringstream& words) {
        TradingStatus status;
        status.header = header(ts, symbol);
        std::string lower, upper;
        words >> lower >> upper;
        status.band_lower = Price::from_raw(number(lower, Price::decimals));
        status.band_upper = Price::from_raw(number(upper, Price::decimals));
        golden_.batch.records.emplace_back(status);
    }

    /// One trade, or with steps=N each=SECONDS by=PRICE a row of N, each so much later and dearer.
    void trades(const std::string& day, UnixNanos ts, const std::string& symbol,
                const std::string& price, std::istringstream& words) {
        Trade trade;
        trade.header = header(ts, symbol);
        trade.price = Price::from_raw(number(price, Price::decimals));
        trade.size = Size::from_shares(100);
        trade.exchange = 11;
        std::int64_t steps = 1;
        Nanos each{1'000'000'000};
        std::int64_t by = 0;
        for (std::string word; words >> word;) {
            if (word.starts_with("steps=")) {
                steps = number(word.substr(6), 0);
            } else if (word.starts_with("each=")) {
                each = Nanos{number(word.substr(5), 9)};
            } else if (word.starts_with("by=")) {
                by = number(word.substr(3), Price::decimals);
            } else {
                option(day, word, trade);
            }
        }
        for (std::int64_t step = 0; step < steps; ++step) {
            golden_.batch.records.emplace_back(trade);
            trade.header.ts_event += each;
            trade.header.ts_recv += each;
            trade.price = Price::from_raw(trade.price.raw() + by);
        }
    }

    /// BAR 1m OPEN HIGH LOW CLOSE xVOLUME [percent=P] [average=V] [seen=T]; seen at its end.
    void bar(const std::string& day, UnixNanos ts, const std::string& symbol,
             std::istringstream& words) {
        static const std::map<std::string, std::pair<Timeframe, int>> timeframes{
            {"1m", {Timeframe::Minute1, 60}},
            {"5m", {Timeframe::Minute5, 300}},
            {"15m", {Timeframe::Minute15, 900}},
            {"1h", {Timeframe::Hour1, 3600}},
            {"1d", {Timeframe::Day1, 86'400}}};
        Bar bar;
        bar.header = header(ts, symbol);
        bar.header.source_kind = SourceKind::Ohlcv;
        std::string timeframe, open, high, low, close;
        words >> timeframe >> open >> high >> low >> close;
        bar.timeframe = timeframes.at(timeframe).first;
        bar.header.ts_recv += std::chrono::seconds(timeframes.at(timeframe).second);
        bar.open = Price::from_raw(number(open, Price::decimals));
        bar.high = Price::from_raw(number(high, Price::decimals));
        bar.low = Price::from_raw(number(low, Price::decimals));
        bar.close = Price::from_raw(number(close, Price::decimals));
        for (std::string word; words >> word;) {
            const std::string value = word.substr(word.find('=') + 1);
            if (word[0] == 'x') {
                bar.volume = Size::from_raw(number(word.substr(1), Size::decimals));
            } else if (word.starts_with("percent=")) {
                bar.percent_change_micro = number(value, 6);
                bar.has_percent_change = true;
            } else if (word.starts_with("average=")) {
                bar.average_volume = Size::from_raw(number(value, Size::decimals));
                bar.has_average_volume = true;
            } else if (word.starts_with("seen=")) {
                bar.header.ts_recv = from_eastern(day, value);
            } else {
                throw std::runtime_error("unknown word: " + word);
            }
        }
        golden_.batch.records.emplace_back(bar);
    }

    /// FMV PRICE [market=P] [confidence=C] [seen=T].
    void fair_value(const std::string& day, UnixNanos ts, const std::string& symbol,
                    std::istringstream& words) {
        FairValue value;
        value.header = header(ts, symbol);
        value.header.source_kind = SourceKind::Fmv;
        std::string price;
        words >> price;
        value.value = Price::from_raw(number(price, Price::decimals));
        for (std::string word; words >> word;) {
            const std::string text = word.substr(word.find('=') + 1);
            if (word.starts_with("market=")) {
                value.market_price = Price::from_raw(number(text, Price::decimals));
            } else if (word.starts_with("confidence=")) {
                value.confidence = static_cast<double>(number(text, 6)) / 1e6;
            } else if (word.starts_with("seen=")) {
                value.header.ts_recv = from_eastern(day, text);
            } else {
                throw std::runtime_error("unknown word: " + word);
            }
        }
        golden_.batch.records.emplace_back(value);
    }

    /// QUOTE BID ASK.
    void quote(UnixNanos ts, const std::string& symbol, std::istringstream& words) {
        Quote quote;
        quote.header = header(ts, symbol);
        std::string bid, ask;
        words >> bid >> ask;
        quote.bid = Price::from_raw(number(bid, Price::decimals));
        quote.ask = Price::from_raw(number(ask, Price::decimals));
        golden_.batch.records.emplace_back(quote);
    }

    static void option(const std::string& day, const std::string& word, Trade& trade) {
        const auto equals = word.find('=');
        const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
        if (word[0] == 'x' && equals == std::string::npos) {
            trade.size = Size::from_raw(number(word.substr(1), Size::decimals));
        } else if (word.starts_with("c=")) {
            std::istringstream codes(value);
            for (std::string code; std::getline(codes, code, ',');) {
                trade.conditions.add(static_cast<unsigned>(std::stoi(code)));
            }
        } else if (word.starts_with("id=")) {
            trade.id = TradeId(value);
        } else if (word.starts_with("ex=")) {
            trade.exchange = static_cast<std::uint8_t>(std::stoi(value));
        } else if (word.starts_with("done=")) {
            trade.ts_execution = from_eastern(day, value);
        } else if (word.starts_with("correction=")) {
            trade.correction = static_cast<std::uint8_t>(std::stoi(value));
        } else if (word.starts_with("seen=")) {
            trade.header.ts_recv = from_eastern(day, value);
        } else {
            throw std::runtime_error("unknown word: " + word);
        }
    }

    Case& golden_;
    std::map<std::string, std::uint32_t> symbols_;
};

std::string price_text(Price price) {
    return decimal(price.raw(), Price::decimals);
}

/// What is special to a type, after time, symbol, type and price.
std::string say_data(const Detection& detection, const HighLowData& data) {
    const bool high = detection.type == EventType::High;
    std::string text =
        fmt::format(" #{} {} traded {} after {} {}% vwap {} rel {} sig {}",
                    high ? data.count_up : data.count_down, to_string(detection.session),
                    clock_text(detection.ts).substr(11),
                    price_text(high ? data.previous_high : data.previous_low),
                    rounded(data.percent_change), data.has_vwap ? rounded(data.vwap) : "none",
                    rounded(data.rel_volume), rounded(data.significance));
    if (data.coalesced != 1) {
        text += fmt::format(" coalesced {}", data.coalesced);
    }
    if (data.reversal != Reversal::None) {
        text += fmt::format(" {}", to_string(data.reversal));
    }
    if (data.trend_flag != Direction::None) {
        text += fmt::format(" trend {}", to_string(data.trend_flag));
    }
    if (data.surge_flag != Direction::None) {
        text += fmt::format(" surge {}", to_string(data.surge_flag));
    }
    if (detection.evidence.luld_band != LuldBand::None) {
        text += fmt::format(" at {} band", to_string(detection.evidence.luld_band));
    }
    return text;
}

std::string say_data(const Detection& detection, const TrendData& data) {
    std::string text =
        fmt::format(" {} {} #{} {} score {} ({} {} {}) {} vwap age {}s",
                    to_string(detection.direction), to_string(data.strength),
                    detection.direction == Direction::Up ? data.count_up : data.count_down,
                    to_string(detection.session), rounded(data.score), rounded(data.score_short),
                    rounded(data.score_medium), rounded(data.score_long),
                    to_string(data.vwap_position), data.age_seconds);
    if (data.turn != TrendData::Turn::None) {
        text += fmt::format(" {}", to_string(data.turn));
    }
    return text;
}

std::string say_data(const Detection& detection, const SurgeData& data) {
    return fmt::format(
        " {} {} #{} {} {}% from {} x{} score {} {} until {}", to_string(detection.direction),
        to_string(data.strength), data.daily_count, to_string(detection.session),
        rounded(data.magnitude), price_text(data.baseline), rounded(data.volume_multiplier),
        rounded(data.score), to_string(data.trigger), clock_text(data.expiration).substr(11));
}

std::string say_data(const Detection& detection, const BarData& data) {
    return fmt::format(" {} {} bar {}% x{}", to_string(detection.direction),
                       to_string(detection.timeframe), rounded(data.percent_change),
                       rounded(data.volume_multiplier));
}

std::string say_data(const Detection& detection, const ValuationData& data) {
    return fmt::format(" {} fair {} {}% strength {} confidence {}",
                       data.deviation > 0 ? "undervalued" : "overvalued",
                       price_text(data.fair_value), rounded(data.deviation), rounded(data.strength),
                       rounded(detection.confidence));
}

std::string say_data(const Detection&, const RuleData& data) {
    return fmt::format(" {} #{}", data.rule.view(), data.count);
}

std::string say_data(const Detection&, const ControlData& data) {
    const std::string_view reason(data.reason.data(),
                                  strnlen(data.reason.data(), data.reason.size()));
    return fmt::format(" {}{}{}", to_string(data.kind), reason.empty() ? "" : " ", reason);
}

std::string say(const Event& event, const SymbolTable& symbols) {
    const Detection& detection = event.detection;
    std::string type(to_string(detection.type));
    std::transform(type.begin(), type.end(), type.begin(),
                   [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    std::string text = fmt::format("{} {} {}", clock_text(detection.key.fire),
                                   symbols.text(detection.symbol).view(), type);
    if (detection.type != EventType::Control) {
        text += " " + price_text(detection.price);
    }
    text += std::visit([&](const auto& data) { return say_data(detection, data); }, detection.data);
    if (event.revision != 0) {
        text += fmt::format(" rev {}", event.revision);
    }
    const auto* extreme = std::get_if<HighLowData>(&detection.data);
    if (extreme != nullptr && extreme->cancelled) {
        text += " cancelled";
    }
    return text;
}

void say_dropped(const char* stage, const StageCounts& counts, std::vector<std::string>& out) {
    for (std::size_t reason = 0; reason < reason_count; ++reason) {
        if (counts.dropped[reason] != 0) {
            out.push_back(fmt::format("{} {} {}", stage, to_string(static_cast<Reason>(reason)),
                                      counts.dropped[reason]));
        }
    }
}

}  // namespace

Case read_case(const std::string& path) {
    Case golden;
    golden.path = path;
    PipelineSettings& settings = golden.config.pipeline;
    settings.trend.enabled = settings.surge.enabled = false;
    std::ifstream file(path);
    if (!file) {
        throw std::runtime_error(path + ": cannot be read");
    }
    Reader reader(golden);
    std::string section;
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        if (line.starts_with("== ")) {
            section = line.substr(3);
            continue;
        }
        try {
            if (section.empty()) {
                golden.input.push_back(line);
                reader.line(line);
            } else if (!line.empty()) {
                (section == "events" ? golden.events : golden.dropped).push_back(line);
            }
        } catch (const std::runtime_error& error) {
            throw std::runtime_error(fmt::format("{}:{}: {}", path, number, error.what()));
        }
    }
    return golden;
}

Outcome run_case(const Case& golden, std::size_t batch_size, unsigned shards) {
    auto system = MultiChannelSystem::create(golden.config.pipeline, shards);
    (*system)->add_source(SourceId{0});
    std::vector<Event> events;
    RecordBatch batch;
    batch.new_symbols = golden.batch.new_symbols;
    const auto& records = golden.batch.records;
    for (std::size_t at = 0; at < records.size(); at += batch_size) {
        const std::size_t end = std::min(at + batch_size, records.size());
        batch.records.assign(records.begin() + static_cast<std::ptrdiff_t>(at),
                             records.begin() + static_cast<std::ptrdiff_t>(end));
        (*system)->process(batch, events);
        batch.clear();
    }
    (*system)->finish(events);

    Outcome outcome;
    for (const Event& event : events) {
        outcome.events.push_back(say(event, (*system)->symbols()));
    }
    const Accounting accounting = (*system)->accounting();
    say_dropped("intake", accounting.intake, outcome.dropped);
    say_dropped("tick", accounting.channels[0], outcome.dropped);
    say_dropped("ohlcv", accounting.channels[1], outcome.dropped);
    say_dropped("fmv", accounting.channels[2], outcome.dropped);
    say_dropped("detectors", accounting.detectors, outcome.dropped);
    say_dropped("linear", accounting.linear, outcome.dropped);
    say_dropped("selection", accounting.selection, outcome.dropped);
    say_dropped("rules", accounting.rules, outcome.dropped);
    say_dropped("coordination", accounting.coordination, outcome.dropped);
    return outcome;
}

void rewrite_case(const Case& golden, const Outcome& outcome) {
    std::ofstream file(golden.path, std::ios::trunc);
    for (const std::string& line : golden.input) {
        file << line << '\n';
    }
    file << "== events\n";
    for (const std::string& line : outcome.events) {
        file << line << '\n';
    }
    file << "== dropped\n";
    for (const std::string& line : outcome.dropped) {
        file << line << '\n';
    }
}

}  // namespace tickstock::golden
