#include "publishing/event_details.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <variant>

#include "base/decimal.hpp"

namespace tickstock {
namespace {

using VwapPosition = TrendData::VwapPosition;

/// As the body tells it: with six decimals.
double as_told(double value) {
    std::string text;
    append_double(text, value);
    double told = 0;
    std::from_chars(text.data(), text.data() + text.size(), told);
    return told;
}

VwapPosition position_of(double divergence) {
    // What rounds to 0 at the sixth decimal is told as 0.
    constexpr double least = 5e-7;
    return divergence > least    ? VwapPosition::Above
           : divergence < -least ? VwapPosition::Below
                                 : VwapPosition::Unknown;
}

std::uint32_t clamped(std::int64_t seconds) {
    return static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(seconds, 0, std::numeric_limits<std::uint32_t>::max()));
}

void take(EventDetails& details, const Detection& detection, const HighLowData& data) {
    details.count = detection.type == EventType::Low ? data.count_down : data.count_up;
    details.vwap = data.has_vwap ? position_of(data.vwap_divergence) : VwapPosition::Unknown;
    details.has = EventDetails::Count | EventDetails::Vwap;
}

void take(EventDetails& details, const Detection& detection, const TrendData& data) {
    details.strength = data.strength;
    details.vwap = data.vwap_position;
    details.trend_age = clamped(data.age_seconds);
    details.count = detection.direction == Direction::Down ? data.count_down : data.count_up;
    details.has =
        EventDetails::Strength | EventDetails::Vwap | EventDetails::TrendAge | EventDetails::Count;
}

void take(EventDetails& details, const Detection&, const SurgeData& data) {
    details.magnitude = std::abs(as_told(data.magnitude));
    details.strength = data.strength;
    details.count = data.daily_count;
    details.has = EventDetails::Magnitude | EventDetails::Strength | EventDetails::Count;
}

void take(EventDetails& details, const Detection& detection, const BarData& data) {
    if (detection.type == EventType::Surge) {
        details.magnitude = std::abs(as_told(data.percent_change));
        details.has = EventDetails::Magnitude;
    }
}

void take(EventDetails& details, const Detection&, const RuleData& data) {
    details.count = data.count;
    details.has = EventDetails::Count;
}

void take(EventDetails&, const Detection&, const ControlData&) {}
void take(EventDetails&, const Detection&, const ValuationData&) {}

/// The member `"data":{…}` of a body. Quotes inside its strings are escaped, so a key in quotes is
/// found nowhere but at the key.
class DataText {
public:
    explicit DataText(std::string_view body) {
        constexpr std::string_view begin = R"("data":{)";
        const auto at = body.find(begin);
        if (at != std::string_view::npos) {
            text_ = body.substr(at + begin.size());
            text_ = text_.substr(0, text_.find(R"(},"evidence":)"));
        }
    }

    /// What stands behind `"key":`; empty when there is no such member.
    std::string_view value(std::string_view key) const {
        for (auto at = text_.find(key); at != std::string_view::npos;
             at = text_.find(key, at + 1)) {
            const auto end = at + key.size();
            if (at > 0 && text_[at - 1] == '"' && text_.substr(end).starts_with("\":")) {
                const std::string_view rest = text_.substr(end + 2);
                return rest.substr(0, rest.find(','));
            }
        }
        return {};
    }

    template <class Number>
    std::optional<Number> number(std::string_view key) const {
        const std::string_view text = value(key);
        Number result{};
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
        return error == std::errc{} && end != text.data() ? std::optional(result) : std::nullopt;
    }

    /// The enumerator up to `last` whose name stands there in quotes.
    template <class Enum>
    std::optional<Enum> word(std::string_view key, Enum last) const {
        const std::string_view text = value(key);
        for (int i = 0; i <= static_cast<int>(last); ++i) {
            const auto candidate = static_cast<Enum>(i);
            if (text.size() > 2 && text.substr(1, text.size() - 2) == to_string(candidate)) {
                return candidate;
            }
        }
        return std::nullopt;
    }

private:
    std::string_view text_;
};

template <class T, class U>
void put(EventDetails& details, U& into, const std::optional<T>& found,
         EventDetails::Member member) {
    if (found) {
        into = static_cast<U>(*found);
        details.has = static_cast<std::uint8_t>(details.has | member);
    }
}

void put_magnitude(EventDetails& details, std::optional<double> signed_percent) {
    if (signed_percent) {
        put(details, details.magnitude, std::optional(std::abs(*signed_percent)),
            EventDetails::Magnitude);
    }
}

}  // namespace

EventDetails details_of(const Event& event) {
    EventDetails details;
    std::visit([&](const auto& data) { take(details, event.detection, data); },
               event.detection.data);
    return details;
}

EventDetails details_in(EventType type, Direction direction, std::string_view body) {
    EventDetails details;
    if (type == EventType::Control || type == EventType::Valuation) {
        return details;
    }
    const DataText data(body);
    const auto put_count = [&](std::string_view key) {
        put(details, details.count, data.number<std::uint32_t>(key), EventDetails::Count);
    };
    switch (type) {
        case EventType::High:
        case EventType::Low:
            put_count(type == EventType::Low ? "count_down" : "count_up");
            if (const auto text = data.value("vwap_divergence"); !text.empty()) {
                put(details, details.vwap,
                    std::optional(position_of(data.number<double>("vwap_divergence").value_or(0))),
                    EventDetails::Vwap);
            }
            break;
        case EventType::Trend:
            put(details, details.strength, data.word("trend_strength", Strength::Strong),
                EventDetails::Strength);
            put(details, details.vwap, data.word("trend_vwap_position", VwapPosition::Below),
                EventDetails::Vwap);
            if (const auto age = data.number<std::int64_t>("trend_age")) {
                put(details, details.trend_age, std::optional(clamped(*age)),
                    EventDetails::TrendAge);
            }
            put_count(direction == Direction::Down ? "count_down" : "count_up");
            break;
        case EventType::Surge:
            put_magnitude(details, data.number<double>("magnitude"));
            if (details.has == 0) {
                put_magnitude(details, data.number<double>("percent_change"));
            }
            put(details, details.strength, data.word("surge_strength", Strength::Strong),
                EventDetails::Strength);
            put_count("daily_surge_count");
            break;
        case EventType::Rule: put_count("count"); break;
        case EventType::Control:
        case EventType::Valuation: break;
    }
    return details;
}

}  // namespace tickstock
