#pragma once

#include "server/http.hpp"
#include "server/market_feed.hpp"
#include "server/target.hpp"

namespace tickstock {

/// GET /api/v1/market: top lists and the market's breadth, from the events of the trading session
/// at hand. `now` monotonic.
HttpResponse market_page(const Target& target, MarketFeed& market, Nanos now);

}  // namespace tickstock
