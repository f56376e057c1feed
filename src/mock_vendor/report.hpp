#pragma once

#include <string>

#include "mock_vendor/player.hpp"
#include "mock_vendor/tape.hpp"

namespace tickstock {

struct MockServerCounts;

/// What was served and which faults struck, as one JSON object in one line.
std::string mock_vendor_report(const Tape& tape, const Player& player,
                               const MockServerCounts& counts);

}  // namespace tickstock
