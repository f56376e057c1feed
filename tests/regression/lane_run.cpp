#include "regression/lane_run.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "base/assert.hpp"
#include "regression/random_tape.hpp"

namespace tickstock::naive {
void Lanes::work(const PreparedTape::Step& step, const ClockIndex& clocks) {
    const std::span<const IntakeItem> one{&step.item, 1};
    switch (step.channel) {
        case ChannelType::Tick: tick_.work(one, clocks); break;
        case ChannelType::Ohlcv: bars_.work(one); break;
        case ChannelType::Fmv: values_.work(one); break;
    }
}

void Lanes::take(std::vector<Detection>& out) {
    for (std::vector<Detection>* found :
         {&tick_.detections(), &bars_.detections(), &values_.detections()}) {
        std::move(found->begin(), found->end(), std::back_inserter(out));
        found->clear();
    }
}

void Lanes::save_symbol(SymbolId symbol, StateWriter& out) const {
    tick_.save_symbol(symbol, out);
    bars_.save_symbol(symbol, out);
    values_.save_symbol(symbol, out);
}

void Lanes::load_symbol(SymbolId symbol, StateReader& in) {
    tick_.load_symbol(symbol, in);
    bars_.load_symbol(symbol, in);
    values_.load_symbol(symbol, in);
}

void Lanes::forget_symbol(SymbolId symbol) {
    tick_.forget_symbol(symbol);
    bars_.forget_symbol(symbol);
    values_.forget_symbol(symbol);
}

void Lanes::save_totals(StateWriter& out) const {
    tick_.save_totals(out);
    bars_.save_totals(out);
    values_.save_totals(out);
}

void Lanes::add_totals(StateReader& in) {
    tick_.add_totals(in);
    bars_.add_totals(in);
    values_.add_totals(in);
}

LaneRun::LaneRun(const PreparedTape& tape, const PipelineSettings& settings, unsigned shards)
    : tape_(tape), settings_(settings) {
    for (unsigned i = 0; i < shards; ++i) {
        shards_.push_back(std::make_unique<Lanes>(settings));
    }
    for (std::uint32_t symbol = 0; symbol < tape.symbols->size(); ++symbol) {
        shard_of_.push_back(symbol % shards);
    }
}

void LaneRun::work(std::size_t records) {
    const std::size_t count = std::min(records, tape_.records.size() - at_);
    const ClockIndex clocks(std::span(tape_.records).subspan(at_, count));
    at_ += count;
    const Sequence last = tape_.records[at_ - 1].header().sequence;
    for (; step_ < tape_.steps.size() && tape_.steps[step_].item.record->header().sequence <= last;
         ++step_) {
        const SymbolId symbol = tape_.steps[step_].item.record->header().symbol;
        shards_[shard_of(symbol)]->work(tape_.steps[step_], clocks);
    }
    for (const auto& lanes : shards_) {
        lanes->tick().advance(clocks);
    }
    collect();
}

void LaneRun::finish() {
    for (const auto& lanes : shards_) {
        lanes->tick().advance(ClockIndex(std::span<const Record>{}));
    }
    collect();
}

void LaneRun::collect() {
    std::vector<Detection> found;
    for (const auto& lanes : shards_) {
        lanes->take(found);
    }
    std::stable_sort(found.begin(), found.end(), [&](const Detection& a, const Detection& b) {
        return comes_before(a.key, a.symbol, b.key, b.symbol, *tape_.symbols);
    });
    for (Detection& detection : found) {
        detection.key.k = 0;  // counts within a shard; only its order matters
        const bool of_bar = detection.timeframe != Timeframe::None;
        ++by_type_[of_bar ? "bars" : std::string(to_string(detection.type))];
        StateWriter out;
        out(detection);
        found_.push_back(out.take());
    }
}

void LaneRun::reload(unsigned shards, std::uint64_t seed) {
    Dice dice(seed);
    std::vector<std::unique_ptr<Lanes>> fresh;
    for (unsigned i = 0; i < shards; ++i) {
        fresh.push_back(std::make_unique<Lanes>(settings_));
    }
    for (const auto& lanes : shards_) {
        StateWriter totals;
        lanes->save_totals(totals);
        StateReader in(totals.text());
        fresh[dice.below(shards)]->add_totals(in);
        TS_ASSERT(in.ok() && in.at_end());
    }
    for (std::uint32_t symbol = 0; symbol < symbols(); ++symbol) {
        const std::string bytes = saved(SymbolId{symbol});
        shard_of_[symbol] = static_cast<unsigned>(dice.below(shards));
        StateReader in(bytes);
        fresh[shard_of_[symbol]]->load_symbol(SymbolId{symbol}, in);
        TS_ASSERT(in.ok() && in.at_end());
    }
    shards_ = std::move(fresh);
}

void LaneRun::move(SymbolId symbol, unsigned to) {
    const std::string bytes = saved(symbol);
    shards_[shard_of(symbol)]->forget_symbol(symbol);
    shard_of_[symbol.value()] = to;
    StateReader in(bytes);
    shards_[to]->load_symbol(symbol, in);
    TS_ASSERT(in.ok() && in.at_end());
}

std::string LaneRun::saved(SymbolId symbol) const {
    StateWriter out;
    shards_[shard_of(symbol)]->save_symbol(symbol, out);
    return out.take();
}

std::string LaneRun::saved_totals() const {
    StateWriter all;
    if (shards() == 1) {
        shards_[0]->save_totals(all);
    } else {
        save_summed_totals(all);
    }
    std::vector<RuleActivity> by_rule(settings_.rules.user.size());
    for (const auto& lanes : shards_) {
        lanes->tick().add_rule_activity(by_rule);
    }
    all(by_rule);
    return all.take();
}

void LaneRun::save_summed_totals(StateWriter& out) const {
    Lanes sum(settings_);
    for (const auto& lanes : shards_) {
        StateWriter one;
        lanes->save_totals(one);
        StateReader in(one.text());
        sum.add_totals(in);
        TS_ASSERT(in.ok() && in.at_end());
    }
    sum.save_totals(out);
}

UnixNanos LaneRun::next_deadline() const {
    UnixNanos next = time_never;
    for (const auto& lanes : shards_) {
        next = std::min(next, lanes->tick().next_deadline());
    }
    return next;
}

std::uint64_t LaneRun::open_seconds() const {
    std::uint64_t open = 0;
    for (const auto& lanes : shards_) {
        open += lanes->tick().open_seconds();
    }
    return open;
}

std::uint64_t LaneRun::open_deadlines() const {
    std::uint64_t open = 0;
    for (const auto& lanes : shards_) {
        open += lanes->tick().open_deadlines();
    }
    return open;
}

}  // namespace tickstock::naive
