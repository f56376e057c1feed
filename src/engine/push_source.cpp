#include "engine/push_source.hpp"

#include <utility>

#include "base/assert.hpp"

namespace tickstock {
namespace {

constexpr Nanos live_delay = std::chrono::milliseconds(250);
constexpr std::size_t batch_overhead = 128;

std::size_t bytes_of(const PushQueue::Batch& batch) {
    return batch.rows.size() + batch.client.size() + batch_overhead;
}

}  // namespace

PushSource::PushSource(const PushSettings& settings, SourceClock by, Nanos freshness,
                       const Clock& clock)
    : settings_(settings),
      by_(by),
      freshness_(freshness),
      clock_(clock),
      wall_anchor_(clock.wall() - clock.monotonic()) {}

PushSource::~PushSource() {
    stop();
    finish();
}

PushQueue::Taken PushSource::submit(Batch batch) {
    std::function<void()> wake;
    {
        const std::lock_guard lock(mutex_);
        if (!running_) {
            return Taken::Stopped;
        }
        // One that is larger than the whole queue still has its turn.
        if (!queue_.empty() && queued_bytes_ + bytes_of(batch) > settings_.queue_bytes) {
            return Taken::Full;
        }
        queued_bytes_ += bytes_of(batch);
        queue_.push_back(std::move(batch));
        wake = wake_;
    }
    if (wake) {
        wake();
    }
    return Taken::Yes;
}

std::uint64_t PushSource::through(const std::string& client) const {
    const std::lock_guard lock(mutex_);
    const auto found = through_.find(client);
    return found == through_.end() ? 0 : found->second;
}

std::size_t PushSource::queued_bytes() const {
    const std::lock_guard lock(mutex_);
    return queued_bytes_;
}

void PushSource::start(std::function<void()> wake, const FeedMemory& /*known*/) {
    const std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
}

void PushSource::set_clients(const PushClients& clients) {
    clients_ = &clients;
    const auto known = clients.all();
    const std::lock_guard lock(mutex_);
    through_.insert(known.begin(), known.end());
    running_ = true;
}

void PushSource::stop() {
    std::deque<Batch> left;
    {
        const std::lock_guard lock(mutex_);
        running_ = false;
        left.swap(queue_);
        queued_bytes_ = 0;
    }
    PushResult stopping;
    stopping.code = PushResult::Code::Stopping;
    for (const Batch& batch : left) {
        batch.reply(stopping);
    }
}

void PushSource::finish() {
    PushResult stopping;
    stopping.code = PushResult::Code::Stopping;
    for (Pending& pending : pending_) {
        pending.reply(stopping);
    }
    pending_.clear();
    if (current_.reply) {  // polled, and never admitted
        std::exchange(current_.reply, nullptr)(stopping);
    }
}

LiveSource::Poll PushSource::poll(Nanos monotonic_now, RecordBatch& batch) {
    Poll poll;
    Batch next;
    {
        const std::lock_guard lock(mutex_);
        if (queue_.empty()) {
            poll.status = Status::Wait;
            poll.wait_until = Nanos::max();
            if (by_ == SourceClock::Receive) {
                poll.market_clock = wall(monotonic_now) - live_delay;
            }
            return poll;
        }
        next = std::move(queue_.front());
        queue_.pop_front();
        queued_bytes_ -= bytes_of(next);
    }
    current_ = {};
    const std::uint64_t known =
        next.client.empty() || clients_ == nullptr ? 0 : clients_->through(next.client);
    rows_.decode(next, known, {wall(monotonic_now), clock_.wall(), by_ == SourceClock::Event},
                 batch, current_.result);
    good_ = batch.records.size();
    client_ = next.client;
    current_.client = std::move(next.client);
    current_.reply = std::move(next.reply);
    if (good_ == 0) {  // nothing for the journal, but answers keep their order
        current_.last = last_admitted_;
        pending_.push_back(std::exchange(current_, {}));
        if (pending_.size() == 1) {
            journaled(last_admitted_);
        }
    }
    poll.status = Status::Records;
    return poll;
}

void PushSource::admitted(Sequence last, std::uint64_t refused) {
    if (!current_.reply) {
        return;
    }
    TS_ASSERT(refused <= good_);
    last_admitted_ = last;
    current_.result.refused = refused;
    current_.result.accepted = good_ - refused;
    current_.result.sequence = current_.result.accepted > 0 ? last.value() : 0;
    current_.last = last;
    pending_.push_back(std::exchange(current_, {}));
}

void PushSource::journaled(Sequence through) {
    while (!pending_.empty() && pending_.front().last <= through) {
        Pending done = std::move(pending_.front());
        pending_.pop_front();
        reply(std::move(done));
    }
}

void PushSource::reply(Pending pending) {
    if (!pending.client.empty()) {
        const std::lock_guard lock(mutex_);
        std::uint64_t& known = through_[pending.client];
        known = std::max(known, pending.result.through);
        if (through_.size() > 2 * settings_.clients) {  // the engine forgot half of them
            through_.clear();
            const auto remembered = clients_->all();
            through_.insert(remembered.begin(), remembered.end());
        }
    }
    pending.reply(std::move(pending.result));
}

Sequencer::SourceRule PushSource::rule() const {
    Sequencer::SourceRule rule;
    rule.live = true;
    rule.delay = by_ == SourceClock::Event ? Nanos{0} : live_delay;
    rule.freshness = freshness_;
    rule.clock_event = by_ == SourceClock::Event;
    return rule;
}

}  // namespace tickstock
