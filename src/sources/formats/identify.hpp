#pragma once

#include <cstdint>

#include "sources/formats/dynamic_object.hpp"

namespace tickstock {

/// What a dynamic object is.
enum class DynamicKind : std::uint8_t { Trade, Quote, Bar, FairValue, TradingStatus, Unknown };

/// The one identification of SPEC 2, in its order:
/// 1. the word under `ev`, else under `type` (any case): tick|trade, ohlcv|bar, fmv|valuation,
///    quote, and, our extension, status|halt with an `action`; an unknown word decides nothing;
/// 2. open, high, low, close and volume: a bar;
/// 3. any of fair_market_value, fmv, fair_value, valuation: a fair value;
/// 4. (ticker|symbol|sym), price and timestamp: a trade;
/// 5. else unknown.
DynamicKind identify(const DynamicObject& object);

}  // namespace tickstock
