#pragma once

#include <array>
#include <string>
#include <vector>

#include "engine/status.hpp"

namespace tickstock {

// What intake kept back or did not know, in words and JSON: one form for the server's pages and
// the command line.

/// "52.3 % from 15.96, limit 20 %". Percent to two decimals, rounded up, so that it never reads as
/// if it were inside the limit.
std::string reason_of(const QuarantinedTrade& trade);

/// Appends a JSON object: symbol, ts, price, size, level, limit_percent, reason, outcome, session,
/// conditions, exchange, trade_id (the last two null when unknown).
void append_json(std::string& out, const QuarantineEntry& entry);

/// "sale condition 99 is in no row of the table: 12 trades, first of ABC". Names what 255 stands
/// for.
std::string describe(const UnknownConditionEntry& entry);

/// Adds the counts of `from` to `to`, both by code; the earlier first sight stays.
void add_unknown_conditions(const std::vector<UnknownConditionEntry>& from,
                            std::vector<UnknownConditionEntry>& to);

/// Logs each unknown code once, at its first sight. One thread.
class UnknownConditionLog {
public:
    void tell(const std::vector<UnknownConditionEntry>& entries);

private:
    std::array<bool, 256> told_{};
};

}  // namespace tickstock
