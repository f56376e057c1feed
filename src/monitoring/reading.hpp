#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"

namespace tickstock {

/// One figure of the running system at one look: what alert rules are held against.
struct Reading {
    std::string name;     ///< one of config/alert_metrics.hpp
    std::string channel;  ///< channel, source, thread, rule … it is of; empty = the system
    double value = 0;     ///< in the metric's unit
    std::string detail;   ///< a sentence for people where there is one; an alert tells it
    UnixNanos since;      ///< wall time since which it is so; unset = not known
};

using Readings = std::vector<Reading>;

/// Null when there is none.
const Reading* find_reading(const Readings& readings, std::string_view name,
                            std::string_view channel = {});

}  // namespace tickstock
