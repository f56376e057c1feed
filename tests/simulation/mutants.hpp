#pragma once

#include <span>

namespace tickstock::sim {

/// A bug planted in the engine: `if (TICKSTOCK_MUTANT(number)) …` (base/mutant.hpp).
struct Mutant {
    unsigned number = 0;
    const char* what = "";
    bool of_rollout = false;  ///< looked for in worlds with one
};

std::span<const Mutant> all_mutants();

/// 0 = none.
void switch_mutant(unsigned number);

}  // namespace tickstock::sim
