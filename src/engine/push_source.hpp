#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "engine/live_source.hpp"
#include "engine/push_clients.hpp"
#include "sources/push/push_queue.hpp"
#include "sources/push/push_rows.hpp"

namespace tickstock {

/// Rows that clients push, as an input of the engine: what they send waits here, bounded in bytes;
/// they are answered when the journal has it. As a PushQueue any thread may call it; as a
/// LiveSource the sequencer's.
class PushSource final : public LiveSource, public PushQueue {
public:
    /// `clock` outlives it.
    PushSource(const PushSettings& settings, SourceClock by, Nanos freshness, const Clock& clock);
    ~PushSource() override;

    // PushQueue
    Taken submit(Batch batch) override;
    std::uint64_t through(const std::string& client) const override;
    std::size_t queued_bytes() const override;

    // LiveSource
    void start(std::function<void()> wake, const FeedMemory& known) override;
    void stop() override;
    void finish() override;
    Poll poll(Nanos monotonic_now, RecordBatch& batch) override;
    std::string name() const override { return "push"; }
    std::string detail() const override { return "POST /api/v1/ingest, WebSocket /ingest"; }
    std::string identity() const override { return "push"; }
    void resume(std::uint64_t /*pass*/, std::uint64_t /*position*/) override {}
    const std::string* client() const override { return &client_; }
    void admitted(Sequence last, std::uint64_t refused) override;
    void journaled(Sequence through) override;
    Sequencer::SourceRule rule() const override;
    StageCounts counts() const override { return rows_.counts(); }

    /// From here on rows are taken: they wait for the engine's first step.
    void set_clients(const PushClients& clients) override;

private:
    struct Pending {
        PushResult result;
        Reply reply;
        std::string client;
        Sequence last;  // the journal must have this entry
    };

    UnixNanos wall(Nanos monotonic_now) const { return wall_anchor_ + monotonic_now; }
    void reply(Pending pending);

    const PushSettings settings_;
    const SourceClock by_;
    const Nanos freshness_;
    const Clock& clock_;

    // Sequencer's thread.
    const PushClients* clients_ = nullptr;
    PushRows rows_;
    std::string client_;
    std::uint64_t good_ = 0;  // records of the last poll
    Pending current_;         // of the last poll
    std::deque<Pending> pending_;
    Sequence last_admitted_;
    UnixNanos wall_anchor_;  // wall − monotonic at the start: a wall step never moves time here

    mutable std::mutex mutex_;  // guards all below
    std::deque<Batch> queue_;
    std::size_t queued_bytes_ = 0;
    bool running_ = false;
    std::function<void()> wake_;
    std::unordered_map<std::string, std::uint64_t> through_;  // as replied
};

}  // namespace tickstock
