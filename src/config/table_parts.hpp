#pragma once

#include <vector>

#include "config/setting.hpp"

namespace tickstock {

/// Parts of the settings table that stand in files of their own; settings.cpp puts it together.
void add_server(std::vector<Setting>& table);
void add_auth(std::vector<Setting>& table);
void add_sources(std::vector<Setting>& table);
void add_storage(std::vector<Setting>& table);
void add_rollout(std::vector<Setting>& table);
void add_monitoring(std::vector<Setting>& table);
void add_engine(std::vector<Setting>& table);
void add_priority(std::vector<Setting>& table);
void add_tick_detectors(std::vector<Setting>& table);
void add_bar_detectors(std::vector<Setting>& table);
void add_value_detectors(std::vector<Setting>& table);

}  // namespace tickstock
