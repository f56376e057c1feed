#pragma once

#include <string>

#include "base/result.hpp"
#include "history/history_request.hpp"
#include "storage/sql_connection.hpp"

namespace tickstock {

/// Runs the request and writes the page as JSON: `{"events":[…],"next":"…"|null}` and the like
/// (docs/reference/openapi.json has each). Events stand as they were published, byte for byte.
Result<std::string, SqlError> history_page(SqlConnection& database, const HistoryRequest& request);

// One row of a page each, as the page has it; also the lines of `tickstock events`.
void append_json(std::string& out, const StoredEvent& event);
void append_json(std::string& out, const StoredSession& session);
void append_json(std::string& out, const MarketWindow& window);
void append_json(std::string& out, const EventCount& count);
void append_json(std::string& out, const MetricValue& metric);
void append_json(std::string& out, const StoredGap& gap);
void append_json(std::string& out, const DifferenceRow& difference);
void append_json(std::string& out, const AuditRow& audit);
void append_json(std::string& out, const IncidentRow& incident);
void append_json(std::string& out, const StoredAlert& alert);

}  // namespace tickstock
