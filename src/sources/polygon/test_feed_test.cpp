#include "sources/polygon/test_feed.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tickstock::testing {
namespace {

std::int64_t after_base(UnixNanos time) {
    return to_ns(time) / 1'000'000 - base_ms;
}

}  // namespace

std::string wire_trade(std::string_view symbol, unsigned q, std::int64_t ms_after_base) {
    return fmt::format(
        R"({{"ev":"T","sym":"{}","x":4,"i":"{}","z":3,"p":100.5,"s":100,"c":[0,12],"t":{},"q":{}}})",
        symbol, q, base_ms + ms_after_base, q);
}

std::string rest_trade(unsigned q, std::int64_t ms_after_base) {
    return fmt::format(
        R"({{"conditions":[0,12],"exchange":4,"id":"{}","price":100.5,"sequence_number":{},)"
        R"("sip_timestamp":{}000123,"size":100,"tape":3}})",
        q, q, base_ms + ms_after_base);
}

PolygonFeedOptions options_for(const TestVendor& vendor) {
    using namespace std::chrono_literals;
    static const SystemClock clock;
    PolygonFeedOptions options;
    options.url = vendor.url();
    options.channels = {"T"};
    options.symbols = {"AAPL", "MSFT"};
    options.key = std::make_shared<FeedKey>("the-secret-key");
    options.settings.certificate_file = vendor.certificate_file();
    options.settings.rest_url = vendor.rest_url();
    options.settings.reconnect = 1ms;
    options.settings.reconnect_max = 50ms;
    options.settings.eviction_pause = 300ms;
    options.settings.ping_interval = 50ms;
    options.settings.read_timeout = 20s;
    options.settings.silence = 20s;
    options.settings.backfill = false;
    options.clock_mode = SourceClock::Event;
    options.clock = &clock;
    options.seed = 7;
    return options;
}

FeedRun::FeedRun(PolygonFeedOptions options, const FeedMemory& known)
    : feed(std::move(make_polygon_feed(std::move(options))).value()) {
    feed->start(
        [this] {
            const std::lock_guard lock(mutex_);
            wake_ = true;
            woken_.notify_one();
        },
        known);
}

bool FeedRun::until(const std::function<bool()>& done) {
    const Nanos end = clock_.monotonic() + std::chrono::seconds(20);
    while (!done()) {
        if (clock_.monotonic() > end) {
            return false;
        }
        poll_once();
    }
    return true;
}

bool FeedRun::until_line(std::string_view text) {
    return until([&] { return std::find(lines.begin(), lines.end(), text) != lines.end(); });
}

void FeedRun::poll_once() {
    const Feed::Poll poll = feed->poll(clock_.monotonic(), batch_);
    EXPECT_TRUE(feed->counts().closes());
    switch (poll.status) {
        case Feed::Status::Records:
            symbols.insert(symbols.end(), batch_.new_symbols.begin(), batch_.new_symbols.end());
            for (const Record& record : batch_.records) {
                records.push_back(record);
                lines.push_back(line_of(record));
            }
            return;
        case Feed::Status::Gap:
            lines.push_back(fmt::format("{} {} {} {}", poll.gap.recovered ? "recovered" : "gap",
                                        poll.gap.reason, after_base(poll.gap.from),
                                        after_base(poll.gap.to)));
            return;
        case Feed::Status::End:
            if (lines.empty() || lines.back() != "end") {
                lines.push_back("end");
            }
            break;
        case Feed::Status::Wait: market_clock = poll.market_clock; break;
    }
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, std::chrono::milliseconds(20), [this] { return wake_; });
    wake_ = false;
}

std::string FeedRun::line_of(const Record& record) const {
    const RecordHeader& header = record.header();
    const std::string_view symbol = symbols.at(header.symbol.value()).view();
    const char* kind = record.kind() == RecordKind::Trade   ? "T"
                       : record.kind() == RecordKind::Quote ? "Q"
                       : record.kind() == RecordKind::Bar   ? "BAR"
                                                            : "OTHER";
    return fmt::format("{} {} {} @{}", kind, symbol, header.source_sequence,
                       after_base(header.ts_event));
}

}  // namespace tickstock::testing
