// The operator of a rollout: flags, phases, emergencies, in any order.

#include <algorithm>

#include "simulation/faulty_path.hpp"
#include "simulation/simulation.hpp"

namespace tickstock::sim {
namespace {

SetRolloutFlags flags(RandomStream& random, unsigned symbols) {
    SetRolloutFlags flags;
    const bool all = random.chance(700'000);
    flags.integration_layer_enabled = all || random.chance(700'000);
    flags.router_enabled = all || random.chance(500'000);
    flags.tick_channel_enabled = all || random.chance(500'000);
    flags.multichannel_system_enabled = all || random.chance(500'000);
    flags.parallel_processing_enabled = random.chance(500'000);
    flags.performance_comparison_enabled = random.chance(500'000);
    flags.rollout_percentage = random.pick({0.0, 1.0, 10.0, 50.0, 100.0, 100.0});
    const auto some = [&] {
        std::vector<SymbolText> list;
        for (std::uint64_t i = random.below(symbols); i > 0; --i) {
            list.emplace_back(symbol_name(static_cast<std::uint32_t>(random.below(symbols))));
        }
        return list;
    };
    if (random.chance(300'000)) {
        flags.add_rollout_tickers = some();
    } else if (random.chance(200'000)) {
        flags.excluded_tickers = some();
    } else if (random.chance(200'000)) {
        flags.rollout_tickers = some();
        flags.excluded_tickers.emplace();
    }
    return flags;
}

}  // namespace

void Simulation::post_rollout() {
    report_.count(Fault::RolloutCommand);
    RolloutCommand command{AdvanceRollout{}, "simulated"};
    switch (rollout_.below(10)) {
        case 0: break;
        case 1: command.action = DisableMultiChannel{rollout_.chance(500'000)}; break;
        case 2:
            command.action = ReEnableMultiChannel{rollout_.chance(500'000) ? std::optional(100.0)
                                                                           : std::nullopt};
            break;
        case 3:
            command.action = SetRolloutPhase{static_cast<std::uint8_t>(rollout_.below(3))};
            break;
        default: command.action = flags(rollout_, plan_.symbols); break;
    }
    post(std::move(command));
}

bool Simulation::just_stalled() {
    constexpr unsigned soon = 8;
    if (!process_->faulty_path) {
        return false;
    }
    const bool again = process_->faulty_path->stalls() != stalls_seen_;
    stalls_seen_ = process_->faulty_path->stalls();
    steps_since_stall_ = again ? 0 : std::min(steps_since_stall_ + 1, soon);
    return steps_since_stall_ < soon && stalls_seen_ > 0;
}

}  // namespace tickstock::sim
