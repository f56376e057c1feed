#pragma once

#include <memory>
#include <string_view>

#include "base/result.hpp"
#include "server/client_message.hpp"
#include "server/fanout.hpp"
#include "server/http.hpp"
#include "server/target.hpp"

namespace tickstock {

/// The filter, `since`, `interval_ms` and `conflate` of a query; `others` (names with commas) are
/// accepted and left to the caller. Names of universes are not looked up yet (Fanout::resolve()).
Result<SubscribeRequest, ProtocolError> parse_subscription_query(const Target& target,
                                                                 std::string_view others = "");

/// GET /api/v1/events: a page of events. With `since=epoch:offset` those after it, from memory and
/// disk, else the newest in memory; `until` = epoch:offset, the last to be looked at; `limit`
/// 1–1,000, default 100; always in offset order. A task when it has to wait for the disk; `fanout`
/// outlives that.
HttpAnswer events_page(const Target& target, Fanout& fanout, std::string_view user = "");

/// GET /api/v1/symbols/{symbol}: its latest event of each type; 404 when there is none.
HttpAnswer symbol_page(std::string_view symbol, Fanout& fanout);

}  // namespace tickstock
