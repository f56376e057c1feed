#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "model/calendar.hpp"
#include "sources/feed/duplicate_filter.hpp"
#include "sources/feed/frame_queue.hpp"
#include "sources/formats/line_decoder.hpp"
#include "sources/polygon/backfill.hpp"
#include "sources/polygon/bar_tracker.hpp"
#include "sources/polygon/connection.hpp"
#include "sources/polygon/polygon_feed.hpp"
#include "sources/polygon/topics.hpp"

namespace tickstock {

/// See Feed. Between the queue and the engine: decodes, drops duplicates, tells gaps, and holds
/// what comes after an outage back until the outage was fetched.
class PolygonFeed final : public Feed {
public:
    explicit PolygonFeed(PolygonFeedOptions options);
    ~PolygonFeed() override;

    /// Before start, on any thread: what may fail or take its time.
    std::optional<Error> prepare();
    void start(std::function<void()> wake, const FeedMemory& known) override;
    Poll poll(Nanos monotonic_now, RecordBatch& batch) override;
    void stop() override;
    StageCounts counts() const override;
    std::string failure() const override { return failure_; }
    bool covers(std::string_view symbol, RecordKind kind) const override {
        return topics_.covers(symbol, kind);
    }
    FeedStatus status() const override;

private:
    /// Of one poll, about; a frame is never cut.
    static constexpr std::size_t batch_records = 4096;

    /// What waits to be handed over, in this order: a gap, or records.
    struct Output {
        std::optional<FeedGap> gap;
        std::vector<Record> records;
        std::size_t at = 0;
    };
    struct Held {
        Record record;
        Size day_volume;  // of a bar
    };
    /// From the loss of a connection to the first record behind it.
    struct Outage {
        bool open = false;
        FeedGap gap;               // from may be unknown; to is set at the end
        bool told = false;         // gap was told
        UnixNanos lost_at;         // wall time; not with the event clock
        bool quiet = false;        // fetched although no record came since: no feed time is known
        bool quiet_tried = false;  // on this connection
        bool subscribed = false;   // every topic of the new connection is answered
        Nanos subscribed_at{0};
        bool fetching = false;
        bool merging = false;    // `held` and `fetched` are being handed over in one order
        std::vector<Held> held;  // received since, not looked at for duplicates
        std::size_t held_at = 0;
        BackfillResult fetched;
        std::size_t fetched_at = 0;
        std::vector<SymbolId> ids;  // of fetched.symbols

        bool has_from() const { return gap.from != time_unknown; }
        std::size_t waiting() const {
            return held.size() - held_at + (merging ? fetched.records.size() - fetched_at : 0);
        }
    };

    // polygon_feed_start.cpp
    void remember(const FeedMemory& known);

    // polygon_feed.cpp
    std::optional<Poll> work(Nanos now, RecordBatch& batch);
    void take_item(const FeedItem& item, Nanos now, RecordBatch& batch);
    void decode(const FeedItem& item);
    void accept(const std::vector<Record>& records, std::vector<Record>& out);
    bool is_new(const Record& record, Size day_volume, bool fetched);
    bool hand_over(RecordBatch& batch);
    Poll waiting(Nanos now);
    void copy_status(Nanos now, bool at_once);
    void tell(FeedGap gap);
    UnixNanos wall(Nanos now) const { return wall_anchor_ + (now - monotonic_anchor_); }

    // polygon_outage.cpp
    void begin_outage(const FeedItem& item);
    void frame_in_outage();
    bool tells_time(const Record& record) const;
    bool begin_quiet_fetch(Nanos now);
    void begin_fetch(UnixNanos to);
    void fetch_failed(const std::string& why);
    void take_fetched();
    void begin_merge(BackfillResult fetched);
    void merge_some(std::vector<Record>& out);
    bool fetched_is_next() const;
    void missed_after_all(const Record& record);
    void flush_held();
    void end_outage(UnixNanos to, bool filled);
    std::vector<std::string> symbols_to_fetch() const;

    PolygonFeedOptions options_;
    PolygonTopics topics_;
    TradingCalendar calendar_;
    const bool event_clock_;
    UnixNanos wall_anchor_;
    Nanos monotonic_anchor_{0};
    std::string failure_;
    FeedUrl url_;
    std::optional<FeedUrl> rest_url_;  // of the back-fill, when it is wanted
    std::shared_ptr<TlsTrust> trust_;
    bool failed_item_ = false;  // the connection ended for ever, and all before was handed over

    std::unique_ptr<FrameQueue> queue_;
    std::unique_ptr<PolygonConnection> connection_;
    std::unique_ptr<PolygonBackfill> backfill_;

    SymbolCache cache_;
    RowLedger ledger_;
    DecodeContext context_;
    std::unique_ptr<LineDecoder> decoder_;
    DuplicateFilter duplicates_;
    BarTracker bars_;
    std::uint64_t frame_number_ = 0;
    std::vector<Record> scratch_;
    std::vector<Size> volumes_;  // of scratch_'s bars
    std::deque<Output> outputs_;
    Outage outage_;
    UnixNanos quiet_end_ = time_unknown;  // of an outage that ended without a record: newest_ then
    UnixNanos newest_ = time_unknown;     // feed_time of the newest record decoded
    bool overrun_ = false;                // rows were lost since newest_
    UnixNanos overrun_from_ = time_unknown;
    std::uint64_t in_outputs_ = 0;  // records that wait in outputs_
    StageCounts fetched_counts_;
    std::uint64_t duplicate_rows_ = 0;
    Nanos lag_{0};

    std::uint64_t gaps_ = 0;
    std::uint64_t recovered_ = 0;
    std::uint64_t out_of_order_ = 0;
    std::uint64_t backfilled_ = 0;
    std::uint64_t backfill_failed_ = 0;

    Nanos status_copied_{0};
    mutable std::mutex mutex_;  // of what follows
    FeedStatus told_;
};

}  // namespace tickstock
