#include "simulation/mutants.hpp"

#include <array>

#include "base/mutant.hpp"

namespace tickstock::sim {
namespace {

constexpr std::array mutants{
    Mutant{1, "nothing yet"},
};

}  // namespace

std::span<const Mutant> all_mutants() {
    return mutants;
}

void switch_mutant(unsigned number) {
    active_mutant = number;
}

}  // namespace tickstock::sim
