#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "sources/polygon/polygon_feed.hpp"
#include "sources/polygon/test_vendor.hpp"

namespace tickstock::testing {

/// A trade as the wire has it; 2024-03-05 10:00:00 New York is `base_ms`.
inline constexpr std::int64_t base_ms = 1'709'650'800'000;
std::string wire_trade(std::string_view symbol, unsigned q, std::int64_t ms_after_base);
/// The same as a REST row.
std::string rest_trade(unsigned q, std::int64_t ms_after_base);

/// Options for a test: quick patience, event clock.
PolygonFeedOptions options_for(const TestVendor& vendor);

/// A running feed and all that it has handed over, as lines: "T AAPL 5 @1500" (sequence number,
/// ms after base), "gap disconnected 1500 1500", "recovered resumed 1500 1700", "end".
class FeedRun {
public:
    explicit FeedRun(PolygonFeedOptions options, const FeedMemory& known = {});
    ~FeedRun() { feed->stop(); }

    /// Polls until `done` says yes; false when that takes longer than 20 s.
    bool until(const std::function<bool()>& done);
    bool until_lines(std::size_t count) {
        return until([this, count] { return lines.size() >= count; });
    }
    bool until_line(std::string_view text);
    FeedConnection connection() const { return feed->status().connections.front(); }

    std::unique_ptr<Feed> feed;
    std::vector<std::string> lines;
    std::vector<Record> records;
    std::vector<SymbolText> symbols;
    UnixNanos market_clock = time_unknown;

private:
    void poll_once();
    std::string line_of(const Record& record) const;

    SystemClock clock_;
    RecordBatch batch_;
    std::mutex mutex_;
    std::condition_variable woken_;
    bool wake_ = false;
};

}  // namespace tickstock::testing
