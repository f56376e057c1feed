#pragma once

#include <string>
#include <string_view>

#include "base/time.hpp"
#include "sources/polygon/backfill.hpp"
#include "sources/polygon/rest_rows.hpp"

namespace tickstock {

/// The wire brings a minute's bar some seconds after its end.
inline constexpr Nanos bar_slack = std::chrono::seconds(10);

/// Path and query of a symbol's first page.
std::string rest_target(PolygonRestReader::Kind kind, std::string_view symbol,
                        const BackfillRequest& request);

/// Path and query of an address; its host is not used: the key goes to our own host only.
std::string rest_target_of(const std::string& address);

/// Why an outage is not fetched.
std::string outage_too_long(Nanos missed);

}  // namespace tickstock
