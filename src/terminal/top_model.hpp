#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "terminal/figures.hpp"

namespace tickstock {

/// The pages of the API that the dashboard is made of.
enum class TopPage : unsigned char { Status, Dashboard, Alerts, Market, Events, Rollout };
inline constexpr std::size_t top_page_count = 6;
/// "status", "dashboard" …: the last part of its path, and its member of --json.
std::string_view top_page_name(TopPage page);

/// What one page answered.
struct TopAnswer {
    unsigned status = 0;  ///< of HTTP; 0 = no answer
    std::string body;     ///< with status 0 why there was none
};

/// The answers of one round.
struct TopPoll {
    std::array<TopAnswer, top_page_count> answers;
    UnixNanos wall;       ///< when the last one came
    Nanos monotonic{0};   ///< the same, for ages
    std::string symbols;  ///< those that events were asked of; empty = all
    bool newest = true;   ///< events were asked without a position

    const TopAnswer& of(TopPage page) const { return answers[static_cast<std::size_t>(page)]; }
    TopAnswer& of(TopPage page) { return answers[static_cast<std::size_t>(page)]; }
};

/// The whole in figures; those that no page told are none.
struct TopOverview {
    std::string version;
    std::string status;  ///< READY, DEGRADED, NOT_READY, DRAINING
    std::string session;
    Figure uptime_seconds, uptime_percent;
    Figure memory_bytes, memory_limit_bytes, cpu_percent, open_files;
    Figure records_total, records_per_second, records_peak;
    Figure events_total, events_per_second, events_peak;
    Figure symbols;                                   ///< known to the engine
    Figure symbols_tick, symbols_ohlcv, symbols_fmv;  ///< active a channel
    Figure websocket, sse, socketio, frames_delay_p99_us;
    Figure router_success, router_errors;
    std::string router_circuit;
    Figure batch_p99_ms, lag_records;
    std::string journal_state;
    Figure journal_behind;  ///< records written and not yet on the disk
    std::string storage_state;
    Figure storage_behind;
    Figure shed_level;
};

struct TopChannel {
    std::string name, status;
    bool healthy = true;
    Figure processed, rate, errors, events, success;
    Figure queue, queue_limit;
    Figure p50_ms, p95_ms, p99_ms;
    Figure confidence;  ///< 0 to 1
};

struct TopAlert {
    std::string type, severity, channel, message;
    Figure value, threshold;
    UnixNanos raised;
    std::optional<UnixNanos> resolved;
};

struct TopThread {
    std::string name;
    double cpu_seconds = 0;
    Figure cpu_percent;  ///< since the round before
};

struct TopSource {
    std::string name, state, detail;
    Figure records;
    std::optional<Nanos> data_age;  ///< since the newest record came, when the round was
    Figure lag_seconds;             ///< live: how far its times are behind
    Figure gaps;                    ///< live: connections lost
};

struct TopLeader {
    std::string symbol, direction;
    Figure count, price, percent_change, value;
};
struct TopLeaders {
    std::string title;  ///< "highs"
    std::vector<TopLeader> rows;
};
struct TopMarket {
    std::vector<TopLeaders> leaders;
    Figure highs, lows, surges_up, surges_down, trends_up, trends_down;
    Figure advancing, declining, unchanged;
};

/// Who is in charge, where the integrator is installed.
struct TopRollout {
    bool installed = false;
    Figure phase;                  ///< 0 to 4
    Figure percentage;             ///< of the symbols that may be in the rollout
    Figure multi_channel, linear;  ///< symbols by the path in charge
    Figure fallen;                 ///< symbols set back to the linear path
    std::string incident;          ///< its id while it holds; empty = none
};

struct TopEvent {
    std::uint64_t offset = 0;
    std::string type, symbol, direction, source, text;
    Figure price, priority;
    UnixNanos ts;
};

/// All that is known of the server. A plain value; TopBoard makes it of the rounds.
struct TopModel {
    TopOverview overview;
    std::vector<TopChannel> channels;
    std::vector<TopAlert> active;  ///< as the server orders them: worst first
    std::vector<TopAlert> recent;
    Figure alerts_raised, alerts_suppressed;
    std::vector<TopThread> threads;
    std::vector<TopSource> sources;
    TopMarket market;
    TopRollout rollout;
    std::deque<TopEvent> tape;                            ///< newest first
    std::vector<double> records_history, events_history;  ///< one a round, oldest first

    bool known = false;      ///< a round has succeeded
    std::string away;        ///< why the last round failed; empty = it did not
    UnixNanos figures_wall;  ///< when the figures came
    Nanos figures_monotonic{0};
    std::array<std::string, top_page_count> missing;  ///< by page: why it is not there; empty = is
};

}  // namespace tickstock
