#include "golden_case.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

#include "base/decimal.hpp"
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
            return;
        }
        std::string time, symbol, what;
        words >> time >> symbol >> what;
        const UnixNanos ts = from_eastern(first, time);
        if (what == "HALT" || what == "PAUSE" || what == "RESUME") {
            status(ts, symbol, what);
        } else {
            trade(first, ts, symbol, what, words);
        }
    }

private:
    void set(std::istringstream& words) {
        std::string name, value;
        words >> name >> value;
        if (name == "cooldown_seconds") {
            golden_.settings.high_low.cooldown = Nanos{number(value, 9)};
        } else if (name == "min_price_change") {
            golden_.settings.high_low.min_price_change = number(value, 6);
        } else if (name == "min_percent_change") {
            golden_.settings.high_low.min_percent_change = number(value, 6);
        } else if (name == "calendar" && value == "continuous") {
            golden_.settings.calendar = TradingCalendar::Kind::Continuous;
        } else if (name == "calendar" && value == "overnight") {
            golden_.settings.calendar = TradingCalendar::Kind::UsEquitiesOvernight;
        } else {
            throw std::runtime_error("unknown setting: " + name + " " + value);
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

    void status(UnixNanos ts, const std::string& symbol, const std::string& what) {
        TradingStatus status;
        status.header = header(ts, symbol);
        status.action = what == "HALT"    ? TradingStatus::Action::Halt
                        : what == "PAUSE" ? TradingStatus::Action::Pause
                                          : TradingStatus::Action::Resume;
        golden_.batch.records.emplace_back(status);
    }

    void trade(const std::string& day, UnixNanos ts, const std::string& symbol,
               const std::string& price, std::istringstream& words) {
        Trade trade;
        trade.header = header(ts, symbol);
        trade.price = Price::from_raw(number(price, Price::decimals));
        trade.size = Size::from_shares(100);
        trade.exchange = 11;
        for (std::string word; words >> word;) {
            option(day, word, trade);
        }
        golden_.batch.records.emplace_back(trade);
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

std::string say(const Event& event, const SymbolTable& symbols) {
    const Detection& detection = event.detection;
    std::string text = fmt::format("{} {} ", clock_text(detection.key.fire),
                                   symbols.text(detection.symbol).view());
    if (const auto* control = std::get_if<ControlData>(&detection.data)) {
        return text + fmt::format("CONTROL {}", to_string(control->kind));
    }
    const auto& data = std::get<HighLowData>(detection.data);
    const bool high = detection.type == EventType::High;
    text += fmt::format("{} {} #{}", high ? "HIGH" : "LOW", decimal(detection.price.raw(), 9),
                        high ? data.count_up : data.count_down);
    text += fmt::format(" {}", to_string(detection.session));
    text += fmt::format(" traded {}", clock_text(detection.ts).substr(11));
    text +=
        fmt::format(" after {}", decimal((high ? data.previous_high : data.previous_low).raw(), 9));
    text += fmt::format(" {}% vwap {} rel {} sig {}", rounded(data.percent_change),
                        data.has_vwap ? rounded(data.vwap) : "none", rounded(data.rel_volume),
                        rounded(data.significance));
    if (data.coalesced != 1) {
        text += fmt::format(" coalesced {}", data.coalesced);
    }
    if (data.reversal != Reversal::None) {
        text += fmt::format(" {}", to_string(data.reversal));
    }
    if (event.revision != 0) {
        text += fmt::format(" rev {}", event.revision);
    }
    if (data.cancelled) {
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
    auto system = MultiChannelSystem::create(golden.settings, shards);
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
    say_dropped("detectors", accounting.detectors, outcome.dropped);
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
