#include "engine/intake_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/decimal.hpp"
#include "base/json_writer.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

std::string decimal(std::int64_t raw, int scale) {
    std::string text;
    append_decimal(text, raw, scale);
    return text;
}

void or_null(JsonWriter& json, std::string_view text) {
    text.empty() ? json.null() : json.string(text);
}

}  // namespace

std::string reason_of(const QuarantinedTrade& trade) {
    const int128 level = trade.level.raw();
    const int128 distance = trade.price > trade.level ? (trade.price - trade.level).raw()
                                                      : (trade.level - trade.price).raw();
    constexpr int128 most = 100'000'000;  // hundredths: a million percent says enough
    const int128 hundredths = (distance * 10'000 + level - 1) / level;
    return fmt::format("{}{} % from {}, limit {} %", hundredths > most ? "over " : "",
                       decimal(static_cast<std::int64_t>(std::min(hundredths, most)), 2),
                       decimal(trade.level.raw(), Price::decimals),
                       decimal(trade.limit_percent, 6));
}

void append_json(std::string& out, const QuarantineEntry& entry) {
    const QuarantinedTrade& trade = entry.trade;
    JsonWriter json(out);
    json.begin_object().key("symbol").string(entry.symbol);
    json.key("ts").number(to_ns(trade.ts)).key("price").price(trade.price);
    json.key("size").size(trade.size).key("level").price(trade.level);
    json.key("limit_percent").raw(decimal(trade.limit_percent, 6));
    json.key("reason").string(reason_of(trade));
    json.key("outcome").string(to_string(trade.outcome));
    json.key("session").string(to_string(trade.session));
    json.key("conditions").begin_array();
    for (const unsigned code : trade.conditions.codes()) {
        json.number(code);
    }
    json.end_array().key("exchange");
    trade.exchange == 0 ? json.null() : json.number(unsigned{trade.exchange});
    json.key("trade_id");
    or_null(json, trade.id.view());
    json.end_object();
}

std::string describe(const UnknownConditionEntry& entry) {
    const std::string_view what =
        entry.code == 255 ? "sale condition 255 (or any above 254)" : "sale condition";
    return fmt::format("{}{} is in no row of the table: {} trade{}, first of {}", what,
                       entry.code == 255 ? "" : fmt::format(" {}", entry.code), entry.count,
                       entry.count == 1 ? "" : "s", escape_control(entry.first_symbol));
}

void add_unknown_conditions(const std::vector<UnknownConditionEntry>& from,
                            std::vector<UnknownConditionEntry>& to) {
    for (const UnknownConditionEntry& entry : from) {
        const auto place =
            std::ranges::lower_bound(to, entry.code, {}, &UnknownConditionEntry::code);
        if (place == to.end() || place->code != entry.code) {
            to.insert(place, entry);
            continue;
        }
        place->count += entry.count;
        if (entry.first_ts < place->first_ts) {
            place->first_symbol = entry.first_symbol;
            place->first_ts = entry.first_ts;
        }
    }
}

void UnknownConditionLog::tell(const std::vector<UnknownConditionEntry>& entries) {
    for (const UnknownConditionEntry& entry : entries) {
        if (!told_[entry.code]) {
            told_[entry.code] = true;
            log_warn("engine", "{}; taken as if it allowed everything", describe(entry));
        }
    }
}

}  // namespace tickstock
