#include "rollout/rig.hpp"

#include <algorithm>
#include <utility>

#include "rollout/expected_fallbacks.hpp"

namespace tickstock::rollout_walk {

using namespace std::chrono_literals;
using testing::Bench;

namespace {

constexpr const char* why = "a test";

}  // namespace

RolloutCommand advance() {
    return {AdvanceRollout{}, why};
}
RolloutCommand set_flags(SetRolloutFlags flags) {
    return {std::move(flags), why};
}
RolloutCommand share(double percentage) {
    SetRolloutFlags flags;
    flags.rollout_percentage = percentage;
    return set_flags(std::move(flags));
}
RolloutCommand tickers(std::vector<SymbolText> symbols) {
    SetRolloutFlags flags;
    flags.rollout_tickers = std::move(symbols);
    return set_flags(std::move(flags));
}
RolloutCommand disable(bool uninstall) {
    return {DisableMultiChannel{uninstall}, why};
}
RolloutCommand re_enable(std::optional<double> percentage) {
    return {ReEnableMultiChannel{percentage}, why};
}
RolloutCommand to_phase(std::uint8_t phase) {
    return {SetRolloutPhase{phase}, why};
}

RecordBatch only_trades(RecordBatch tape) {
    std::erase_if(tape.records, [](const Record& record) {
        return record.kind() != RecordKind::Trade && record.kind() != RecordKind::Quote;
    });
    return tape;
}

std::vector<std::string> linear_run(const RecordBatch& tape, const Config& config) {
    Bench bench(tape);
    bench.config.pipeline = config.pipeline;
    bench.config.pipeline.integration.installed = true;
    bench.open();
    bench.settle();
    const auto status = bench.status();
    EXPECT_EQ(status.rollout->total.paths.channel_requests, 0U);
    EXPECT_EQ(status.rollout->phase, 0U);
    return bench.heard.of(bench.epoch());
}

Life::Life(RecordBatch tape, unsigned shards) : bench(std::move(tape), shards) {
    bench.config.pipeline.integration.installed = true;
    RolloutSettings& rollout = bench.config.rollout;
    rollout.phase_0 = rollout.phase_1 = rollout.phase_2 = rollout.phase_3 = 0h;
    bench.feed().due = 0;
    path = std::make_shared<FaultyPath>(
        bench.clock, static_cast<std::uint32_t>(bench.feed().tape.new_symbols.size()));
    bench.extensions.tap = path;
    bench.extensions.before_run = [path = path.get()](unsigned shard, const Run& run) {
        path->sees(shard, run);
    };
}

void Life::open() {
    bench.open();
    note_epoch();
}

void Life::note_epoch() {
    if (epochs_.empty() || epochs_.back() != bench.epoch()) {
        epochs_.push_back(bench.epoch());
    }
}

void Life::run_to(std::size_t due) {
    bench.feed().due = std::min(due, bench.feed().tape.records.size());
    bench.settle();
}

void Life::restart(End end) {
    switch (end) {
        case End::Kill: bench.kill(); break;
        case End::PowerCut: bench.cut_power(bench.random()); break;
        case End::Stop: EXPECT_TRUE(bench.stop()); break;
    }
    forget_unjournaled_faults();
    path->forget_runs();
    open();
}

/// What the dead process met and nobody else knows has not happened.
void Life::forget_unjournaled_faults() {
    const JournaledRollout known = read_rollout(bench.disk, bench.config);
    std::erase_if(path->faults, [&](const Fault& fault) {
        return fault.from > known.last ||
               (fault.cause == FallbackCause::Timeout && !known.has(fault));
    });
}

void Life::must(RolloutCommand command) {
    bench.status();  // the shards tell of their work
    const CommandAnswer answer = ask(std::move(command));
    ASSERT_EQ(answer.code, CommandAnswer::Code::Done) << answer.text;
}

void Life::go_to_phase(unsigned phase, std::size_t records_each) {
    try_to_go_to_phase(phase, records_each);
    ASSERT_EQ(rollout().phase, phase) << rollout().refusal;
}

void Life::try_to_go_to_phase(unsigned phase, std::size_t records_each) {
    const auto& symbols = bench.feed().tape.new_symbols;
    for (unsigned next = 1; next <= phase; ++next) {
        run_on(records_each);
        if (next == 2) {
            must(tickers({symbols[0], symbols[1 % symbols.size()]}));
        }
        bench.status();  // the shards tell of their work
        ask(advance());
    }
    run_on(records_each);
}

Sequence Life::last_sequence() {
    return Sequence{bench.status().last_sequence};
}

void Life::break_path(FaultKind kind, std::uint64_t one_in, std::uint64_t seed) {
    FaultWindow window;
    window.kind = kind;
    window.first = last_sequence().value() + 1;
    window.one_in = one_in;
    window.seed = seed;
    path->windows.push_back(window);
}

void Life::mend_path() {
    const std::uint64_t last = last_sequence().value();
    for (FaultWindow& window : path->windows) {
        window.last = std::min(window.last, last);
    }
}

std::vector<std::string> Life::told() {
    std::vector<std::string> all;
    for (const std::string& epoch : epochs_) {
        const auto& bodies = bench.heard.of(epoch);
        all.insert(all.end(), bodies.begin(), bodies.end());
    }
    return all;
}

void Life::expect_linear(const std::vector<std::string>& linear) {
    const std::vector<std::string> mine = told();
    for (std::size_t i = 0; i < std::min(mine.size(), linear.size()); ++i) {
        ASSERT_EQ(mine[i], linear[i]) << "event " << i << " of " << linear.size();
    }
    ASSERT_EQ(mine.size(), linear.size());
    for (const unsigned shards : {1U, 3U}) {
        const auto again = testing::replay(bench.disk, bench.config, shards);
        ASSERT_EQ(again.failure, "");
        ASSERT_FALSE(again.hashes.empty());
        ASSERT_EQ(again.hashes.back(), bench.stream->hash()) << "a replay on " << shards;
    }
}

void Life::expect_fallbacks() {
    const JournaledRollout known = read_rollout(bench.disk, bench.config);
    const auto& symbols = bench.feed().tape.new_symbols;
    EXPECT_EQ(compare_fallbacks(known, path->faults, symbols), "");
}

}  // namespace tickstock::rollout_walk
