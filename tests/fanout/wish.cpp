#include "wish.hpp"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "base/decimal.hpp"

namespace tickstock::fanout {
namespace {

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> words;
    std::istringstream in(text);
    for (std::string word; std::getline(in, word, ',');) {
        words.push_back(word);
    }
    return words;
}

void append_list(std::string& out, std::string_view name, const std::vector<std::string>& words) {
    if (words.empty()) {
        return;
    }
    out += out.ends_with('{') ? "\"" : ",\"";
    out += name;
    out += "\":[";
    for (const std::string& word : words) {
        out += &word == words.data() ? "\"" : ",\"";
        out += word + '"';
    }
    out += ']';
}

void append_number(std::string& out, std::string_view name, const std::string& number) {
    if (!number.empty()) {
        out += out.ends_with('{') ? "\"" : ",\"";
        out += name;
        out += "\":" + number;
    }
}

bool set(Wish& wish, const std::string& name, const std::string& value) {
    const auto number = [&] { return std::strtod(value.c_str(), nullptr); };
    if (name == "group") {
        wish.group = value;
    } else if (name == "count") {
        wish.count = static_cast<std::size_t>(number());
    } else if (name == "symbols") {
        wish.symbols = split(value);
    } else if (name == "types") {
        wish.types = split(value);
    } else if (name == "directions") {
        wish.directions = split(value);
    } else if (name == "sources") {
        wish.sources = split(value);
    } else if (name == "min_score") {
        wish.min_score = value;
    } else if (name == "min_price") {
        wish.min_price = value;
    } else if (name == "max_price") {
        wish.max_price = value;
    } else if (name == "min_volume") {
        wish.min_volume = value;
    } else if (name == "interval_ms") {
        wish.interval_ms = value;
    } else if (name == "conflate") {
        wish.conflate = value;
    } else if (name == "universes") {
        wish.universes = value;
    } else if (name == "churn") {
        wish.churn_seconds = number();
    } else if (name == "stall_after") {
        wish.stall_after_seconds = number();
    } else if (name == "stall_for") {
        wish.stall_for_seconds = number();
    } else if (name == "rate") {
        wish.bytes_per_second = number();
    } else {
        return false;
    }
    return true;
}

std::optional<std::int64_t> scaled(const std::string& number, int scale) {
    std::int64_t raw = 0;
    if (number.empty() || parse_decimal(number, scale, raw) != DecimalStatus::Ok) {
        return std::nullopt;
    }
    return raw;
}

bool is_in(const std::vector<std::string>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

}  // namespace

std::optional<Wish> parse_wish(std::string_view line, std::string& fault) {
    Wish wish;
    std::istringstream in{std::string(line)};
    for (std::string word; in >> word;) {
        const auto equals = word.find('=');
        if (equals == std::string::npos ||
            !set(wish, word.substr(0, equals), word.substr(equals + 1))) {
            fault = "not understood: " + word;
            return std::nullopt;
        }
    }
    return wish;
}

std::string subscribe_text(const Wish& wish, std::string_view since) {
    std::string text = R"({"op":"subscribe","id":"t")";
    append_list(text, "symbols", wish.symbols);
    append_list(text, "types", wish.types);
    append_list(text, "universes", split(wish.universes));
    std::string filter = "{";
    append_list(filter, "directions", wish.directions);
    append_list(filter, "sources", wish.sources);
    append_number(filter, "min_score", wish.min_score);
    append_number(filter, "min_price", wish.min_price);
    append_number(filter, "max_price", wish.max_price);
    append_number(filter, "min_volume", wish.min_volume);
    if (filter.size() > 1) {
        text += ",\"filter\":" + filter + '}';
    }
    append_number(text, "interval_ms", wish.interval_ms);
    append_number(text, "conflate", wish.conflate);
    text += ",\"since\":";
    text += since;
    text += '}';
    return text;
}

PlainFilter::PlainFilter(const Wish& wish)
    : wish_(wish),
      symbols_(wish.symbols.begin(), wish.symbols.end()),
      min_price_e9_(scaled(wish.min_price, 9)),
      max_price_e9_(scaled(wish.max_price, 9)),
      min_volume_e6_(scaled(wish.min_volume, 6)) {
    if (!wish.min_score.empty()) {
        min_score_ = std::strtod(wish.min_score.c_str(), nullptr);
    }
}

bool PlainFilter::accepts(const Facts& facts) const {
    if (!wish_.types.empty() && !is_in(wish_.types, facts.type)) {
        return false;
    }
    const bool is_control = facts.type == "control";
    const bool passes_symbols =
        symbols_.empty() || symbols_.contains(facts.symbol) || (is_control && facts.symbol.empty());
    if (!passes_symbols || is_control) {
        return passes_symbols;
    }
    if (!wish_.directions.empty() && !is_in(wish_.directions, facts.direction)) {
        return false;
    }
    if (!wish_.sources.empty() && !is_in(wish_.sources, facts.source)) {
        return false;
    }
    return (!min_score_ || facts.score >= *min_score_) &&
           (!min_price_e9_ || facts.price_e9 >= *min_price_e9_) &&
           (!max_price_e9_ || facts.price_e9 <= *max_price_e9_) &&
           (!min_volume_e6_ || facts.volume_e6 >= *min_volume_e6_);
}

}  // namespace tickstock::fanout
