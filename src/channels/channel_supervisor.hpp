#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "model/decision.hpp"
#include "model/enums.hpp"

namespace tickstock {

/// Decides for one channel of the whole engine when it goes into error, when it is begun anew, and
/// what a person may do with it. It only says what it wants; the engine journals that as a decision
/// and tells it by applied(). Until then it wants the same. Sequencer's thread; `now` is monotonic
/// and passed in.
///
///     active --as many failed batches in a row as the limit, on every shard--> error
///            (a shard without a record of it for a minute does not count)
///     error --60 s, at most 5 times in any hour--> active --...
///     error --the sixth time--> stays, failed(): CHANNEL_FAILURE until a person resumes it
class ChannelSupervisor {
public:
    struct Settings {
        unsigned failures = 5;  ///< in a row: RouterSettings::channel_circuit_failures
        Nanos retry_after = std::chrono::seconds(60);
        unsigned retries = 5;  ///< in any `retry_window`
        Nanos retry_window = std::chrono::hours(1);
    };

    ChannelSupervisor(ChannelType channel, unsigned shards, const Settings& settings);

    /// ChannelHealth::failures_in_row() and idle() of the shard, as they stand.
    void on_failures(unsigned shard, unsigned in_row, bool idle = false);

    /// What has to change now, if anything.
    std::optional<ChannelChange> poll(Nanos now);
    /// Monotonic time at which poll() will want something without anything else happening;
    /// Nanos::max() = never.
    Nanos next_poll() const;

    /// What a person gets who asks for a change: the change, or why it makes no sense.
    struct Answer {
        std::optional<ChannelChange> change;
        std::string refusal;
    };
    Answer pause(std::string_view by, Nanos now) const;
    /// Also out of an error, before its time, and after CHANNEL_FAILURE.
    Answer resume(std::string_view by) const;

    /// The change is journaled and holds; also of a replay, in which `now` is the time of recovery.
    /// `by_itself`: the supervisor's own return after an error, which counts.
    void applied(const ChannelChange& change, Nanos now, bool by_itself);

    ChannelType channel() const { return channel_; }
    ChannelStatus status() const { return status_; }
    bool is_parked() const {
        return status_ == ChannelStatus::Paused || status_ == ChannelStatus::Error;
    }
    const std::string& reason() const { return reason_; }  ///< of the last change
    /// In error for good: raise CHANNEL_FAILURE.
    bool failed() const { return status_ == ChannelStatus::Error && failed_; }
    /// Own returns in the hour before `now`.
    unsigned returns(Nanos now) const;

private:
    bool failing_everywhere() const;

    const ChannelType channel_;
    const Settings settings_;
    ChannelStatus status_ = ChannelStatus::Initializing;
    std::string reason_;
    Nanos in_error_since_{0};
    bool failed_ = false;
    std::deque<Nanos> returns_;  // at most settings_.retries
    struct Shard {
        unsigned in_row = 0;
        // As it stood when the channel came back: the shard may tell it once more before it has
        // seen the decision, so it counts as none until it changes.
        unsigned of_before = 0;
        bool idle = true;
    };
    std::vector<Shard> shards_;
};

}  // namespace tickstock
