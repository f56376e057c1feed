#pragma once

// For symbol_tracer_fates.cpp and symbol_tracer_held.cpp.

#include "inspection/symbol_tracer.hpp"

namespace tickstock {

/// By how much each ledger has changed; what is told of it is taken away until nothing is left.
struct SymbolTracer::Delta {
    struct One {
        std::int64_t in = 0;
        std::int64_t out = 0;
        std::int64_t held = 0;
        std::array<std::int64_t, reason_count> dropped{};
    };
    std::array<One, ledger_count> stages;

    Delta(const Ledgers& before, const Ledgers& now) {
        const auto difference = [](std::uint64_t a, std::uint64_t b) {
            return static_cast<std::int64_t>(a - b);
        };
        for (std::size_t i = 0; i < ledger_count; ++i) {
            stages[i].in = difference(now[i].in, before[i].in);
            stages[i].out = difference(now[i].out, before[i].out);
            stages[i].held = difference(now[i].held, before[i].held);
            for (std::size_t reason = 0; reason < reason_count; ++reason) {
                stages[i].dropped[reason] =
                    difference(now[i].dropped[reason], before[i].dropped[reason]);
            }
        }
    }
    One& at(Stage stage) {
        return stages[static_cast<std::size_t>(stage) - static_cast<std::size_t>(Stage::Intake)];
    }
    void took_out(Stage stage) {
        --at(stage).in;
        --at(stage).out;
    }
    void released(Stage stage) {
        ++at(stage).held;
        --at(stage).out;
    }
};

}  // namespace tickstock
