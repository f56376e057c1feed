#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tickstock {

/// What a key of a dynamic object (an ndjson line, a row of a csv file with a free header) means.
enum class DynamicKey : std::uint8_t {
    Event,  ///< ev
    Type,   ///< type
    Symbol,
    Timestamp,
    Price,
    Size,  ///< size, volume: a bar's volume too
    Conditions,
    Exchange,
    Id,
    Correction,
    ExecutionTime,
    Tape,
    SourceSequence,
    Open,
    High,
    Low,
    Close,
    Timeframe,
    PercentChange,
    AverageVolume,
    Vwap,
    Transactions,
    FairValue,
    MarketPrice,
    Confidence,
    Bid,
    Ask,
    BidSize,
    AskSize,
    Action,
    ReasonText,
    BandUpper,
    BandLower,
    Count_,
    None = Count_,
};

/// The meaning of a key's name; DynamicKey::None when it has none. Names are lower case.
DynamicKey find_dynamic_key(std::string_view name);

/// A flat object: the text of each known key's value, without quotes. A key that stands twice (or
/// under two of its names) keeps its first value. An empty value counts as absent.
class DynamicObject {
public:
    void clear() { values_.fill({}); }
    void set(DynamicKey key, std::string_view value) {
        if (key != DynamicKey::None && values_[index(key)].empty()) {
            values_[index(key)] = value;
        }
    }
    std::string_view operator[](DynamicKey key) const { return values_[index(key)]; }
    bool has(DynamicKey key) const { return !values_[index(key)].empty(); }
    bool has_kind() const { return has(DynamicKey::Event) || has(DynamicKey::Type); }

private:
    static constexpr std::size_t index(DynamicKey key) { return static_cast<std::size_t>(key); }

    std::array<std::string_view, static_cast<std::size_t>(DynamicKey::Count_)> values_{};
};

}  // namespace tickstock
