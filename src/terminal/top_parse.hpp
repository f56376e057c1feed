#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/top_model.hpp"

// The API's bodies into the model. Each takes what it knows and leaves the rest as it is: a server
// that is older or younger shows what both know. False: the body is no JSON object; nothing is
// changed then.

namespace tickstock {

bool read_status(const std::string& body, TopModel& model);
/// After read_status(), whose figures it makes better.
bool read_dashboard(const std::string& body, TopModel& model);
bool read_alerts(const std::string& body, TopModel& model);
bool read_market(const std::string& body, TopModel& model);
bool read_rollout(const std::string& body, TopModel& model);

struct TopEventPage {
    std::string epoch;
    std::string next;              ///< position to go on from
    bool gap = false;              ///< something between the page before and this one is missing
    bool complete = true;          ///< there was no more
    std::vector<TopEvent> events;  ///< oldest first
};
/// `limit`: as many as were asked for.
std::optional<TopEventPage> read_events(const std::string& body, std::size_t limit);

/// The message of an error body, or the beginning of a body that is none.
std::string read_error(const std::string& body);

}  // namespace tickstock
