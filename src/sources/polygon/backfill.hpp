#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/url.hpp"
#include "model/accounting.hpp"
#include "model/record.hpp"
#include "sources/feed/feed_key.hpp"
#include "sources/feed/tls_trust.hpp"

namespace tickstock {

struct BackfillRequest {
    UnixNanos from;  ///< inclusive
    UnixNanos to;    ///< inclusive; of bars their end
    bool trades = false;
    bool quotes = false;
    bool minute_bars = false;
    std::vector<std::string> symbols;
    /// Besides `symbols` those that the vendor's snapshot says have changed since `from`.
    bool list_more = false;
    /// `to` is not known: the newest time in the snapshot, so that all symbols are cut alike while
    /// the market goes on.
    bool cut_by_list = false;
    /// With cut_by_list: the request fails when the newest time lies further behind `from`.
    Nanos longest{0};
};

/// The rows of an outage as records, ordered by (time, sequence number, symbol) as far as one
/// answer of the vendor goes; who merges them sorts.
struct BackfillResult {
    std::string error;                ///< empty = all is here
    std::vector<Record> records;      ///< with ids of `symbols`
    std::vector<SymbolText> symbols;  ///< by id
    StageCounts counts;               ///< rows in = records out + rejected
    bool ok() const { return error.empty(); }
};

/// Fetches what an outage missed from the vendor's REST service, on a thread of its own, a few
/// requests at a time over connections that stay open. Gives up as soon as what is left cannot be
/// had in time, by how long the answers so far took. The key goes to the host of `rest_url` and
/// no other. begin and take on one thread.
class PolygonBackfill {
public:
    struct Options {
        FeedUrl rest_url;
        std::shared_ptr<TlsTrust> trust;  ///< given when rest_url says TLS
        std::shared_ptr<const FeedKey> key;
        Nanos timeout{0};  ///< of a whole request
        std::string thread_name;
        std::size_t rows_max = 2'000'000;
        unsigned connections = 8;
        Nanos retry_pause = std::chrono::milliseconds(200);  ///< doubles; 4 attempts
    };
    /// `wake`: called on the back-fill's thread when a result is there.
    PolygonBackfill(Options options, const Clock& clock, std::function<void()> wake);
    ~PolygonBackfill();
    PolygonBackfill(const PolygonBackfill&) = delete;
    PolygonBackfill& operator=(const PolygonBackfill&) = delete;

    /// REQUIRES: no request is under way.
    void begin(BackfillRequest request);
    /// Nothing while the request is under way.
    std::optional<BackfillResult> take();
    /// Gives up what is under way: nothing of it is there to take.
    void cancel();
    /// Gives up what is under way and joins.
    void stop();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tickstock
