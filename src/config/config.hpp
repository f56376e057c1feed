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

/// SPEC 7.3, one parameter period.
struct TrendPeriodSettings {
    Micro direction_threshold = 30'000;
    Micro strength_threshold = 60'000;
    Micro threshold_multiplier = 1'500'000;
    Nanos interval = std::chrono::seconds(300);
    Micro retracement = 500'000;
    unsigned min_data_points = 8;
    Nanos warm_up = std::chrono::seconds(300);

    friend bool operator==(const TrendPeriodSettings&, const TrendPeriodSettings&) = default;
};

struct TrendSettings {
    bool enabled = true;
    /// By MarketPeriod.
    std::array<TrendPeriodSettings, market_period_count> periods{
        TrendPeriodSettings{30'000, 60'000, 2'000'000, std::chrono::seconds(300), 500'000, 8,
                            std::chrono::seconds(300)},
        TrendPeriodSettings{40'000, 80'000, 1'500'000, std::chrono::seconds(180), 500'000, 4,
                            std::chrono::seconds(120)},
        TrendPeriodSettings{25'000, 50'000, 1'500'000, std::chrono::seconds(300), 500'000, 8,
                            std::chrono::seconds(300)},
        TrendPeriodSettings{25'000, 50'000, 1'500'000, std::chrono::seconds(180), 500'000, 4,
                            std::chrono::seconds(120)},
        TrendPeriodSettings{30'000, 60'000, 2'000'000, std::chrono::seconds(300), 500'000, 8,
                            std::chrono::seconds(300)},
        TrendPeriodSettings{30'000, 60'000, 1'500'000, std::chrono::seconds(300), 500'000, 8,
                            std::chrono::seconds(300)}};

    friend bool operator==(const TrendSettings&, const TrendSettings&) = default;
};

/// Which of price and volume a surge needs (SPEC 7.4).
enum class SurgeMode : std::uint8_t { Strict, Either, Adaptive };

struct SurgePeriodSettings {
    Micro threshold_multiplier = 400'000;
    Micro volume_threshold = 3'000'000;
    unsigned min_data_points = 5;
    SurgeMode mode = SurgeMode::Strict;

    friend bool operator==(const SurgePeriodSettings&, const SurgePeriodSettings&) = default;
};

/// What a price must move by, before the multiplier, where it lies under `below`.
struct SurgeBand {
    Micro min_percent_change = 0;
    Micro min_price_change = 0;  ///< USD

    friend bool operator==(const SurgeBand&, const SurgeBand&) = default;
};

struct SurgeSettings {
    bool enabled = true;
    /// By MarketPeriod.
    std::array<SurgePeriodSettings, market_period_count> periods{
        SurgePeriodSettings{600'000, 3'000'000, 5, SurgeMode::Adaptive},
        SurgePeriodSettings{600'000, 3'000'000, 4, SurgeMode::Strict},
        SurgePeriodSettings{400'000, 3'000'000, 8, SurgeMode::Strict},
        SurgePeriodSettings{400'000, 3'000'000, 8, SurgeMode::Strict},
        SurgePeriodSettings{600'000, 3'000'000, 5, SurgeMode::Adaptive},
        SurgePeriodSettings{400'000, 3'000'000, 5, SurgeMode::Strict}};
    /// For prices under 10, 50, 200, 500 USD, and above.
    std::array<SurgeBand, 5> bands{SurgeBand{2'500'000, 75'000}, SurgeBand{1'250'000, 125'000},
                                   SurgeBand{1'000'000, 250'000}, SurgeBand{750'000, 750'000},
                                   SurgeBand{750'000, 2'500'000}};
    Nanos cooldown = std::chrono::seconds(40);    ///< per symbol and direction
    Nanos expiration = std::chrono::seconds(30);  ///< how long a surge is told after it

    friend bool operator==(const SurgeSettings&, const SurgeSettings&) = default;
};

/// Timeframes of bars that make events: 1m 5m 15m 1h 1d, in this order.
inline constexpr int bar_timeframe_count = 5;

/// SPEC 7.5, and the source rules of bars (SPEC 8).
struct BarEventSettings {
    bool enabled = true;
    /// Percent, by timeframe: rules.ohlcv.min_percent_change.
    std::array<Micro, bar_timeframe_count> min_percent_change{250'000, 500'000, 750'000, 1'000'000,
                                                              1'000'000};
    Micro surge_volume_multiple = 3'000'000;     ///< with the minimum percent change
    Micro required_volume_multiple = 1'500'000;  ///< with twice the minimum
    unsigned average_bars = 20;                  ///< at most so many make the average volume
    unsigned min_average_bars = 5;

    friend bool operator==(const BarEventSettings&, const BarEventSettings&) = default;
};

/// SPEC 7.6, and the source rules of fair values (SPEC 8).
struct ValuationSettings {
    bool enabled = true;
    Micro min_confidence = 700'000;
    Micro max_deviation = 5'000'000;   ///< percent; beyond it a value is implausible
    Micro min_deviation = 1'000'000;   ///< percent
    Micro deviation_step = 1'000'000;  ///< percent points further out: told again
    Micro rearm_deviation = 800'000;   ///< percent
    Nanos cooldown = std::chrono::seconds(30);

    friend bool operator==(const ValuationSettings&, const ValuationSettings&) = default;
};

/// What a source rule is for (SPEC 8). `Event` makes an event when its condition comes true.
enum class RuleKind : std::uint8_t { Filter, Validate, Transform, Enrich, Event };

/// One rule that a person wrote, from rules/*.json. Checked when loaded: its expressions compile.
struct UserRule {
    std::string name;  ///< 1–40 bytes of a–z, 0–9, _ and -
    RuleKind kind = RuleKind::Event;
    std::vector<SourceKind> sources;  ///< empty = all
    std::vector<EventType> types;     ///< detections of these types; empty = all
    std::string when;                 ///< condition; empty = always (transform and enrich)
    std::string field;                ///< transform and enrich: what is set or added
    std::string value;                ///< transform and enrich: an arithmetic expression
    int priority = 100;               ///< smaller first
    Nanos cooldown = std::chrono::seconds(60);  ///< event rules, per symbol
    std::string origin;                         ///< "rules/mine.json:12"

    friend bool operator==(const UserRule&, const UserRule&) = default;
};

/// SPEC 8.
struct RuleSettings {
    /// Bars: apply the percent and volume minima to surges, or as S3 to all events.
    enum class OhlcvScope : std::uint8_t { Surge, All };
    OhlcvScope ohlcv_scope = OhlcvScope::Surge;
    Nanos freshness = std::chrono::seconds(300);  ///< live sources, at admission
    std::vector<UserRule> user;
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

/// SPEC 9. Eager: the best source's event passes at once. Strict: one event a key and window, at
/// its end.
enum class CoordinationMode : std::uint8_t { Eager, Strict };

struct CoordinationSettings {
    CoordinationMode mode = CoordinationMode::Eager;
    Nanos window_high_low = std::chrono::milliseconds(500);
    Nanos window_valuation = std::chrono::milliseconds(500);
    Nanos window_trend = std::chrono::milliseconds(1000);
    Nanos window_surge = std::chrono::milliseconds(200);
};

/// SPEC 10.
struct PrioritySettings {
    std::uint64_t event_capacity = 100'000;  ///< not yet published; load is shed near it
    /// Events of symbols in no universe go no further, where there is a universe at all.
    bool drop_outside_universes = false;
};

/// Everything that decides which events come out of which records.
/// SPEC 15: the multi-channel path beside the linear one.
struct IntegrationSettings {
    bool installed = false;          ///< false = the multi-channel pipeline alone
    bool fallback_to_legacy = true;  ///< a symbol that fails falls back to the linear path

    friend bool operator==(const IntegrationSettings&, const IntegrationSettings&) = default;
};

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
    TrendSettings trend;
    SurgeSettings surge;
    BarEventSettings bars;
    ValuationSettings valuation;
    RuleSettings rules;
    CoordinationSettings coordination;
    PrioritySettings priority;
    IntegrationSettings integration;
};

/// SPEC 15: what the control of a rollout goes by. Changes no event by itself.
struct RolloutSettings {
    bool enable_multi_channel = false;        ///< a first start begins with all of it on
    bool enable_parallel_processing = false;  ///< a first start begins with both paths compared
    Nanos channel_timeout = std::chrono::milliseconds(100);
    Nanos phase_0 = std::chrono::hours(24);
    Nanos phase_1 = std::chrono::hours(72);
    Nanos phase_2 = std::chrono::hours(168);
    Nanos phase_3 = std::chrono::hours(168);
    Nanos fallback_interval = std::chrono::seconds(30);
    Nanos fallback_window = std::chrono::seconds(30);
    std::uint64_t fallback_records = 100;  ///< below it the window says nothing
    double fallback_error_rate = 10;       ///< percent
    Nanos fallback_mean = std::chrono::milliseconds(100);
    Nanos lost_after = std::chrono::seconds(5);
    double re_enable = 1;           ///< percent of symbols
    double price_tolerance = 0.01;  ///< percent; a near miss
    Nanos time_tolerance = std::chrono::seconds(1);
    std::uint64_t differences = 1'000;  ///< the newest kept in memory
};

struct StreamSettings {
    std::size_t memory_limit = std::size_t{32} << 20;        ///< bytes
    std::size_t archive_cache = std::size_t{16} << 20;       ///< bytes of stored events read again
    std::uint64_t retention_bytes = std::uint64_t{4} << 30;  ///< on disk
    Nanos retention_age = std::chrono::hours(24 * 7);        ///< on disk
};

/// SPEC 12. An address that others reach needs TLS (or allow_plain_remote) and authentication.
struct ServerSettings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;         ///< 0 = any free one, told in the log
    std::string tls_certificate_file;  ///< PEM, with the chain; empty = no TLS
    std::string tls_key_file;          ///< PEM
    bool allow_plain_remote = false;   ///< another address without TLS, behind a proxy that has it
    std::vector<std::string> allowed_origins;  ///< empty = same origin only
    std::vector<std::string> allowed_hosts;    ///< names of this server beside its address

    std::size_t max_connections = 12'000;
    std::size_t max_connections_per_address = 100;
    std::size_t max_connections_per_user = 20;  ///< streaming ones
    double connections_per_second = 500;
    double connections_per_second_per_address = 20;
    std::size_t max_compressed = 0;  ///< WebSockets with permessage-deflate at the same time

    std::size_t max_header_bytes = 8 * 1024;
    std::size_t max_headers = 64;
    std::size_t max_frame_bytes = 64 * 1024;  ///< inbound
    std::size_t max_fragments = 64;           ///< of an inbound message
    double messages_per_second = 20;
    double messages_burst = 40;
    double control_frames_per_second = 10;  ///< twice that at once
    std::size_t max_subscriptions = 512;    ///< of a connection

    std::size_t max_pending_bytes = 1024 * 1024;  ///< outbound, per client: the slow-client limit
    Nanos slow_write = std::chrono::seconds(1);   ///< then max_pending_bytes counts
    Nanos write_stall = std::chrono::seconds(10);
    Nanos handshake_timeout = std::chrono::seconds(10);
    Nanos keep_alive = std::chrono::seconds(30);  ///< between two requests
    Nanos heartbeat_interval = std::chrono::seconds(2);
    Nanos ping_interval = std::chrono::seconds(25);  ///< without a word of the client
    Nanos pong_timeout = std::chrono::seconds(10);
    Nanos drain_timeout = std::chrono::seconds(5);
};

/// Whether clients must say who they are.
enum class AuthMode : std::uint8_t { Off, Required };

/// SPEC 12. Secrets themselves are never settings: files of their own or the environment have them.
struct AuthSettings {
    AuthMode mode = AuthMode::Off;
    std::string jwt_algorithm;               ///< "HS256", "RS256", "EdDSA"; empty = no JWT
    std::vector<std::string> jwt_key_files;  ///< "path" or "kid=path"; several for rotation
    std::string jwt_issuer;                  ///< empty = any
    std::string jwt_audience;                ///< empty = any
    Nanos leeway = std::chrono::seconds(30);
    std::string api_keys_file;         ///< empty = data.directory/api_keys.json
    std::string revoked_file;          ///< "jti=…" and "sub=…" lines; empty = none
    unsigned failures_per_minute = 5;  ///< of one address
    Nanos ticket_life = std::chrono::seconds(30);
    Nanos deadline = std::chrono::seconds(5);  ///< for the first frame of a WebSocket
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

/// The live feed of Polygon/Massive (sources/polygon/), one or two connections.
struct PolygonSettings {
    std::string url = "wss://socket.massive.com/stocks";
    std::string business_url;  ///< a second connection, for FMV; empty = none
    /// Events asked for, as the vendor names them: T, Q, A, AM, FMV, LULD, NOI.
    std::vector<std::string> channels{"T", "AM", "LULD", "NOI"};
    std::vector<std::string> business_channels{"FMV"};
    std::vector<std::string> symbols{"*"};
    std::string key_file;          ///< empty = the environment's TICKSTOCK_POLYGON_KEY
    std::string certificate_file;  ///< trusted beside the system's; empty = none
    Nanos delay = std::chrono::milliseconds(250);
    Nanos connect_timeout = std::chrono::seconds(10);  ///< to the answer to `auth`
    Nanos reconnect = std::chrono::milliseconds(500);  ///< first pause; doubles, with jitter
    Nanos reconnect_max = std::chrono::seconds(30);
    Nanos eviction_pause = std::chrono::seconds(60);  ///< least pause after max_connections
    Nanos ping_interval = std::chrono::seconds(5);
    Nanos read_timeout = std::chrono::seconds(10);  ///< without any frame, pongs included
    Nanos silence = std::chrono::seconds(10);       ///< without a record while the market is open
    std::size_t queue_bytes = std::size_t{64} << 20;
    std::size_t max_frame_bytes = std::size_t{8} << 20;
    bool backfill = true;
    std::string rest_url = "https://api.massive.com";
    Nanos backfill_max = std::chrono::minutes(30);      ///< longer outages stay gaps
    Nanos backfill_timeout = std::chrono::seconds(20);  ///< then the outage stays a gap
};

/// Records that clients send (POST /api/v1/ingest, WebSocket /ingest).
struct PushSettings {
    std::size_t queue_bytes = std::size_t{16} << 20;  ///< sent, not yet admitted
    std::size_t clients = 10'000;                     ///< whose last number is remembered
};

/// By which time the records of live sources move the clock.
enum class SourceClock : std::uint8_t {
    Receive,  ///< when they reached us
    Event,    ///< ts_event: a recorded day comes out the same at any pace
};

/// What becomes of a symbol that several live sources have.
enum class SourceOverlap : std::uint8_t {
    Best,  ///< taken from the best source that is fresh
    All,   ///< all of their records are taken; the coordinator settles the events
};

struct SourceSettings {
    /// "synthetic", "replay", "polygon", "push". Of live ones the first has the highest priority.
    std::vector<std::string> names{"synthetic"};
    double speed = 1.0;  ///< pace of replay and synthetic sources; 0 = as fast as possible
    bool loop = true;    ///< start anew at the end, with empty state and a new epoch
    std::vector<std::string> files;  ///< of the replay source
    std::string format;              ///< empty = detect
    SyntheticSettings synthetic;
    SourceClock clock = SourceClock::Receive;
    SourceOverlap overlap = SourceOverlap::Best;
    /// A live source without a record for so long leaves its symbols to the next one that has them.
    Nanos stale = std::chrono::seconds(5);
    PolygonSettings polygon;
    PushSettings push;
};

/// The database of the event stream's history (storage/).
struct StorageSettings {
    std::string url = "sqlite";  ///< "sqlite" = DATA/storage.db, "postgresql://…", "off"
    std::string password_file;   ///< of PostgreSQL; empty = none, or the environment's PGPASSWORD
    Nanos interval = std::chrono::seconds(10);
    unsigned batch_events = 20'000;  ///< a transaction at most
    Nanos retention = std::chrono::hours(24 * 90);
    bool restore = true;  ///< session extremes and counts, at a start without a journal
};

enum class AlertSeverity : std::uint8_t { Info, Warning, Error, Critical };

/// How a reading is held against a rule's number.
enum class AlertComparison : std::uint8_t { Above, AtLeast, Below, AtMost, Equal, NotEqual };

/// An alert rule of a person (alerts/*.json): it holds while `metric comparison threshold`.
struct AlertRule {
    std::string name;    ///< the alert's type: "channel_error_rate"
    std::string metric;  ///< a reading's name: "channel_routing.error_rate"
    AlertComparison comparison = AlertComparison::Above;
    double threshold = 0;
    AlertSeverity severity = AlertSeverity::Warning;
    std::string description;
    Nanos hold{0};  ///< the file's "for": raised when it has held so long
    bool enabled = true;

    friend bool operator==(const AlertRule&, const AlertRule&) = default;
};

/// Alerts and where they go (SPEC 13). A value of the built-in rules' thresholds each.
struct MonitoringSettings {
    bool enabled = true;
    Nanos interval = std::chrono::seconds(1);           ///< between two looks
    Nanos window = std::chrono::seconds(60);            ///< that recent figures are of
    Nanos cooldown = std::chrono::seconds(300);         ///< per alert type and channel
    Nanos history = std::chrono::hours(24);             ///< of resolved alerts
    Nanos latency_p99 = std::chrono::milliseconds(50);  ///< HIGH_LATENCY
    double success_warning = 95;                        ///< LOW_SUCCESS_RATE; percent
    double success_error = 90;
    std::uint64_t memory_limit = 2'000'000'000;  ///< MEMORY_USAGE; bytes, resident
    double queue_warning = 75;                   ///< QUEUE_OVERFLOW; percent of the limit
    double queue_error = 95;
    double error_rate = 5;                               ///< channel_error_rate; percent
    Nanos routing_time = std::chrono::milliseconds(50);  ///< channel_latency
    double confidence = 0.8;                             ///< LOW_CONFIDENCE; mean of fair values
    Nanos feed_stale = std::chrono::seconds(30);         ///< FEED_STALE: open market, no record
    bool log = true;                                     ///< alerts go into the log, too
    std::vector<std::string> webhook_urls;               ///< each gets every alert
    std::string webhook_secret_file;                     ///< signs what is posted; empty = none
    Nanos webhook_timeout = std::chrono::seconds(5);     ///< of an attempt
    unsigned webhook_attempts = 5;                       ///< then it is given up and counted
    unsigned webhook_queue = 1000;                       ///< alerts that may wait for a webhook
};

struct EngineSettings {
    unsigned shards = 1;
    unsigned threads = 0;  ///< 0 = one on up to 2 cores, else one a shard and the sequencer's
    std::size_t tail_bytes = std::size_t{32} << 20;  ///< of the journal's tail in memory
    Nanos watchdog =
        std::chrono::seconds(10);  ///< stuck so long, a thread ends the process; 0 = off
};

/// How long an event waits for its input to be safe (SPEC 4).
enum class Durability : std::uint8_t {
    Always,    ///< on the disk
    Interval,  ///< with the operating system; on the disk once a second
    None,      ///< with the operating system
};

struct DataSettings {
    std::string directory = "data";  ///< journal, snapshots, stored stream
};

struct JournalSettings {
    Durability durability = Durability::Interval;
    Nanos sync_interval = std::chrono::seconds(1);
    Nanos group_commit{0};  ///< policy always: an entry waits at most so long for others
    std::size_t group_commit_bytes = 64 * 1024;
    std::size_t segment_bytes = std::size_t{64} << 20;
    std::size_t retention_bytes = std::size_t{10} << 30;
    Nanos retention_age = std::chrono::hours(24 * 7);
    std::size_t reserve_bytes = std::size_t{64} << 20;
};

struct SnapshotSettings {
    Nanos interval = std::chrono::seconds(60);  ///< 0 = only at stop
    unsigned keep = 3;
};

/// Which shard a symbol lives on (SPEC 5).
enum class RouterStrategy : std::uint8_t { HashBased, RoundRobin, LoadBased, HealthBased };

struct RouterSettings {
    RouterStrategy strategy = RouterStrategy::HealthBased;
    unsigned circuit_failures = 10;         ///< of the router, in a row
    unsigned channel_circuit_failures = 5;  ///< of a channel, in a row
    Nanos circuit_open = std::chrono::seconds(60);
    /// Before the strategy, the first that holds: parse_routing_rule() reads one.
    std::vector<std::string> rules;
};

/// A named set of symbols (config/universes/NAME.json).
struct UniverseSettings {
    std::string name;
    std::vector<std::string> symbols;  ///< sorted, each once
    bool priority = false;             ///< events of its symbols gain a class
    std::string description;

    friend bool operator==(const UniverseSettings&, const UniverseSettings&) = default;
};

/// Which of the two files in channels/ the tick channel takes.
enum class TickProfile : std::uint8_t { DefaultTick, ProductionTick };

/// The whole configuration: one typed struct, made from one settings table (settings.cpp).
struct Config {
    TickProfile tick_profile = TickProfile::DefaultTick;
    PipelineSettings pipeline;
    StreamSettings stream;
    ServerSettings server;
    AuthSettings auth;
    SourceSettings source;
    StorageSettings storage;
    EngineSettings engine;
    DataSettings data;
    JournalSettings journal;
    SnapshotSettings snapshot;
    RouterSettings router;
    RolloutSettings rollout;
    MonitoringSettings monitoring;
    std::vector<UniverseSettings> universes;  ///< of the files, by name
    std::vector<AlertRule> alert_rules;       ///< of the files, by name

    /// Where each setting that is not a default came from: "file.json:12", "environment", "flag".
    /// Keys are the dotted names of the settings table.
    std::map<std::string, std::string> origins;
};

/// Order: default < files of `directory` (empty = none) < environment TICKSTOCK__SECTION__KEY <
/// `flags` (dotted name -> text). An error names file, line, key, value and what is accepted;
/// unknown keys are errors. Of the tick channel's two files the one that channels.tick.profile
/// does not name is checked and has no effect.
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
