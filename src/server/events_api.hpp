#pragma once

#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "publishing/event_stream.hpp"
#include "server/http.hpp"
#include "server/target.hpp"

namespace tickstock {

/// The subscription that query parameters ask for: since, symbols (or symbol), types (or type),
/// directions, sources, min_score, min_price, max_price, min_volume, interval_ms, conflate; lists
/// are comma-separated. Unknown parameters are errors, except those named in `others`.
Result<SubscribeRequest, ProtocolError> parse_subscription_query(const Target& target,
                                                                 std::string_view others = "");

/// GET /api/v1/events: a page of events from the stream's memory. With `since=epoch:offset` the
/// events after it, else the newest; `limit` 1–1,000, default 100; always in offset order.
HttpResponse events_page(const Target& target, const EventStream& stream);

/// GET /api/v1/symbols/{symbol}: its latest event of each type; 404 when there is none.
HttpResponse symbol_page(std::string_view symbol, const EventStream& stream);

}  // namespace tickstock
