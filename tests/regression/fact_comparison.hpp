#pragma once

#include <string>
#include <vector>

#include "support/engine_run.hpp"
#include "support/naive_session_market.hpp"

namespace tickstock::naive {

/// The first difference of the two runs, in words; empty when there is none.
std::string first_difference(const std::vector<Fact>& facts, const EngineRun& run);

/// A tape for people, a line a record.
std::string text_of(const Tape& tape);

}  // namespace tickstock::naive
