#include "server/alerts.hpp"

#include <algorithm>
#include <cctype>
#include <string>

#include "config/alert_files.hpp"
#include "server/status_readings.hpp"

namespace tickstock {
namespace {

void write_one(JsonWriter& json, const Finding& finding) {
    std::string type = finding.type;
    std::ranges::transform(type, type.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    json.begin_object().key("type").string(type);
    json.key("severity").string(to_string(finding.severity));
    json.key("message").string(finding.message);
    json.key("value").number(static_cast<std::int64_t>(finding.value)).key("raised");
    to_ns(finding.since) == 0 ? json.null() : json.number(to_ns(finding.since));
    json.end_object();
}

/// Whether a worse level of the same alert is among them.
bool is_outdone(const Finding& finding, const std::vector<Finding>& all) {
    return std::ranges::any_of(all, [&](const Finding& other) {
        return other.type == finding.type && other.channel == finding.channel &&
               other.severity > finding.severity;
    });
}

}  // namespace

void write_alerts(JsonWriter& json, const EngineStatus& status,
                  const std::vector<MonitorRule>& rules) {
    std::vector<MonitorRule> built_in;
    std::ranges::copy_if(rules, std::back_inserter(built_in), &MonitorRule::built_in);
    const std::vector<Finding> findings = find_alerts(built_in, state_readings(status));
    json.key("alerts").begin_array();
    for (const Finding& finding : findings) {
        if (!is_outdone(finding, findings)) {
            write_one(json, finding);
        }
    }
    json.end_array();
}

std::shared_ptr<const std::vector<MonitorRule>> alert_rules_of(const ServerInfo& info) {
    if (info.alerts != nullptr && !info.alerts->report()->rules->empty()) {
        return info.alerts->report()->rules;
    }
    return std::make_shared<const std::vector<MonitorRule>>(monitor_rules(info.monitoring, {}));
}

}  // namespace tickstock
