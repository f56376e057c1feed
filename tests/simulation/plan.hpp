#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "config/config.hpp"
#include "model/enums.hpp"
#include "simulation/sim_disk.hpp"

namespace tickstock::sim {

/// How one source behaves. Rates are parts of a million, per record unless said otherwise.
struct SourcePlan {
    enum class Feed : std::uint8_t { Trades, Quotes, Bars, FairValues };

    std::string name;
    Feed feed = Feed::Trades;
    SourceKind kind = SourceKind::Tick;
    bool resumable = true;  ///< else it just goes on after a crash
    bool live = false;      ///< stale records are refused
    bool clock_event = false;
    bool ends = false;  ///< says End behind its last record, else waits for ever
    Nanos delay{0};
    Nanos mean_gap{0};               ///< between records
    std::uint64_t records = 0;       ///< in the part with faults
    std::uint64_t calm_records = 0;  ///< behind it

    std::uint64_t duplicates = 0;
    std::uint64_t reordered = 0;
    std::uint64_t late = 0;
    std::uint64_t corrections = 0;
    std::uint64_t odd_conditions = 0;
    std::uint64_t spikes = 0;
    std::uint64_t extremes = 0;  ///< values at the edge of what sources let pass
    std::uint64_t statuses = 0;
    std::uint64_t bursts = 0;
    std::uint64_t silences = 0;     ///< the feed is cut; what it missed comes at once
    std::uint64_t clock_jumps = 0;  ///< the source's own clock is wrong for a while
    std::uint64_t poll_stalls = 0;  ///< per poll: holds due records back
};

/// Everything that a seed decides before the run begins.
struct Plan {
    std::uint64_t seed = 0;
    Config config;
    UnixNanos start;
    Nanos duration{0};  ///< of the part with faults
    Nanos calm{0};      ///< of the tapes' quiet end behind it, for the liveness phase
    unsigned symbols = 0;
    std::vector<SourcePlan> sources;
    unsigned clients = 0;

    // Per scheduler step.
    std::uint64_t kills = 0;
    std::uint64_t machine_crashes = 0;  ///< of those
    std::uint64_t clean_stops = 0;      ///< of those
    std::uint64_t mid_write_kills = 0;  ///< of those
    std::uint64_t other_settings = 0;   ///< per restart: another shard count or durability
    std::uint64_t commands = 0;
    std::uint64_t wall_steps = 0;
    std::uint64_t disk_full = 0;
    std::uint64_t shard_stalls = 0;
    std::uint64_t publisher_stalls = 0;
    SimDisk::Faults disk;

    // Detector that throws.
    std::uint64_t detector_failures = 0;  ///< per sample, of the symbols that have them
    unsigned failing_symbols = 0;         ///< every n-th; 0 = none
    Nanos storm_every{0};                 ///< all samples fail for storm_length; 0 = never
    Nanos storm_length{0};

    // The integrator (SPEC 15), when it is installed.
    std::uint64_t rollout_commands = 0;  ///< per scheduler step
    std::uint64_t path_failures = 0;     ///< per record that the multi-channel path works
    std::uint64_t path_stalls = 0;       ///< per batch of it: longer than the time-out
    std::uint64_t path_lies = 0;  ///< per record: as slow, and what it finds there is nothing
    bool only_trades = false;     ///< and quotes: what the linear path can do alone

    std::uint64_t inputs() const;
};

/// What a seed means depends on these.
struct World {
    std::uint64_t inputs = 6'000;  ///< records over all sources, about
    bool rollout = false;  ///< the integrator is installed, and the rollout goes up and down
};

Plan make_plan(std::uint64_t seed, const World& world);

/// One line for people.
std::string describe(const Plan& plan);

/// Trades of these symbols have nothing odd about them, so that a plain list can be the oracle of
/// their highs and lows (I13).
constexpr bool is_plain_symbol(std::uint32_t index) {
    return index % 4 == 3;
}
/// "AAA", "AAB", …
std::string symbol_name(std::uint32_t index);

inline constexpr const char* data_directory = "data";
inline constexpr const char* journal_directory = "data/journal";

}  // namespace tickstock::sim
