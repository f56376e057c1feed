#include "sources/formats/dynamic_object.hpp"

#include <algorithm>

namespace tickstock {
namespace {

struct KeyName {
    std::string_view text;
    DynamicKey key;
};

// Sorted by text, for the binary search.
constexpr std::array key_names{
    KeyName{"action", DynamicKey::Action},
    KeyName{"ask", DynamicKey::Ask},
    KeyName{"ask_price", DynamicKey::Ask},
    KeyName{"ask_size", DynamicKey::AskSize},
    KeyName{"avg_volume", DynamicKey::AverageVolume},
    KeyName{"band_lower", DynamicKey::BandLower},
    KeyName{"band_upper", DynamicKey::BandUpper},
    KeyName{"bid", DynamicKey::Bid},
    KeyName{"bid_price", DynamicKey::Bid},
    KeyName{"bid_size", DynamicKey::BidSize},
    KeyName{"close", DynamicKey::Close},
    KeyName{"conditions", DynamicKey::Conditions},
    KeyName{"confidence", DynamicKey::Confidence},
    KeyName{"correction", DynamicKey::Correction},
    KeyName{"ev", DynamicKey::Event},
    KeyName{"exchange", DynamicKey::Exchange},
    KeyName{"fair_market_value", DynamicKey::FairValue},
    KeyName{"fair_value", DynamicKey::FairValue},
    KeyName{"fmv", DynamicKey::FairValue},
    KeyName{"high", DynamicKey::High},
    KeyName{"id", DynamicKey::Id},
    KeyName{"low", DynamicKey::Low},
    KeyName{"market_price", DynamicKey::MarketPrice},
    KeyName{"open", DynamicKey::Open},
    KeyName{"participant_timestamp", DynamicKey::ExecutionTime},
    KeyName{"percent_change", DynamicKey::PercentChange},
    KeyName{"price", DynamicKey::Price},
    KeyName{"reason", DynamicKey::ReasonText},
    KeyName{"sequence_number", DynamicKey::SourceSequence},
    KeyName{"size", DynamicKey::Size},
    KeyName{"sym", DynamicKey::Symbol},
    KeyName{"symbol", DynamicKey::Symbol},
    KeyName{"tape", DynamicKey::Tape},
    KeyName{"ticker", DynamicKey::Symbol},
    KeyName{"timeframe", DynamicKey::Timeframe},
    KeyName{"timestamp", DynamicKey::Timestamp},
    KeyName{"transactions", DynamicKey::Transactions},
    KeyName{"type", DynamicKey::Type},
    KeyName{"valuation", DynamicKey::FairValue},
    KeyName{"volume", DynamicKey::Size},
    KeyName{"vwap", DynamicKey::Vwap},
};
static_assert(std::is_sorted(key_names.begin(), key_names.end(),
                             [](const KeyName& a, const KeyName& b) { return a.text < b.text; }));

}  // namespace

DynamicKey find_dynamic_key(std::string_view name) {
    const auto found =
        std::lower_bound(key_names.begin(), key_names.end(), name,
                         [](const KeyName& a, std::string_view b) { return a.text < b; });
    return found != key_names.end() && found->text == name ? found->key : DynamicKey::None;
}

}  // namespace tickstock
