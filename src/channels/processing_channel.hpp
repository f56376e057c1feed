#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "config/config.hpp"
#include "model/accounting.hpp"
#include "model/enums.hpp"
#include "model/intake_note.hpp"
#include "model/record.hpp"

namespace tickstock {

/// A lane's front: validates what intake lets pass, filters it by reason and cuts it into batches.
/// What a channel does first or later never changes what comes out, because every record carries
/// its own clock and sequence. One instance a shard; the shard's thread only.
class ProcessingChannel {
public:
    ProcessingChannel(ChannelType type, const ChannelSettings& settings)
        : type_(type), settings_(settings) {}
    virtual ~ProcessingChannel() = default;

    ChannelType type() const { return type_; }
    const ChannelSettings& settings() const { return settings_; }

    /// Takes a record in sequence order. It is held until a batch takes it, or dropped by reason.
    /// The record must live until next_batch() has given it out and the caller is done with it.
    /// False when it is dropped.
    bool push(const IntakeItem& item);

    /// Takes a trade that was dropped before, but whose session its lane must enter in this place
    /// of the order. It is in no count here.
    void push_session(const IntakeItem& item);

    /// The next batch by the channel's strategy, nothing when none is closed yet. `at_tail` = the
    /// shard's cursor stands at the journal's tail, which closes any batch. The span lives until
    /// the next push().
    std::span<const IntakeItem> next_batch(bool at_tail);

    const StageCounts& counts() const { return counts_; }
    std::uint64_t batches() const { return batches_; }
    UnixNanos last_activity() const { return last_activity_; }

protected:
    /// Why the record is of no use here; nothing when it is.
    virtual std::optional<Reason> refuse(const IntakeItem& item) const = 0;

private:
    void hold(const IntakeItem& item);
    std::size_t batch_limit() const;

    const ChannelType type_;
    const ChannelSettings settings_;
    std::vector<IntakeItem> held_;
    std::size_t given_ = 0;             // of held_, already in a batch
    std::size_t waiting_sessions_ = 0;  // of push_session(), not yet in a batch
    StageCounts counts_;
    std::uint64_t batches_ = 0;
    UnixNanos last_activity_;
};

/// Trades, quotes, trading status, second bars.
class TickChannel final : public ProcessingChannel {
public:
    TickChannel(const ChannelSettings& settings, bool second_bars_from_feed)
        : ProcessingChannel(ChannelType::Tick, settings),
          second_bars_from_feed_(second_bars_from_feed) {}

private:
    std::optional<Reason> refuse(const IntakeItem& item) const override;

    const bool second_bars_from_feed_;
};

/// Bars of a minute and longer.
class OHLCVChannel final : public ProcessingChannel {
public:
    explicit OHLCVChannel(const ChannelSettings& settings)
        : ProcessingChannel(ChannelType::Ohlcv, settings) {}

private:
    std::optional<Reason> refuse(const IntakeItem& item) const override;
};

/// Fair values. One without a market price to compare with is refused.
class FMVChannel final : public ProcessingChannel {
public:
    explicit FMVChannel(const ChannelSettings& settings)
        : ProcessingChannel(ChannelType::Fmv, settings) {}

private:
    std::optional<Reason> refuse(const IntakeItem& item) const override;
};

}  // namespace tickstock
