#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/circuit_breaker.hpp"
#include "base/state_archive.hpp"
#include "channels/channel_health.hpp"
#include "channels/channel_metrics.hpp"
#include "channels/parked_items.hpp"
#include "channels/processing_result.hpp"
#include "config/config.hpp"
#include "model/accounting.hpp"
#include "model/enums.hpp"
#include "model/intake_note.hpp"
#include "model/record.hpp"

namespace tickstock {

/// A lane's front: validates what intake lets pass, filters it by reason and cuts it into batches.
/// What a channel does first or later never changes what comes out, because every record carries
/// its own clock and sequence. One instance a shard; the shard's thread only. Times are monotonic
/// and passed in; without them (a plain run) batches close when they are full or at the tail.
///
/// Paused and in error it gives no batch and keeps what comes, as copies where park_in() was
/// called; back in `active` it gives that first, in order.
class ProcessingChannel {
public:
    /// A batch of kept items is at most this long.
    static constexpr std::size_t unpark_limit = 1'024;

    ProcessingChannel(ChannelType type, const ChannelSettings& settings,
                      const CircuitSettings& circuit = {});
    virtual ~ProcessingChannel() = default;
    ProcessingChannel(const ProcessingChannel&) = delete;
    ProcessingChannel& operator=(const ProcessingChannel&) = delete;

    ChannelType type() const { return type_; }
    const ChannelSettings& settings() const { return settings_; }
    ChannelStatus status() const { return status_; }
    /// Between two batches. What waits is kept and batched by the new values.
    void reconfigure(const ChannelSettings& settings) {
        settings_ = settings;
        health_.set_time_out(settings.processing_timeout);
    }

    /// Priority 1 is immediate; any other strategy beside it is refused by the configuration.
    static bool strategy_allowed(const ChannelSettings& settings) {
        return settings.priority != 1 || settings.strategy == BatchingStrategy::Immediate;
    }

    // Life.

    /// Warm-up is over: initializing → active.
    void initialize(Nanos now = Nanos{0}) { set_status(ChannelStatus::Active, now); }
    /// At the sequence of a ChannelChange, between batches. What waits when it stops is kept as if
    /// it had come later; a return after an error begins health and circuit anew.
    void set_status(ChannelStatus to, Nanos now = Nanos{0});
    /// Nothing more comes: from now on every batch closes at once. One that was paused or in error
    /// gives nothing even so: what it keeps is the next start's, by the snapshot.
    void shutdown() { set_status(ChannelStatus::Shutdown); }
    bool drained() const {
        return status_ == ChannelStatus::Shutdown && (keeps_ || nothing_waits());
    }
    /// Where items are kept while the channel is paused or in error; outlives this. Without it they
    /// stay here, and their records must live as long.
    void park_in(ParkedItems& parked) { parked_ = &parked; }

    // In.

    /// Why the record would be dropped; nothing when it would be taken. Counts nothing.
    std::optional<Reason> validate(const IntakeItem& item) const;
    /// The same, whether the channel is enabled or not.
    std::optional<Reason> why_useless(const IntakeItem& item) const { return refuse(item); }
    /// Counts a record of which another path is in charge alone.
    void pass_by() {
        ++counts_.in;
        counts_.drop(Reason::NotRolledOut);
    }

    /// Takes a record in sequence order. It is held until a batch takes it, or dropped by reason.
    /// The record must live until next_batch() has given it out and the caller is done with it.
    /// `skipped`: a decision says that it is never worked. False when it is dropped.
    bool push(const IntakeItem& item, Nanos now = Nanos{0}, bool skipped = false);
    /// The same with all that there is to say about it. For people and tests; allocates.
    ProcessingResult push_with_result(const IntakeItem& item, Nanos now = Nanos{0},
                                      bool skipped = false);

    /// Takes a trade that was dropped before, but whose session its lane must enter in this place
    /// of the order. It is in no count here.
    void push_session(const IntakeItem& item, Nanos now = Nanos{0});

    /// Takes an item out of a snapshot back; it counts as taken and held.
    void push_parked(const ParkedItem& item);

    /// Drops the `count` oldest of the kept records (reason `skipped`); returns how many there
    /// were. Sessions that they enter are entered all the same. REQUIRES: park_in() was called.
    std::size_t skip_parked(std::size_t count);

    // Out.

    /// The next batch by the channel's strategy, nothing when none is closed yet. `at_tail` = the
    /// shard's cursor stands at the journal's tail, which closes any batch. The span lives until
    /// the next push() or next_batch().
    std::span<const IntakeItem> next_batch(bool at_tail, Nanos now = Nanos{0});
    /// Arrival of the first record of the last batch, for its queue wait. Kept items arrive when
    /// they are given out: a person made them wait.
    Nanos batch_arrival() const { return batch_arrival_; }
    /// The first record of the last batch, without its time.
    const SlowRecord& batch_first() const { return batch_first_; }
    /// When the batch that waits will close by time alone; Nanos::max() = never.
    Nanos next_close() const;

    /// The lane is done with a batch: counts, health, circuit. True when it timed out.
    bool on_batch_done(const BatchDone& batch, Nanos now) {
        return health_.on_batch_done(batch, now);
    }

    // State.

    /// Items that wait for a batch here, session_only ones included.
    std::size_t waiting() const { return held_.size() - given_; }
    /// Room for items here, given ones included.
    std::size_t held_capacity() const { return held_.capacity(); }
    bool nothing_waits() const {
        return waiting() == 0 && (parked_ == nullptr || parked_->empty());
    }
    const StageCounts& counts() const { return counts_; }
    std::uint64_t batches() const { return batches_; }
    UnixNanos last_activity() const { return last_activity_; }
    ChannelHealth& health() { return health_; }
    const ChannelHealth& health() const { return health_; }
    ChannelMetrics metrics(Nanos now);

    /// Counts for a snapshot without what is held (push_parked() counts that), and added to these.
    void save_totals(StateWriter& out) const;
    void add_totals(StateReader& in);

protected:
    /// Why the record is of no use here; nothing when it is.
    virtual std::optional<Reason> refuse(const IntakeItem& item) const = 0;

private:
    /// Items from `first` of held_ on came at `at`.
    struct Arrival {
        std::size_t first = 0;
        Nanos at{0};
    };

    void hold(const IntakeItem& item, Nanos now);
    void forget_given();
    Nanos first_arrival() const;
    std::size_t batch_limit() const;
    bool closed(bool at_tail, Nanos now) const;
    std::span<const IntakeItem> next_parked(Nanos now);
    std::span<const IntakeItem> count_out(std::span<const IntakeItem> batch);

    const ChannelType type_;
    ChannelSettings settings_;
    ChannelStatus status_ = ChannelStatus::Initializing;
    bool keeps_ = false;  // paused, in error, or shut down in one of these: gives no batch
    std::vector<IntakeItem> held_;
    std::size_t given_ = 0;          // of held_, already in a batch
    std::vector<Arrival> arrivals_;  // of held_; from arrival_ on those of items that wait
    std::size_t arrival_ = 0;
    ParkedItems* parked_ = nullptr;
    std::vector<ParkedItem> unparked_;        // of the batch at hand …
    std::vector<IntakeItem> unparked_items_;  // … which points into these
    std::size_t waiting_sessions_ = 0;  // of push_session(), not yet in a batch, here or parked
    Nanos batch_arrival_{0};
    SlowRecord batch_first_;
    StageCounts counts_;
    std::uint64_t batches_ = 0;
    UnixNanos last_activity_;
    ChannelHealth health_;
};

/// Trades, quotes, trading status, second bars.
class TickChannel final : public ProcessingChannel {
public:
    TickChannel(const ChannelSettings& settings, bool second_bars_from_feed,
                const CircuitSettings& circuit = {})
        : ProcessingChannel(ChannelType::Tick, settings, circuit),
          second_bars_from_feed_(second_bars_from_feed) {}

private:
    std::optional<Reason> refuse(const IntakeItem& item) const override;

    const bool second_bars_from_feed_;
};

/// Bars of a minute and longer.
class OHLCVChannel final : public ProcessingChannel {
public:
    explicit OHLCVChannel(const ChannelSettings& settings, const CircuitSettings& circuit = {})
        : ProcessingChannel(ChannelType::Ohlcv, settings, circuit) {}

private:
    std::optional<Reason> refuse(const IntakeItem& item) const override;
};

/// Fair values. One without a market price to compare with is refused.
class FMVChannel final : public ProcessingChannel {
public:
    explicit FMVChannel(const ChannelSettings& settings, const CircuitSettings& circuit = {})
        : ProcessingChannel(ChannelType::Fmv, settings, circuit) {}

private:
    std::optional<Reason> refuse(const IntakeItem& item) const override;
};

}  // namespace tickstock
