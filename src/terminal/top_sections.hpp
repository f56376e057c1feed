#pragma once

#include <cstddef>

#include "terminal/styled_line.hpp"
#include "terminal/top_model.hpp"
#include "terminal/top_state.hpp"

// The parts that screens and plain output are put together from. Each is as many lines as it needs
// and no line is longer than `width`; pure.

namespace tickstock {

/// Now, for ages.
struct TopMoment {
    UnixNanos wall;
    Nanos monotonic{0};
};

inline constexpr std::size_t no_limit = static_cast<std::size_t>(-1);

/// "Channels", and what belongs behind it.
StyledLine title_line(std::string_view title, const StyledLine& more = StyledLine());
/// Label and figure pairs in as many columns as fit.
Lines overview_lines(const TopModel& model, std::size_t width);
Lines channel_lines(const TopModel& model, const TopState& state, std::size_t width);
/// Active alerts with title; at most `most` of them.
Lines active_alert_lines(const TopModel& model, const TopState& state, TopMoment now,
                         std::size_t width, std::size_t most = no_limit);
Lines recent_alert_lines(const TopModel& model, const TopState& state, TopMoment now,
                         std::size_t width);
Lines thread_lines(const TopModel& model, std::size_t width, std::size_t most = no_limit);
Lines source_lines(const TopModel& model, std::size_t width);
/// Each list's first `most`; those that pass the filter.
Lines leader_lines(const TopModel& model, const TopFilter& filter, std::size_t width,
                   std::size_t most);
/// The first two lines are title and column names.
Lines tape_lines(const TopModel& model, const TopState& state, std::size_t width,
                 std::size_t most = no_limit);
Lines help_lines();

/// How old the figures are.
Nanos figures_age(const TopModel& model, TopMoment now);
Style status_style(std::string_view status);
/// "up" or "down" as a coloured arrow; a blank otherwise.
std::string_view direction_mark(std::string_view direction);
Style direction_style(std::string_view direction);

}  // namespace tickstock
