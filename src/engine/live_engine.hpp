#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "engine/inputs.hpp"
#include "engine/intake_text.hpp"
#include "engine/multi_channel_system.hpp"
#include "engine/rule_status.hpp"
#include "engine/status.hpp"
#include "publishing/event_stream.hpp"

namespace tickstock {

/// Runs the engine on a thread of its own: paced records in, events into the stream. The thread
/// parks while nothing is due. start() and stop() are called by one thread, status() by any.
class LiveEngine {
public:
    /// `stream` and `clock` must outlive this.
    LiveEngine(const Config& config, std::unique_ptr<MultiChannelSystem> system, LiveInput input,
               EventStream& stream, const Clock& clock);
    ~LiveEngine();

    void start();

    /// Takes no more records, publishes what the ones at hand have caused, ends the thread.
    void stop();

    /// As of the last second; null before the first.
    std::shared_ptr<const EngineStatus> status() const;

private:
    void run();
    bool step();
    void idle(const PacedSource::Poll& poll, Nanos now);
    void process(RecordBatch& batch, bool warming_up);
    void count_latency(const RecordBatch& batch, Nanos took);
    void publish();
    void restart();
    void end_of_input();
    void wait_until(Nanos monotonic);
    void update_status(Nanos now);

    // Constant after construction.
    const Config config_;
    EventStream& stream_;
    const Clock& clock_;
    const std::string input_name_;
    const std::string input_detail_;
    const double input_speed_;

    // The engine's thread only.
    std::unique_ptr<MultiChannelSystem> system_;
    std::unique_ptr<PacedSource> source_;
    RecordBatch batch_;
    std::vector<Event> events_;
    EngineStatus finished_;  // counters of earlier loops
    std::string state_ = "warming_up";
    bool ended_ = false;
    bool was_ready_ = false;  // at the last status
    UnixNanos last_record_;
    Nanos last_status_{0};
    Nanos last_tick_{0};
    std::uint64_t records_ = 0;
    std::uint64_t records_at_status_ = 0;
    std::uint64_t events_at_status_ = 0;
    std::array<std::uint64_t, channel_type_count> channel_records_at_status_{};
    EngineStatus status_;  // what stays from second to second
    UnknownConditionLog unknown_log_;
    DisabledRuleLog disabled_rule_log_;

    std::thread thread_;
    mutable std::mutex mutex_;  // guards the three below
    std::condition_variable wake_;
    bool stopping_ = false;
    std::shared_ptr<const EngineStatus> published_status_;
};

/// A new 128-bit random epoch, 32 hex digits. Not for the pipeline: epochs are in no hash.
std::string make_epoch();

}  // namespace tickstock
