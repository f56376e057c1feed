#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <variant>

#include "base/assert.hpp"
#include "base/price.hpp"
#include "base/time.hpp"
#include "model/enums.hpp"

namespace tickstock {

// What an event tells beyond what all events tell, by kind.

/// A turning pattern of emitted extremes.
enum class Reversal : std::uint8_t { None, WBottom, MTop, VBottom, VTop };

struct HighLowData {
    Price session_high;
    Price session_low;
    double vwap = 0;  ///< null in the body while !has_vwap
    bool has_vwap = false;
    Price previous_high;  ///< last emitted before this one, or the session's open
    Price previous_low;
    std::uint32_t count_up = 0;  ///< emitted this session, this one included
    std::uint32_t count_down = 0;
    std::uint32_t coalesced =
        0;                      ///< new extremes of the kind since the last emission, this included
    double percent_change = 0;  ///< of price, from the session's open
    double vwap_divergence = 0;
    double rel_volume = 0;
    double significance = 0;
    Reversal reversal = Reversal::None;
    Direction trend_flag = Direction::None;
    Direction surge_flag = Direction::None;
    bool cancelled = false;  ///< a later correction took back the trade behind this event

    template <class Archive>
    void archive(Archive& a) {
        a(session_high, session_low, vwap, has_vwap, previous_high, previous_low, count_up,
          count_down, coalesced, percent_change, vwap_divergence, rel_volume, significance,
          reversal, trend_flag, surge_flag, cancelled);
    }
};

/// A fact about the feed or a symbol's trading rather than the market.
struct ControlData {
    enum class Kind : std::uint8_t { Halt, Resume, SourceGap, SourceRecovered };
    Kind kind = Kind::Halt;
    std::array<char, 15> reason{};  ///< the source's word, zero padded
    /// Of a gap: ts_event up to which all was received, and from which it is again, as far as it is
    /// known then; time_unknown = null in the body, and of halts.
    UnixNanos from = time_unknown;
    UnixNanos to = time_unknown;
};

enum class Strength : std::uint8_t { Weak, Moderate, Strong };

/// SPEC 7.3. Scores lie in −1…1, positive = up.
struct TrendData {
    enum class VwapPosition : std::uint8_t { Unknown, Above, Below };
    /// Against the last emitted direction.
    enum class Turn : std::uint8_t { None, UpNowDown, DownNowUp };

    Strength strength = Strength::Weak;
    double score = 0;
    double score_short = 0;   ///< the window of 180 s
    double score_medium = 0;  ///< 360 s
    double score_long = 0;    ///< 600 s
    VwapPosition vwap_position = VwapPosition::Unknown;
    std::int64_t age_seconds = 0;  ///< since the emission that set the direction
    Turn turn = Turn::None;
    std::uint32_t count_up = 0;  ///< emitted this session, this one included
    std::uint32_t count_down = 0;

    template <class Archive>
    void archive(Archive& a) {
        a(strength, score, score_short, score_medium, score_long, vwap_position, age_seconds, turn,
          count_up, count_down);
    }
};

/// SPEC 7.4.
struct SurgeData {
    enum class Trigger : std::uint8_t {
        PriceAndVolume,
        Price,
        Volume,
        PriceDriven,
        VolumeDriven,
    };

    double magnitude = 0;  ///< signed percent against the baseline
    double score = 0;      ///< 0…100
    Strength strength = Strength::Weak;
    Trigger trigger = Trigger::PriceAndVolume;
    double volume_multiplier = 0;
    UnixNanos expiration;
    std::uint32_t daily_count = 0;  ///< of the exchange's date, both directions, this one included
    Price baseline;                 ///< the price that it left

    template <class Archive>
    void archive(Archive& a) {
        a(magnitude, score, strength, trigger, volume_multiplier, expiration, daily_count,
          baseline);
    }
};

/// SPEC 7.5, any type of event that a bar makes.
struct BarData {
    double percent_change = 0;
    double volume_multiplier = 0;  ///< volume / average volume

    template <class Archive>
    void archive(Archive& a) {
        a(percent_change, volume_multiplier);
    }
};

/// SPEC 7.6. The direction tells the signal: up = undervalued, down = overvalued.
struct ValuationData {
    Price fair_value;
    Price reference;       ///< the market price that it was compared with
    double deviation = 0;  ///< percent of the reference, positive = undervalued
    double strength = 0;   ///< 0…1

    template <class Archive>
    void archive(Archive& a) {
        a(fair_value, reference, deviation, strength);
    }
};

/// Text of up to N bytes, held in place, zero padded.
template <std::size_t N>
class FixedText {
public:
    static constexpr std::size_t capacity = N;

    FixedText() = default;
    /// REQUIRES: text.size() <= N.
    explicit FixedText(std::string_view text) {
        TS_ASSERT(text.size() <= N);
        text.copy(bytes_.data(), text.size());
    }
    std::string_view view() const { return {bytes_.data(), strnlen(bytes_.data(), N)}; }
    bool empty() const { return bytes_[0] == 0; }
    friend bool operator==(const FixedText&, const FixedText&) = default;

private:
    std::array<char, N> bytes_{};
};

/// Name of a source rule or user rule.
using RuleName = FixedText<40>;

/// A user rule's condition has come true.
struct RuleData {
    RuleName rule;
    std::uint32_t count = 0;  ///< of this rule and symbol in the session, this one included
};

using EventData =
    std::variant<HighLowData, ControlData, TrendData, SurgeData, BarData, ValuationData, RuleData>;

}  // namespace tickstock
