#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "model/calendar.hpp"
#include "model/enums.hpp"

namespace tickstock {

/// A decimal setting held exactly: value × 1e6. Comparisons of prices never use floating point.
using Micro = std::int64_t;

inline constexpr int market_period_count = 6;

/// SPEC 7.1. Thresholds are multiplied by the period's multiplier.
struct HighLowSettings {
    bool enabled = true;
    Micro min_price_change = 10'000;     ///< USD
    Micro min_percent_change = 100'000;  ///< percent
    Nanos cooldown = std::chrono::seconds(1);
    /// By MarketPeriod: PREMARKET, OPENING, MIDDAY, CLOSING, AFTERHOURS, BASE.
    std::array<Micro, market_period_count> multiplier{2'000'000, 1'500'000, 1'000'000,
                                                      1'000'000, 2'000'000, 1'000'000};
    Nanos reversal_window = std::chrono::seconds(300);
};

/// SPEC 3.
struct IntakeSettings {
    Nanos late_print_after = std::chrono::seconds(10);
    Micro guard_percent_regular = 20'000'000;
    Micro guard_percent_extended = 1'000'000;
    Micro guard_percent_first = 50'000'000;  ///< against the level of an earlier session
    Micro guard_agreement_percent = 1'000'000;
    unsigned guard_agreement_count = 3;
    std::size_t quarantine_list = 1000;  ///< newest kept for people to see
    /// SPEC 7.2: false = trades make the second bars, true = the feed's `A` records are the
    /// samples.
    bool second_bars_from_feed = false;
    std::string condition_table;  ///< CSV file; empty = the built-in table
};

enum class BatchingStrategy : std::uint8_t { Immediate, SizeBased, TimeBased, Hybrid };
enum class OverflowAction : std::uint8_t { Spill, Block, DropNewest, DropOldest };

/// SPEC 6, one per channel.
struct ChannelSettings {
    bool enabled = true;
    int priority = 1;  ///< ≥ 1; 1 is immediate
    std::uint64_t queue_size = 1000;
    BatchingStrategy strategy = BatchingStrategy::Immediate;
    std::uint64_t max_batch_size = 1;
    Nanos max_wait = std::chrono::milliseconds(0);
    Nanos processing_timeout = std::chrono::milliseconds(25);
    OverflowAction overflow = OverflowAction::Spill;
    std::string name = "";                   ///< for people: messages, status
    unsigned max_concurrent_processing = 1;  ///< S0's key; a shard works a channel on one thread
};

/// SPEC 9.
struct CoordinationSettings {
    Nanos window_high_low = std::chrono::milliseconds(500);
    Nanos window_valuation = std::chrono::milliseconds(500);
    Nanos window_trend = std::chrono::milliseconds(1000);
    Nanos window_surge = std::chrono::milliseconds(200);
};

/// Everything that decides which events come out of which records.
struct PipelineSettings {
    TradingCalendar::Kind calendar = TradingCalendar::Kind::UsEquities;
    IntakeSettings intake;
    std::array<ChannelSettings, channel_type_count> channels{
        ChannelSettings{true, 1, 1000, BatchingStrategy::Immediate, 1, Nanos{0},
                        std::chrono::milliseconds(25), OverflowAction::Spill, "default_tick"},
        ChannelSettings{true, 2, 8000, BatchingStrategy::Hybrid, 100, std::chrono::milliseconds(50),
                        std::chrono::milliseconds(50), OverflowAction::Spill, "default_ohlcv"},
        ChannelSettings{true, 3, 500, BatchingStrategy::Hybrid, 50, std::chrono::milliseconds(50),
                        std::chrono::milliseconds(50), OverflowAction::Spill, "default_fmv"}};
    HighLowSettings high_low;
    CoordinationSettings coordination;
};

struct StreamSettings {
    std::size_t memory_limit = std::size_t{32} << 20;  ///< bytes
};

/// SPEC 12. Loopback only: another address needs TLS and authentication, which this version lacks.
struct ServerSettings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;  ///< 0 = any free one, told in the log
    std::size_t max_connections = 12'000;
    std::size_t max_connections_per_address = 100;
    std::size_t max_frame_bytes = 64 * 1024;      ///< inbound
    std::size_t max_pending_bytes = 1024 * 1024;  ///< outbound, per client: the slow-client limit
    Nanos handshake_timeout = std::chrono::seconds(10);
    Nanos heartbeat_interval = std::chrono::seconds(2);
    Nanos drain_timeout = std::chrono::seconds(5);
    std::vector<std::string> allowed_origins;  ///< empty = same origin only
};

/// The synthetic market (sources/).
struct SyntheticSettings {
    std::uint64_t seed = 1;
    unsigned symbols = 1000;
    /// Exchange-local date of the session; empty = the last trading day that is over.
    std::string date;
    /// Exchange-local time of day at which pacing starts; all before runs at full speed.
    std::string start_at = "10:15:00";
    double trades_per_second = 1000;  ///< market-wide mean over the regular session
    bool quotes = true;
    bool bars = true;
    bool fair_values = true;
};

struct SourceSettings {
    std::vector<std::string> names{"synthetic"};  ///< "synthetic", "replay"
    double speed = 1.0;  ///< pace of replay and synthetic sources; 0 = as fast as possible
    bool loop = true;    ///< start anew at the end, with empty state and a new epoch
    std::vector<std::string> files;  ///< of the replay source
    std::string format;              ///< empty = detect
    SyntheticSettings synthetic;
};

struct EngineSettings {
    unsigned shards = 1;
};

/// The whole configuration: one typed struct, made from one settings table (settings.cpp).
struct Config {
    PipelineSettings pipeline;
    StreamSettings stream;
    ServerSettings server;
    SourceSettings source;
    EngineSettings engine;

    /// Where each setting that is not a default came from: "file.json:12", "environment", "flag".
    /// Keys are the dotted names of the settings table.
    std::map<std::string, std::string> origins;
};

/// Order: default < files of `directory` (empty = none) < environment TICKSTOCK__SECTION__KEY <
/// `flags` (dotted name -> text). An error names file, line, key, value and what is accepted;
/// unknown keys are errors.
Result<Config> load_config(const std::string& directory,
                           const std::map<std::string, std::string>& environment,
                           const std::map<std::string, std::string>& flags);

/// One row of the settings table, as people see it.
struct SettingInfo {
    std::string name;  ///< dotted: "server.port"
    std::string type;  ///< "integer", "decimal", "seconds", "text", "boolean", "list", "one of …"
    std::string value;  ///< effective
    std::string default_value;
    std::string accepted;  ///< range or words
    std::string unit;
    std::string sentence;
    std::string change;  ///< "live", "session", "restart"
    std::string origin;  ///< "default" or as in Config::origins
};

/// Every setting with its effective value and origin, in the table's order.
std::vector<SettingInfo> explain_config(const Config& config);

}  // namespace tickstock
