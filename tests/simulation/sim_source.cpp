#include "simulation/sim_source.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace tickstock::sim {

std::uint64_t SourceFeed::furthest() const {
    std::uint64_t end = 0;
    for (const HandedOver& part : handed_over) {
        end = std::max(end, part.to);
    }
    return end;
}

SimSource::SimSource(SourceFeed& feed, const SimClock& clock, Trace& trace)
    : feed_(feed), clock_(clock), trace_(trace) {
    if (!feed_.source.resumable) {
        // Clients that push: what they sent to the dead process or to nobody is gone.
        at_ = feed_.furthest();
        while (at_ < feed_.tape.size() && !feed_.handed_over.empty() &&
               feed_.tape[at_].header().ts_recv < clock_.now()) {
            ++at_;
        }
    }
    feed_.handed_over.push_back({at_, at_});
}

void SimSource::resume(std::uint64_t pass, std::uint64_t position) {
    TS_ASSERT(feed_.source.resumable && !polled_ && pass == 1);
    if (position > feed_.furthest()) {
        throw InvariantBroken(Invariant::JournalledOnce,
                              feed_.source.name + " is to resume behind what it ever sent: " +
                                  std::to_string(position) + " of " +
                                  std::to_string(feed_.furthest()));
    }
    ++feed_.resumed;
    at_ = position;
    feed_.handed_over.back() = {at_, at_};
    trace_.note("resume", position);
}

LiveSource::Poll SimSource::wait(UnixNanos until) const {
    Poll poll;
    poll.status = Status::Wait;
    poll.wait_until = clock_.monotonic_at(until);
    return poll;
}

LiveSource::Poll SimSource::poll(Nanos /*monotonic_now*/, RecordBatch& batch) {
    polled_ = true;
    batch.clear();
    const UnixNanos now = clock_.now();
    if (feed_.faults && feed_.random.chance(feed_.source.poll_stalls)) {
        ++feed_.polls_stalled;
        stalled_until_ = now + Nanos{feed_.random.between(0, 5'000'000'000)};
    }
    if (feed_.faults && now < stalled_until_) {
        return wait(stalled_until_);
    }
    if (at_ == feed_.tape.size()) {
        if (feed_.source.ends) {
            return {};
        }
        Poll poll = wait(now + std::chrono::seconds(1));
        poll.market_clock = now - feed_.source.delay;
        return poll;
    }
    const std::uint64_t most = at_ + feed_.random.below(256) + 1;
    while (at_ < std::min<std::uint64_t>(most, feed_.tape.size()) &&
           feed_.tape[at_].header().ts_recv <= now) {
        Record record = feed_.tape[at_++];
        record.header().symbol = own_id(record.header().symbol.value(), batch);
        batch.records.push_back(record);
    }
    if (batch.records.empty()) {
        Poll poll = wait(feed_.tape[at_].header().ts_recv);
        poll.market_clock = now - feed_.source.delay;
        return poll;
    }
    given_ += batch.records.size();
    feed_.records_given += batch.records.size();
    feed_.handed_over.back().to = at_;
    trace_.note("records", at_, batch.records.size());
    Poll poll;
    poll.status = Status::Records;
    return poll;
}

SymbolId SimSource::own_id(std::uint32_t symbol, RecordBatch& batch) {
    if (symbol >= own_ids_.size()) {
        own_ids_.resize(symbol + std::size_t{1}, symbol_none);
    }
    if (own_ids_[symbol] == symbol_none) {
        own_ids_[symbol] = SymbolId{known_++};
        batch.new_symbols.emplace_back(symbol_name(symbol));
    }
    return own_ids_[symbol];
}

Sequencer::SourceRule SimSource::rule() const {
    Sequencer::SourceRule rule;
    rule.delay = feed_.source.delay;
    rule.clock_event = feed_.source.clock_event;
    rule.live = feed_.source.live;
    return rule;
}

StageCounts SimSource::counts() const {
    StageCounts counts;
    counts.in = given_;
    counts.out = given_;
    return counts;
}

}  // namespace tickstock::sim
