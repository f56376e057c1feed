#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/time.hpp"
#include "model/enums.hpp"

namespace tickstock {

/// A stretch of time, half open [begin, end), inside which trading session and parameter period do
/// not change. Spans follow each other without holes, nights and holidays being `Closed` ones.
struct SessionSpan {
    UnixNanos begin;
    UnixNanos end;
    UnixNanos session_begin;  ///< of the whole trading session that the span is part of
    UnixNanos session_end;
    TradingSession session = TradingSession::Closed;
    MarketPeriod period = MarketPeriod::Base;
    std::chrono::local_days date{};  ///< exchange-local trading date (for Closed: of `begin`)
    /// Identity of the trading session: 8 × days since 1970 of `date` + ordinal; grows with time.
    std::int64_t session_key = 0;
};

/// When US equities trade (NYSE/Nasdaq): weekends, holidays by rule, exceptional closures, early
/// closes, US daylight-saving time. Valid 1990–2035. Immutable, any thread.
class TradingCalendar {
public:
    enum class Kind : std::uint8_t {
        UsEquities,
        UsEquitiesOvernight,  ///< 20:00–04:00 ET is a session too
        Continuous,           ///< other markets: one `regular` session a UTC day, period BASE
    };

    explicit TradingCalendar(Kind kind = Kind::UsEquities);

    /// The span that holds `t`. Costs a time-zone look-up: keep a SessionLookup on hot paths.
    SessionSpan span_at(UnixNanos t) const;

    /// Exchange-local day rules (UsEquities kinds).
    enum class DayKind : std::uint8_t { Full, EarlyClose, Closed };
    DayKind day_kind(std::chrono::local_days date) const;

    Kind kind() const { return kind_; }

private:
    Kind kind_;
};

/// What New York's clocks show at `t`, as a time since 1970 of theirs; for display. Costs a
/// time-zone look-up.
std::chrono::local_time<Nanos> new_york_time(UnixNanos t);

/// span_at() with the last spans remembered: O(1) and no time-zone work while time moves within or
/// between neighbouring spans. One per thread.
class SessionLookup {
public:
    explicit SessionLookup(const TradingCalendar& calendar) : calendar_(&calendar) {}

    /// The reference lives until the next call.
    const SessionSpan& at(UnixNanos t) {
        const SessionSpan& last = spans_[newest_];
        if (t >= last.begin && t < last.end) {
            return last;
        }
        return find(t);
    }

private:
    const SessionSpan& find(UnixNanos t);

    const TradingCalendar* calendar_;
    std::array<SessionSpan, 4> spans_{};  // begin == end marks an empty slot
    std::size_t newest_ = 0;
};

}  // namespace tickstock
