#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "sources/feed/feed.hpp"
#include "sources/feed/feed_key.hpp"

namespace tickstock {

struct PolygonFeedOptions {
    std::string name = "stocks";                     ///< of the connection: "stocks", "business"
    SourceId source;                                 ///< stands in the records
    std::string url;                                 ///< ws:// or wss://
    std::string url_setting = "source.polygon.url";  ///< where it comes from, for messages
    std::vector<std::string> channels;
    std::vector<std::string> symbols;
    std::shared_ptr<const FeedKey> key;
    /// Patience, limits, back-fill and certificates; its urls, channels and symbols are not read.
    PolygonSettings settings;
    SourceClock clock_mode = SourceClock::Receive;
    const Clock* clock = nullptr;  ///< outlives the feed
    std::uint64_t seed = 0;        ///< of the pauses between connections
};

/// One connection to a Polygon/Massive cluster as a Feed. Reads the system's authorities: not on a
/// thread that must not wait. Errors: an address or a certificate file that cannot be used; the
/// message names the setting and its value. REQUIRES: clock and key are given.
Result<std::unique_ptr<Feed>> make_polygon_feed(PolygonFeedOptions options);

}  // namespace tickstock
