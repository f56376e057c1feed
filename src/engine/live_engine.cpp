#include "engine/live_engine.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>

#include "base/assert.hpp"
#include "base/hash.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

constexpr Nanos status_interval = std::chrono::seconds(1);

/// Adds what only ever grows, so that a loop's fresh engine does not set counters back.
void add_counters(const EngineStatus& from, EngineStatus& to) {
    to.accounting += from.accounting;
    to.second_bars += from.second_bars;
    to.unknown_conditions += from.unknown_conditions;
    add_unknown_conditions(from.unknown_by_code, to.unknown_by_code);
    add_rules(from.rules, to.rules);
    add_source_contexts(from.source_contexts, to.source_contexts);
    for (std::size_t i = 0; i < to.records_by_kind.size(); ++i) {
        to.records_by_kind[i] += from.records_by_kind[i];
    }
    for (std::size_t i = 0; i < to.channels.size(); ++i) {
        to.channels[i].events += from.channels[i].events;
    }
}

void add_counters(const MultiChannelSystem& from, EngineStatus& to) {
    EngineStatus pass;
    from.fill_status(pass);
    add_counters(pass, to);
}

}  // namespace

std::string make_epoch() {
    std::random_device random;
    std::string epoch;
    for (int i = 0; i < 2; ++i) {
        const std::uint64_t high = random();
        append_hex16(epoch, high << 32 | random());
    }
    return epoch;
}

LiveEngine::LiveEngine(const Config& config, std::unique_ptr<MultiChannelSystem> system,
                       LiveInput input, EventStream& stream, const Clock& clock)
    : config_(config),
      stream_(stream),
      clock_(clock),
      input_name_(std::move(input.name)),
      input_detail_(std::move(input.detail)),
      input_speed_(input.speed),
      system_(std::move(system)),
      source_(std::move(input.source)) {
    system_->add_source(SourceId{0});
}

LiveEngine::~LiveEngine() {
    stop();
}

void LiveEngine::start() {
    TS_ASSERT(!thread_.joinable());
    thread_ = std::thread([this] { run(); });
}

void LiveEngine::stop() {
    if (!thread_.joinable()) {
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

std::shared_ptr<const EngineStatus> LiveEngine::status() const {
    const std::lock_guard lock(mutex_);
    return published_status_;
}

void LiveEngine::run() {
    update_status(clock_.monotonic());
    while (step()) {
        const Nanos now = clock_.monotonic();
        if (now - last_status_ >= status_interval) {
            update_status(now);
        }
    }
    state_ = "stopped";
    update_status(clock_.monotonic());
}

/// False when the engine shall stop.
bool LiveEngine::step() {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) {
            return false;
        }
    }
    const Nanos now = clock_.monotonic();
    if (ended_) {
        wait_until(now + status_interval);
        return true;
    }
    const PacedSource::Poll poll = source_->poll(now, batch_);
    switch (poll.status) {
        case PacedSource::Status::Records: process(batch_, poll.warming_up); break;
        case PacedSource::Status::Wait: idle(poll, now); break;
        case PacedSource::Status::Restarted: restart(); break;
        case PacedSource::Status::End: end_of_input(); break;
    }
    return true;
}

/// Nothing is due: fires deadlines that the market's clock has passed and parks until the next
/// record or deadline.
void LiveEngine::idle(const PacedSource::Poll& poll, Nanos now) {
    state_ = "streaming";
    status_.ready = true;
    Nanos wake = std::min(poll.wait_until, now + status_interval);
    if (poll.market_clock != time_unknown) {
        const bool shown_clock_is_old = now - last_tick_ >= status_interval;
        if (shown_clock_is_old || system_->next_deadline() <= poll.market_clock) {
            last_tick_ = now;
            system_->tick(poll.market_clock, events_);
            publish();
        }
        if (const UnixNanos next = system_->next_deadline(); next != time_never) {
            const double market_ns = static_cast<double>((next - poll.market_clock).count());
            const double wait_ns = std::min(market_ns / input_speed_, 1e9);
            wake = std::min(wake, now + Nanos{static_cast<std::int64_t>(wait_ns) + 1});
        }
    }
    wait_until(wake);
}

void LiveEngine::process(RecordBatch& batch, bool warming_up) {
    const Nanos begin = clock_.monotonic();
    state_ = warming_up ? "warming_up" : "streaming";
    status_.ready = !warming_up;
    records_ += batch.records.size();
    last_record_ = batch.records.empty() ? last_record_ : batch.records.back().header().ts_event;
    system_->process(batch, events_);
    publish();
    if (!warming_up) {
        count_latency(batch, clock_.monotonic() - begin);
    }
}

void LiveEngine::count_latency(const RecordBatch& batch, Nanos took) {
    status_.batch_latency.record(took);
    unsigned kinds = 0;
    for (const Record& record : batch.records) {
        kinds |= 1U << static_cast<unsigned>(record.header().source_kind);
    }
    for (std::size_t kind = 0; kind < status_.batch_latency_by_kind.size(); ++kind) {
        if ((kinds >> kind & 1U) != 0) {
            status_.batch_latency_by_kind[kind].record(took);
        }
    }
}

void LiveEngine::publish() {
    if (!events_.empty()) {
        stream_.append(events_, system_->symbols(), clock_.wall());
        events_.clear();
    }
}

void LiveEngine::restart() {
    system_->finish(events_);
    publish();
    if (source_->failure()) {  // of the pass that has ended
        log_error("engine", "{}: {}", input_name_, source_->failure()->message);
    }
    add_counters(*system_, finished_);
    status_.ready = false;
    auto fresh = MultiChannelSystem::create(config_.pipeline, config_.engine.shards);
    if (!fresh) {  // the condition table's file is gone: go on with what is left
        log_error("engine", "cannot start the next loop: {}", fresh.error().message);
        ended_ = true;
        state_ = "failed";
        return;
    }
    system_ = std::move(*fresh);
    status_.quarantine = nullptr;  // of the loop before
    system_->add_source(SourceId{0});
    stream_.restart(make_epoch());
    log_info("engine", "{} begins again: empty state, new epoch", input_name_);
}

void LiveEngine::end_of_input() {
    system_->finish(events_);
    publish();
    ended_ = true;
    status_.ready = true;
    state_ = source_->failure() ? "failed" : "ended";
    if (source_->failure()) {
        log_error("engine", "{}: {}", input_name_, source_->failure()->message);
    } else {
        log_info("engine", "{} has ended; the server goes on", input_name_);
    }
    update_status(clock_.monotonic());
}

void LiveEngine::wait_until(Nanos monotonic) {
    const Nanos wait = monotonic - clock_.monotonic();
    if (wait <= Nanos{0}) {
        return;
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, wait, [this] { return stopping_; });
}

void LiveEngine::update_status(Nanos now) {
    const double seconds =
        std::max(std::chrono::duration<double>(now - last_status_).count(), 1e-3);
    const bool first = last_status_ == Nanos{0};
    last_status_ = now;
    const std::uint64_t events = stream_.counts().out;
    system_->fill_status(status_);
    add_counters(finished_, status_);
    unknown_log_.tell(status_.unknown_by_code);
    disabled_rule_log_.tell(status_.rules);
    if (!first) {
        status_.records_per_second = static_cast<double>(records_ - records_at_status_) / seconds;
        status_.events_per_second = static_cast<double>(events - events_at_status_) / seconds;
    }
    if (was_ready_ && status_.ready) {  // the warm-up's rate is no market's
        status_.records_per_second_peak =
            std::max(status_.records_per_second_peak, status_.records_per_second);
        status_.events_per_second_peak =
            std::max(status_.events_per_second_peak, status_.events_per_second);
    }
    was_ready_ = status_.ready;
    records_at_status_ = records_;
    events_at_status_ = events;
    status_.accounting.sources = source_->counts();
    status_.accounting.publishing = stream_.counts();
    status_.events_by_type = stream_.events_by_type();
    for (ChannelSummary& channel : status_.channels) {
        const auto index = static_cast<std::size_t>(channel.type);
        channel.counts = status_.accounting.channels[index];
        channel.status = config_.pipeline.channels[index].enabled ? ChannelStatus::Active
                                                                  : ChannelStatus::Shutdown;
        channel.records_per_second =
            first ? 0
                  : static_cast<double>(channel.counts.out - channel_records_at_status_[index]) /
                        seconds;
        channel_records_at_status_[index] = channel.counts.out;
    }
    SourceSummary source;
    source.name = input_name_;
    source.detail = input_detail_;
    source.state = state_;
    source.counts = status_.accounting.sources;
    source.speed = input_speed_;
    source.loops = source_->passes();
    source.last_record = last_record_;
    status_.sources = {source};
    auto snapshot = std::make_shared<const EngineStatus>(status_);
    const std::lock_guard lock(mutex_);
    published_status_ = std::move(snapshot);
}

}  // namespace tickstock
