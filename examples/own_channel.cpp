// A channel of one's own with a lane behind it, driven by hand: large prints, gathered into batches
// of three or for 50 ms. docs/channels.md walks through it.

#include <chrono>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "channels/parked_items.hpp"
#include "channels/processing_channel.hpp"

namespace {

using namespace tickstock;
using namespace std::chrono_literals;

/// Takes trades of a block's size that may update the volume.
class BlockChannel final : public ProcessingChannel {
public:
    explicit BlockChannel(const ChannelSettings& settings)
        : ProcessingChannel(ChannelType::Tick, settings) {}

private:
    std::optional<Reason> refuse(const IntakeItem& item) const override {
        const bool is_block = item.record->kind() == RecordKind::Trade &&
                              item.note.eligibility.volume() &&
                              item.record->trade().size >= Size::from_shares(10'000);
        return is_block ? std::nullopt : std::optional(Reason::Ineligible);
    }
};

/// What stands behind a channel: state, and what it does with a batch.
class BlockLane {
public:
    void work(std::span<const IntakeItem> batch) {
        for (const IntakeItem& item : batch) {
            shares_ += item.record->trade().size.to_double();
        }
        std::printf("batch of %zu, %.0f shares so far\n", batch.size(), shares_);
    }

private:
    double shares_ = 0;
};

/// One shard's loop around the two. `now` is monotonic time: here it is made up.
class BlockShard {
public:
    explicit BlockShard(const ChannelSettings& settings) : channel_(settings) {
        channel_.park_in(parked_);  // where records are kept while it is paused
        channel_.initialize();
    }

    void take_in(const Record& record, Nanos now) {
        IntakeItem item;
        item.record = &record;
        item.note.eligibility = Eligibility::all();  // else from intake
        const ProcessingResult result = channel_.push_with_result(item, now);
        for (const std::string& error : result.errors) {
            std::printf("%s\n", error.c_str());
        }
        work(false, now);
    }

    void work(bool at_tail, Nanos now) {
        for (auto batch = channel_.next_batch(at_tail, now); !batch.empty();
             batch = channel_.next_batch(at_tail, now)) {
            lane_.work(batch);
            BatchDone done;
            done.records = batch.size();
            done.queue_wait = now - channel_.batch_arrival();
            channel_.on_batch_done(done, now);
        }
    }

    BlockChannel& channel() { return channel_; }

private:
    ParkedItems parked_;
    BlockChannel channel_;
    BlockLane lane_;
};

Record trade_of(std::uint64_t sequence, std::int64_t shares) {
    Trade trade;
    trade.header.sequence = Sequence{sequence};
    trade.size = Size::from_shares(shares);
    return trade;
}

void print_counts(const BlockChannel& channel) {
    const StageCounts& counts = channel.counts();
    std::printf("in %llu, out %llu, held %llu\n", static_cast<unsigned long long>(counts.in),
                static_cast<unsigned long long>(counts.out),
                static_cast<unsigned long long>(counts.held));
}

}  // namespace

int main() {
    ChannelSettings settings;
    settings.name = "blocks";
    settings.priority = 4;
    settings.strategy = BatchingStrategy::Hybrid;
    settings.max_batch_size = 3;
    settings.max_wait = 50ms;
    settings.processing_timeout = 100ms;
    BlockShard shard(settings);

    std::vector<Record> records;  // they live until their batch is done
    for (std::uint64_t i = 1; i <= 8; ++i) {
        records.push_back(trade_of(i, i == 2 ? 500 : 10'000));
    }
    shard.take_in(records[0], 0ms);
    shard.take_in(records[1], 1ms);  // refused
    shard.take_in(records[2], 2ms);
    shard.take_in(records[3], 3ms);  // the third: the batch is full
    shard.take_in(records[4], 10ms);
    shard.work(false, 59ms);  // waits still
    shard.work(false, 60ms);  // 50 ms are over

    shard.channel().set_status(ChannelStatus::Paused, 61ms);
    shard.take_in(records[5], 62ms);
    shard.take_in(records[6], 63ms);
    print_counts(shard.channel());
    shard.channel().set_status(ChannelStatus::Active, 70ms);
    shard.work(false, 70ms);  // what was kept comes first, at once

    shard.take_in(records[7], 80ms);
    std::printf("healthy: %s\n", shard.channel().health().healthy(80ms) ? "yes" : "no");
    shard.channel().shutdown();
    shard.work(false, 80ms);  // every batch closes
    print_counts(shard.channel());
    std::printf("drained: %s\n", shard.channel().drained() ? "yes" : "no");
    return shard.channel().drained() ? 0 : 1;
}
