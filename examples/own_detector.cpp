// A detector of one's own on second bars, in the pipeline of every shard: five seconds in a row
// that each close higher than the one before. docs/channels.md walks through it.

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "detectors/sample.hpp"
#include "engine/multi_channel_system.hpp"
#include "publishing/event_stream.hpp"

namespace {

using namespace tickstock;

class StreakDetector final : public SampleDetector {
public:
    static constexpr unsigned wanted = 5;

    const char* name() const override { return "streak"; }

    void reset(SymbolId symbol) override { state_of(symbol) = {}; }

    void on_sample(const Sample& sample, SessionStats& stats, const Moment& moment,
                   DetectionSink& sink) override {
        State& state = state_of(sample.symbol);
        state.rising = sample.price > state.last ? state.rising + 1 : 0;
        state.last = sample.price;
        if (state.rising != wanted || stats.muted) {
            return;  // a halted symbol keeps its state and tells nothing
        }
        ++state.told;
        Detection found;
        found.symbol = sample.symbol;
        found.type = EventType::Rule;
        found.source = SourceKind::Channel;
        found.session = sample.session;
        found.session_key = stats.session_key;
        found.price = sample.price;
        found.ts = sample.t;
        found.volume = sample.volume;
        found.data = RuleData{RuleName("streak"), state.told};
        found.evidence.period = sample.period;
        found.evidence.rule_version = "streak/1";
        found.context.sequence = moment.sequence;
        sink.emit(moment, std::move(found));
    }

    // So that a restart and a move to another shard change nothing.
    void save_symbol(SymbolId symbol, StateWriter& out) const override {
        out(symbol.value() < states_.size() ? states_[symbol.value()] : State{});
    }
    void load_symbol(SymbolId symbol, StateReader& in) override {
        State state;
        in(state);
        if (in.ok()) {
            state_of(symbol) = state;
        }
    }
    void forget_symbol(SymbolId symbol) override { state_of(symbol) = {}; }

private:
    struct State {
        Price last;
        unsigned rising = 0;
        unsigned told = 0;

        template <class Archive>
        void archive(Archive& a) {
            a(last, rising, told);
        }
    };

    State& state_of(SymbolId symbol) {
        if (symbol.value() >= states_.size()) {
            states_.resize(symbol.value() + 1);
        }
        return states_[symbol.value()];
    }

    std::vector<State> states_;  // by symbol
};

/// A trade each half second from 10:00 New York on; ABC rises for a while, XYZ stands still.
RecordBatch made_up_trades() {
    RecordBatch batch;
    batch.new_symbols = {SymbolText("ABC"), SymbolText("XYZ")};
    constexpr std::int64_t ten_o_clock = 1'709'650'800'000'000'000;  // 2024-03-05, ns
    for (std::int64_t i = 0; i < 30; ++i) {
        Trade trade;
        trade.header.symbol = SymbolId{static_cast<std::uint32_t>(i % 2)};
        trade.header.ts_event = unix_nanos(ten_o_clock + i * 500'000'000);
        trade.header.ts_recv = trade.header.ts_event;
        trade.price =
            Price::from_cents(i % 2 == 0 ? 10'000 + std::min<std::int64_t>(i, 20) : 5'000);
        trade.size = Size::from_shares(100);
        batch.records.emplace_back(trade);
    }
    return batch;
}

void run(unsigned shards, EventStream& stream) {
    PipelineSettings settings;
    settings.high_low.enabled = false;  // for a short output
    PipelineExtensions extensions;
    extensions.detectors.push_back(
        [](const PipelineSettings&) { return std::make_unique<StreakDetector>(); });
    auto system = MultiChannelSystem::create(settings, shards, std::move(extensions));
    (*system)->add_source(SourceId{0});
    RecordBatch batch = made_up_trades();
    std::vector<Event> events;
    (*system)->process(batch, events);
    (*system)->finish(events);
    stream.append(events, (*system)->symbols(), UnixNanos{});
}

}  // namespace

int main() {
    EventStream one("example", {});
    EventStream four("example", {});
    run(1, one);
    run(4, four);
    const auto block = one.block_at("example", one.range().last);
    for (const StreamEntry& entry : block->entries) {
        std::printf("%s\n", std::string(block->body(entry)).c_str());
    }
    std::printf("1 shard and 4 shards: %s\n",
                one.hash() == four.hash() ? "the same events" : "DIFFERENT");
    return one.hash() == four.hash() ? 0 : 1;
}
