#pragma once

#include "base/json_writer.hpp"
#include "monitoring/alert.hpp"
#include "monitoring/monitor_rule.hpp"

namespace tickstock {

/// One object: id, type, severity, channel, message, value, threshold, raised, resolved,
/// duration_seconds (up to `now` while it is active), runbook.
void write_alert(JsonWriter& json, const Alert& alert, UnixNanos now);

/// One object a level: name, metric, op, threshold, severity, description, for_seconds, built_in.
void write_rule(JsonWriter& json, const MonitorRule& rule);

/// What a webhook is sent: {"change":"raised|worsened|resolved","sent":NS,"alert":{…}}.
std::string notice_json(const AlertNotice& notice, UnixNanos now);

std::string_view to_string(AlertChange change);

}  // namespace tickstock
