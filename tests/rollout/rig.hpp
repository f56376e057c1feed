#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/test_runtime.hpp"
#include "rollout/faulty_path.hpp"

namespace tickstock::rollout_walk {

// What a person asks for.
RolloutCommand advance();
RolloutCommand set_flags(SetRolloutFlags flags);
RolloutCommand share(double percentage);
RolloutCommand tickers(std::vector<SymbolText> symbols);
RolloutCommand disable(bool uninstall = false);
RolloutCommand re_enable(std::optional<double> percentage = std::nullopt);
RolloutCommand to_phase(std::uint8_t phase);

/// Only these are told by the linear path, too.
RecordBatch only_trades(RecordBatch tape);

/// The events that the engine tells with the integrator and all flags off, by the bodies.
std::vector<std::string> linear_run(const RecordBatch& tape, const Config& config = {});

/// An engine with the integrator, a faulty path and all its starts. Phases may end at once.
class Life {
public:
    explicit Life(RecordBatch tape, unsigned shards = 1);

    void open();
    void run_to(std::size_t due);
    /// Some records more.
    void run_on(std::size_t records) { run_to(bench.feed().due + records); }
    void run_to_end() { run_to(bench.feed().tape.records.size()); }
    enum class End : std::uint8_t { Kill, PowerCut, Stop };
    /// Ends it here and starts it again. REQUIRES: with PowerCut, durability always.
    void restart(End end);

    CommandAnswer ask(RolloutCommand command) { return bench.command(std::move(command)); }
    void must(RolloutCommand command);
    /// Advances so often, each time after some records. The first two symbols are named, because
    /// made-up ones have no statistics.
    void go_to_phase(unsigned phase, std::size_t records_each = 40);
    /// The same where faults may be the reason that it stays in an earlier phase.
    void try_to_go_to_phase(unsigned phase, std::size_t records_each = 40);
    RolloutStatus rollout() { return *bench.status().rollout; }
    /// The engine is told that everything from the next entry on goes wrong so.
    void break_path(FaultKind kind, std::uint64_t one_in = 1, std::uint64_t seed = 0);
    void mend_path();

    /// All epochs' events, in order.
    std::vector<std::string> told();
    Sequence last_sequence();

    /// The stream is the linear run's, so far, and the journal gives it again on 1 and 3 shards.
    void expect_linear(const std::vector<std::string>& linear);
    /// Each fault on which the multi-channel path was in charge stands in the journal as it should,
    /// and nothing else does.
    void expect_fallbacks();

    testing::Bench bench;
    std::shared_ptr<FaultyPath> path;

private:
    void note_epoch();
    void forget_unjournaled_faults();

    std::vector<std::string> epochs_;
};

}  // namespace tickstock::rollout_walk
