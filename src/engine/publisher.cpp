#include "engine/publisher.hpp"
#include "base/mutant.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tickstock {

void Publisher::add_epoch(Sequence at, std::string epoch) {
    const std::lock_guard lock(mutex_);
    epochs_.push_back({at, std::move(epoch)});
}

void Publisher::request_state(Sequence at, std::function<void(std::string)> done) {
    const std::lock_guard lock(mutex_);
    state_request_ = StateRequest{at, std::move(done)};
}

/// All shards are done through the result, and the journal has what that needs.
Sequence Publisher::take_outputs(std::span<const std::unique_ptr<Shard>> shards, Sequence gate) {
    waiting_.resize(shards.size());
    done_.resize(shards.size(), published_through());
    Sequence through = gate;
    std::uint64_t pending = 0;
    for (std::size_t i = 0; i < shards.size(); ++i) {
        // A shard far ahead of the others waits, so that this stays bounded.
        if (waiting_[i].size() < parts_.capacity && shards[i]->take_output(gate, output_)) {
            done_[i] = output_.done_through;
            std::move(output_.events.begin(), output_.events.end(),
                      std::back_inserter(waiting_[i]));
            output_.events.clear();
            emptied_full_ = emptied_full_ || output_.was_full;
        }
        if (i == 0 || !TICKSTOCK_MUTANT(10)) {
            through = std::min(through, done_[i]);
        }
        pending += waiting_[i].size() + shards[i]->output_size();
    }
    pending_count_ = pending;
    return through;
}

/// Where the stream has to stand still for a moment; sequence_end = nowhere.
Sequence Publisher::next_stop() const {
    const std::lock_guard lock(mutex_);
    Sequence stop = sequence_end;
    if (!epochs_.empty()) {
        stop = epochs_.front().at;
    }
    if (state_request_) {
        stop = std::min(stop, state_request_->at);
    }
    return stop;
}

Publisher::Step Publisher::step(std::span<const std::unique_ptr<Shard>> shards, Sequence gate) {
    Step step;
    note_detected(shards);
    // Without a block: what a start has told again and could not write.
    const bool waits = block_ || parts_.stored.unwritten_bytes() > 0;
    if (waits && !(block_ ? flush(step) : write_stored(step))) {
        count_waiting(shards);
        return step;
    }
    emptied_full_ = false;
    const Sequence through = take_outputs(shards, gate);
    while (!step.failure) {
        const Sequence stop = next_stop();
        const Sequence now = std::min(through, stop);
        if (now > published_through()) {
            step.worked = true;
            release(now);
            if (!flush(step)) {
                break;
            }
        }
        if (now < stop || published_through() < stop) {
            break;
        }
        stop_at(stop);
    }
    step.emptied_full = emptied_full_;
    return step;
}

void Publisher::note_detected(std::span<const std::unique_ptr<Shard>> shards) {
    Sequence through = sequence_end;
    for (const auto& shard : shards) {
        through = std::min(through, shard->finished_through());
    }
    if (through > detected_) {
        detected_ = through;
        parts_.latency.detected(through, parts_.clock.monotonic());
    }
}

/// Nothing can be taken while the disk is full; load is shed by what waits all the same.
void Publisher::count_waiting(std::span<const std::unique_ptr<Shard>> shards) {
    std::uint64_t pending = block_ ? block_->entries.size() : 0;
    waiting_.resize(shards.size());
    for (std::size_t i = 0; i < shards.size(); ++i) {
        pending += waiting_[i].size() + shards[i]->output_size();
    }
    pending_count_ = pending;
}

/// Makes the events with keys up to `through` the next block.
void Publisher::release(Sequence through) {
    ready_.clear();
    for (std::deque<Event>& events : waiting_) {
        const auto end = std::find_if(events.begin(), events.end(), [&](const Event& event) {
            return event.detection.key.sequence > through;
        });
        std::move(events.begin(), end, std::back_inserter(ready_));
        events.erase(events.begin(), end);
    }
    if (waiting_.size() > 1 && !TICKSTOCK_MUTANT(9)) {
        std::stable_sort(ready_.begin(), ready_.end(), [this](const Event& a, const Event& b) {
            return comes_before(a.detection.key, a.detection.symbol, b.detection.key,
                                b.detection.symbol, parts_.symbols);
        });
    }
    block_through_ = through;
    const UnixNanos wall = parts_.clock.wall();
    block_ = parts_.stream.encode(ready_, parts_.symbols, wall);
    if (block_) {
        if (const auto oldest = parts_.latency.oldest(through)) {
            block_->ts_received = wall - (parts_.clock.monotonic() - *oldest);
        }
        parts_.stored.append(parts_.stream.range().epoch, *block_);
    }
}

/// Stored, then published. False: later, or never.
bool Publisher::flush(Step& step) {
    if (block_) {
        if (!write_stored(step)) {
            return false;
        }
        pending_count_ -= std::min<std::uint64_t>(pending_count_, block_->entries.size());
        parts_.stream.set_stored_through(block_->entries.back().offset);
        parts_.stream.publish(std::exchange(block_, nullptr));
    }
    published_through_ = block_through_.value();
    parts_.latency.measure(block_through_, parts_.clock.monotonic());
    return true;
}

bool Publisher::write_stored(Step& step) {
    switch (parts_.stored.write()) {
        case StoredStream::Written::Done: break;
        case StoredStream::Written::DiskFull:
            blocked_ = true;
            step.blocked = true;
            return false;
        case StoredStream::Written::Failed: step.failure = parts_.stored.failure(); return false;
    }
    blocked_ = false;
    return true;
}

void Publisher::stop_at(Sequence through) {
    std::optional<StateRequest> request;
    std::vector<Epoch> begun;
    {
        const std::lock_guard lock(mutex_);
        if (state_request_ && state_request_->at == through) {
            request = std::exchange(state_request_, std::nullopt);
        }
        while (!epochs_.empty() && epochs_.front().at == through) {
            begun.push_back(std::move(epochs_.front()));
            epochs_.pop_front();
        }
    }
    for (const Epoch& epoch : begun) {
        if (!TICKSTOCK_MUTANT(23)) {
            parts_.stream.restart(epoch.name);
        }
    }
    if (request) {
        StateWriter state;
        parts_.stream.state().save(state);
        request->done(state.take());
    }
}

}  // namespace tickstock
