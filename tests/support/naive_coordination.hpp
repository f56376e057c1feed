#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "model/event.hpp"
#include "support/naive_session_market.hpp"

/// A second, obvious and slow way from detections to coordinated events, written from SPEC sections
/// 9 and 11 alone. Everything heard and published stays in lists that are read again each time.
namespace tickstock::naive {

/// Detections of several sources in key order, and the clocks of the journal's entries: entry i has
/// sequence i + 1. Detection::symbol is an index into `symbols`.
struct DetectionTape {
    std::vector<std::string> symbols;
    std::vector<std::int64_t> clocks;
    std::vector<Detection> detections;
};

struct CoordinatedFact {
    std::int64_t fire = 0;
    std::uint64_t sequence = 0;
    int phase = 1;
    std::size_t content = 0;  ///< index of the detection that it tells
    std::uint64_t id = 0;
    std::uint32_t revision = 0;
    std::uint8_t corroborated_by = 0;
    std::uint8_t suppressed = 0;
};

struct CoordinationRun {
    std::vector<CoordinatedFact> facts;          ///< in stream order
    std::map<std::string, std::uint64_t> story;  ///< how often each branch was taken
};

CoordinationRun coordinated(const DetectionTape& tape, const CoordinationSettings& settings);

}  // namespace tickstock::naive
