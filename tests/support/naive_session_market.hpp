#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "model/event.hpp"
#include "model/record.hpp"

/// A second, obvious and slow way from trades to high, low, trend and surge events, written from
/// SPEC sections 3, 7.1 to 7.4, 9 and 11 alone. It keeps everything that it has seen in plain
/// vectors and computes by loops whatever an event tells, so that each line can be read beside its
/// sentence. Tests compare the engine with it, event for event.
namespace tickstock::naive {

/// XXH64 with seed 0, written from its published description.
std::uint64_t xxh64(std::string_view bytes);

/// A trading day of the few that the tests play on: the oracle has no calendar of its own.
struct Day {
    const char* date;    ///< "2024-07-03", for people
    std::int64_t noon;   ///< 12:00 in New York, seconds since 1970
    bool early = false;  ///< regular ends at 13:00, after at 17:00
};
/// Full and early days on both sides of the daylight-saving changes, and the recorded days. All
/// other days are closed to the oracle.
const std::vector<Day>& trading_days();

struct Session {
    TradingSession name = TradingSession::Closed;
    MarketPeriod period = MarketPeriod::Base;
    std::int64_t number = 0;  ///< grows with time; 0 = closed
    std::int64_t end_ns = 0;
};
Session session_at(std::int64_t ts_ns);

/// Which of high/low, last, volume a trade may update by its sale conditions.
struct Rights {
    bool high_low = true;
    bool last = true;
    bool volume = true;
};
Rights rights_of(const Trade& trade, TradingSession session);

/// Records of one source in admission order; header.symbol is an index into `symbols`.
struct Tape {
    std::vector<std::string> symbols;
    std::vector<Record> records;
    Nanos delay{0};  ///< of the source
    SourceKind source = SourceKind::Tick;
};

/// An event as SPEC 11 names its members, in the oracle's own words.
struct Fact {
    std::int64_t fire = 0;
    std::uint64_t sequence = 0;
    int phase = 1;
    std::string symbol;
    EventType type = EventType::High;
    SourceKind source = SourceKind::Tick;
    Direction direction = Direction::None;
    std::int64_t price = 0;
    std::int64_t ts = 0;
    TradingSession session = TradingSession::Regular;
    std::int64_t volume = 0;
    std::uint64_t id = 0;
    std::uint32_t revision = 0;
    bool revises = false;  ///< the newest earlier event of its symbol and type
    HighLowData data;
    TrendData trend;
    SurgeData surge;
    Evidence evidence;
    std::string control_kind;
    std::string control_reason;
};

/// What the guard and the sessions kept away, for tests that explain differences.
struct Kept {
    std::uint64_t closed = 0;
    std::uint64_t late_session = 0;
    std::uint64_t quarantined = 0;
    std::uint64_t without_effect = 0;  ///< corrections
    /// How often each of SPEC's steps was walked, by a name of ours.
    std::map<std::string, std::uint64_t> branches;
};

struct Played {
    std::vector<Fact> facts;  ///< in stream order
    Kept kept;
};
Played play(const Tape& tape, const PipelineSettings& settings);

/// All events of a tape, in stream order.
std::vector<Fact> events_of(const Tape& tape, const PipelineSettings& settings);
Kept kept_away(const Tape& tape, const PipelineSettings& settings);

}  // namespace tickstock::naive
