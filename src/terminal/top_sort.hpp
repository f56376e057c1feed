#pragma once

#include <vector>

#include "terminal/top_model.hpp"
#include "terminal/top_state.hpp"

// Rows in the order that the person asked for. Equal ones stay as the server gave them; unknown
// figures come last either way.

namespace tickstock {

std::vector<TopChannel> sorted(std::vector<TopChannel> channels, const TopState::Sort& by);
std::vector<TopAlert> sorted(std::vector<TopAlert> alerts, const TopState::Sort& by);
/// Those that pass the filter.
std::vector<TopEvent> sorted(const std::deque<TopEvent>& tape, const TopFilter& filter,
                             const TopState::Sort& by);
/// By the processor's share, then its time, the busiest first.
std::vector<TopThread> busiest_first(std::vector<TopThread> threads);
/// 0 = info … 3 = critical.
unsigned severity_rank(std::string_view severity);

}  // namespace tickstock
