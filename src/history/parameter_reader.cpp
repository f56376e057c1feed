#include "history/parameter_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "history/time_text.hpp"

namespace tickstock {
namespace {

constexpr std::size_t shown = 64;  // bytes of a name or value in a message
constexpr std::size_t max_limit = 1000;

bool is_printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

int hex_value(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

std::string ParameterError::message() const {
    return fmt::format("parameter \"{}\" is \"{}\": accepted is {}", name, value, accepted);
}

ParameterReader::ParameterReader(HistoryParameters parameters, UnixNanos now)
    : parameters_(parameters), now_(now) {}

std::optional<std::string_view> ParameterReader::take(std::string_view name) {
    known_.push_back(name);
    std::optional<std::string_view> found;
    for (const auto& [other, value] : parameters_) {
        if (other == name) {
            if (found) {
                fail(name, value, "one value only");
            }
            found = value;
        }
    }
    return found;
}

void ParameterReader::fail(std::string_view name, std::string_view value, std::string accepted) {
    if (!error_) {
        error_ = ParameterError{std::string(name), std::string(value.substr(0, shown)),
                                std::move(accepted)};
    }
}

std::optional<std::size_t> ParameterReader::take_word(std::string_view name,
                                                      std::span<const std::string_view> words) {
    const auto value = take(name);
    if (!value) {
        return std::nullopt;
    }
    const auto found = std::find(words.begin(), words.end(), *value);
    if (found == words.end() || value->empty()) {
        fail(name, *value, fmt::format("{}", fmt::join(words, ", ")));
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - words.begin());
}

void ParameterReader::take_time(std::string_view name, UnixNanos& time) {
    if (const auto value = take(name)) {
        const auto read = parse_time(*value, now_);
        if (!read) {
            fail(name, *value, std::string(accepted_times));
        }
        time = read.value_or(time);
    }
}

void ParameterReader::take_limit(std::size_t& limit) {
    const auto value = take("limit");
    if (!value) {
        return;
    }
    std::size_t number = 0;
    const char* const end = value->data() + value->size();
    const auto [stopped, error] = std::from_chars(value->data(), end, number);
    if (error != std::errc() || stopped != end || number < 1 || number > max_limit) {
        fail("limit", *value, "an integer from 1 to 1000");
        return;
    }
    limit = number;
}

void ParameterReader::take_order(HistoryOrder& order) {
    static constexpr std::string_view words[] = {"newest", "oldest"};
    if (const auto word = take_word("order", words)) {
        order = static_cast<HistoryOrder>(*word);
    }
}

void ParameterReader::take_range(UnixNanos& from, UnixNanos& to) {
    take_time("from", from);
    take_time("to", to);
    if (take("to") && from >= to) {
        fail("to", *take("to"), "a time after \"from\"");
    }
    const auto date = take("date");
    if (!date) {
        return;
    }
    const auto day = parse_date(*date);
    if (!day) {
        fail("date", *date, "a date YYYY-MM-DD from 1990 to 2035");
        return;
    }
    from = std::max(from, begin_of(*day));
    to = std::min(to, begin_of(*day + std::chrono::days(1)));
}

void ParameterReader::take_name(std::string_view name, std::string& text) {
    if (const auto value = take(name)) {
        if (value->empty() || value->size() > shown || !is_printable(*value)) {
            fail(name, *value, "1 to 64 printable ASCII characters");
        }
        text = *value;
    }
}

std::optional<std::string> ParameterReader::take_cursor(char letter) {
    const auto value = take("cursor");
    if (!value) {
        return std::nullopt;
    }
    std::string text;
    bool is_good = value->size() > 2 && value->size() % 2 == 1 && value->size() < 512 &&
                   value->front() == letter;
    for (std::size_t i = 1; is_good && i < value->size(); i += 2) {
        const int high = hex_value((*value)[i]);
        const int low = hex_value((*value)[i + 1]);
        is_good = high >= 0 && low >= 0 && high * 16 + low != 0;
        text.push_back(static_cast<char>(high * 16 + low));
    }
    if (!is_good) {
        fail("cursor", *value, "what a page of this path gave as \"next\"");
        return std::nullopt;
    }
    return text;
}

std::optional<ParameterError> ParameterReader::finish() {
    for (const auto& [name, value] : parameters_) {
        if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
            std::vector<std::string_view> names(known_);
            std::sort(names.begin(), names.end());
            names.erase(std::unique(names.begin(), names.end()), names.end());
            error_ =
                ParameterError{name.substr(0, shown), value.substr(0, shown),
                               fmt::format("none of that name, but {}", fmt::join(names, ", "))};
            break;
        }
    }
    return error_;
}

std::string cursor_text(char letter, std::string_view key) {
    std::string text(1, letter);
    for (const char c : key) {
        text += fmt::format("{:02x}", static_cast<unsigned char>(c));
    }
    return text;
}

}  // namespace tickstock
