// Shard: how its channels fare. Measured a run or a batch, told about twice a second.

#include <algorithm>

#include "channels/processing_result.hpp"
#include "engine/shard.hpp"

namespace tickstock {
namespace {

constexpr std::size_t index_of(ChannelType type) {
    return static_cast<std::size_t>(type);
}

}  // namespace

/// One batch of each lower lane, timed together.
bool Shard::work_batch(bool at_tail, Nanos now, Step& step) {
    std::array<std::uint64_t, channel_type_count> out{};
    std::array<std::uint64_t, channel_type_count> found{};
    for (const ChannelType type : {ChannelType::Ohlcv, ChannelType::Fmv}) {
        out[index_of(type)] = pipeline_->channel(type).counts().out;
        found[index_of(type)] = pipeline_->detections(type);
    }
    const Nanos begin = parts_.clock.monotonic();
    if (!pipeline_->work(at_tail, now)) {
        return false;
    }
    step.worked = true;
    const Nanos end = parts_.clock.monotonic();
    std::array<std::uint64_t, channel_type_count> worked{};
    std::uint64_t all = 0;
    for (const ChannelType type : {ChannelType::Ohlcv, ChannelType::Fmv}) {
        worked[index_of(type)] = pipeline_->channel(type).counts().out - out[index_of(type)];
        all += worked[index_of(type)];
    }
    for (const ChannelType type : {ChannelType::Ohlcv, ChannelType::Fmv}) {
        const std::uint64_t records = worked[index_of(type)];
        if (records > 0) {  // both were timed together: each has its share
            const Nanos took =
                (end - begin) * static_cast<std::int64_t>(records) / static_cast<std::int64_t>(all);
            note_batch(type, records, pipeline_->detections(type) - found[index_of(type)],
                       begin - pipeline_->channel(type).batch_arrival(), took, end);
            note_slow(pipeline_->channel(type).batch_first(), type, records, took, end);
        }
    }
    return true;
}

void Shard::note_batch(ChannelType type, std::uint64_t records, std::uint64_t events, Nanos wait,
                       Nanos took, Nanos now) {
    BatchDone batch;
    batch.records = records;
    batch.queue_wait = warming_up_ ? Nanos{0} : wait;
    batch.processing = warming_up_ ? Nanos{0} : took;
    batch.events = events;
    batch.timed = !warming_up_;
    batch.errors = std::min(note_failures(type), records);
    pipeline_->channel(type).on_batch_done(batch, now);
    records_taken_ += records;
    time_taken_ += took;
}

/// `first` of the records that were timed together stands for them.
void Shard::note_slow(SlowRecord first, ChannelType type, std::uint64_t records, Nanos took,
                      Nanos now) {
    if (warming_up_) {
        return;
    }
    first.time = took / static_cast<std::int64_t>(records);
    first.records = records;
    first.at = now;
    pipeline_->channel(type).health().on_slow(first);
}

/// What detectors failed on in the batch goes to the dead letters; how many records that were.
std::uint64_t Shard::note_failures(ChannelType type) {
    std::uint64_t records = 0;
    Sequence last;
    for (SetAside& failed : pipeline_->take_set_aside()) {
        const auto index = index_of(failed.channel);
        if (failed.channel == type && failed.sequence != last) {
            ++records;
            last = failed.sequence;
        }
        ProcessingChannel& channel = pipeline_->channel(failed.channel);
        channel.health().on_error(
            {failed.symbol, failed.sequence, failed.ts,
             channel_error_text(channel.settings().name, failed.channel, failed.reason)});
        dead_letters_[index].add({failed.channel, failed.detector, failed.symbol, failed.sequence,
                                  failed.ts, std::move(failed.reason)});
    }
    return records;
}

void Shard::update_vitals(ShardReport& report, Nanos now) {
    for (std::size_t i = 0; i < report.vitals.size(); ++i) {
        const auto type = static_cast<ChannelType>(i);
        ChannelHealth& health = pipeline_->channel(type).health();
        health.set_lag(queued(type) == 0 || warming_up_ ? Nanos{0} : lag_);
        health.circuit().poll(now);
        ChannelVitals& vitals = report.vitals[i];
        vitals.metrics = pipeline_->channel(type).metrics(now);
        vitals.healthy = health.healthy(now);
        vitals.usable = health.usable(now);
        vitals.why_unhealthy = health.why_unhealthy(now);
        vitals.failures_in_row = health.failures_in_row();
        vitals.idle = health.idle(now);
        const auto& changes = health.circuit().history();
        vitals.circuit_reason = changes.empty() ? std::string() : changes.back().reason;
        vitals.lag = health.lag();
        Nanos& since = parks_since_[i];
        since = pipeline_->parked(type) == 0 ? Nanos{0} : since == Nanos{0} ? now : since;
        vitals.parked = since == Nanos{0} ? Nanos{0} : now - since;
        vitals.mean_time = health.mean_time(now);
        vitals.latency = health.latency();
        vitals.record_time = health.record_time();
        vitals.last_time = health.last_record_time();
        vitals.slowest = health.slowest();
        vitals.errors = health.errors();
        vitals.dead_letters = dead_letters_[i];
    }
    report.mean_time = records_taken_ == 0
                           ? Nanos{0}
                           : Nanos{time_taken_.count() / static_cast<std::int64_t>(records_taken_)};
    report.publishing = parts_.stream.counts();
}

}  // namespace tickstock
