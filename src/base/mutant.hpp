#pragma once

// Planted bugs. `if (TICKSTOCK_MUTANT(7)) …` is false and gone in the product; in the simulator's
// own build of the engine it is true while bug 7 is switched on. The simulation must find every one
// of them (tests/simulation/mutants.cpp lists them).

#ifdef TICKSTOCK_MUTANTS

namespace tickstock {

/// The planted bug that is on; 0 = none. One thread.
inline unsigned active_mutant = 0;

}  // namespace tickstock

#define TICKSTOCK_MUTANT(number) (::tickstock::active_mutant == (number))

#else

#define TICKSTOCK_MUTANT(number) false

#endif
