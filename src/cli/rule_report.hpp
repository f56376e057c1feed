#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "config/config.hpp"
#include "engine/status.hpp"
#include "model/calendar.hpp"
#include "model/event.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// What the event rules of a replay found, for its summary: how often, on how many symbols, from
/// when to when, and where most often.
class RuleReport {
public:
    explicit RuleReport(const PipelineSettings& settings);

    /// Published events, in stream order.
    void add(std::span<const Event> events);

    /// To standard error; nothing when there are no event rules.
    void print(const SymbolTable& symbols, std::span<const RuleSummary> activity) const;

private:
    struct Found {
        std::string expression;
        std::uint64_t events = 0;
        UnixNanos first;
        UnixNanos last;
        std::vector<std::uint32_t> by_symbol;  // by SymbolId
    };

    std::string busiest(const Found& found, const SymbolTable& symbols) const;

    const TradingCalendar calendar_;
    std::vector<std::string> names_;  // in the order of the rules
    std::map<std::string, Found, std::less<>> found_;
};

/// "2024-03-05 09:31:02": exchange-local time (UTC for a continuous calendar).
std::string local_time_text(const TradingCalendar& calendar, UnixNanos t);

}  // namespace tickstock
