#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/runtime.hpp"
#include "publishing/event_archive.hpp"
#include "server/fanout.hpp"
#include "simulation/archive.hpp"
#include "simulation/invariants.hpp"
#include "simulation/plan.hpp"
#include "simulation/random_stream.hpp"
#include "simulation/report.hpp"
#include "simulation/sim_client.hpp"
#include "simulation/sim_clock.hpp"
#include "simulation/sim_disk.hpp"
#include "simulation/sim_source.hpp"
#include "simulation/trace.hpp"

namespace tickstock::sim {

class FaultyPath;
struct ReplayedEpoch;

/// One process of the engine, from its start to its death.
struct Process {
    Process(const Plan& plan, const Config& process_config, const SimClock& clock);
    ~Process();

    Config config;
    EventStream stream;
    Fanout fanout;
    std::unique_ptr<Runtime> runtime;
    std::unique_ptr<EventArchive> archive;  ///< what has left memory, for clients far behind
    std::vector<UnixNanos> shard_stalled_until;
    UnixNanos publisher_stalled_until{};
    std::shared_ptr<const EngineStatus> status;  ///< the last one checked
    std::shared_ptr<FaultyPath> faulty_path;     ///< null = the integrator is not installed
};

/// What the newest events that could be seen at a moment had behind them then (I4).
struct SafetyProbe {
    std::string epoch;
    std::uint64_t offset = 0;    ///< the last one visible
    std::uint64_t sequence = 0;  ///< the last entry that a crash would have left
};

/// A command that was posted, and what became of it.
struct PostedCommand {
    std::string by;  ///< unique
    unsigned answers = 0;
    CommandAnswer answer;
    bool process_lives = true;
    bool may_be_lost = false;  ///< the machine crashed after it under a weak policy
};

/// One seed: the real engine in a made-up world. Throws InvariantBroken.
class Simulation {
public:
    Simulation(const Plan& plan, Trace& trace, Report& report);
    ~Simulation();

    void run();

private:
    enum class Death : std::uint8_t { Kill, MachineCrash, CleanStop };

    // process_life.cpp
    void start();
    bool try_start(const Config& config);
    void check_start(Death before);
    Config next_config();
    void die(Death death);
    void count_what_it_met();
    /// Runs a step of the engine; false when the process died in it.
    bool guarded(const std::function<void()>& step);
    bool guarded_step(const std::function<Runtime::Step()>& step);

    // simulation.cpp
    void safety_phase();
    void safety_step();
    void engine_step();
    void faults();
    void liveness_phase();
    bool read_for(const SimClient& client);
    bool settle();
    std::string what_is_open() const;
    void drain_and_stop();
    void stop_cleanly();

    // watch.cpp
    void watch();
    void check_status();
    void probe_safety();
    void post_command();
    void post(CommandAction action);
    void resume_channels();

    // rollout.cpp
    void post_rollout();
    /// Within the last steps the multi-channel path was too slow.
    bool just_stalled();

    // journal_audit.cpp
    void audit_journal();
    // replay_check.cpp
    void check_replays();
    void check_paths(const std::vector<ReplayedEpoch>& run);

    const Plan& plan_;
    Trace& trace_;
    Report& report_;
    Invariants invariants_;
    SimClock clock_;
    RandomStream scheduler_;
    RandomStream crash_;
    RandomStream operator_;
    RandomStream epochs_;
    RandomStream rollout_;
    SimDisk disk_;
    std::deque<SourceFeed> feeds_;
    Archive archive_;
    std::vector<std::unique_ptr<SimClient>> clients_;
    std::unique_ptr<Process> process_;
    std::vector<SafetyProbe> probes_;
    std::vector<std::shared_ptr<PostedCommand>> commands_;
    BootId boot_{};
    Config config_;  // of the process that runs, or ran last
    Death last_death_ = Death::CleanStop;
    bool started_once_ = false;
    std::uint64_t epoch_decided_behind_ = ~std::uint64_t{0};  // the entry, at the last new epoch
    unsigned most_shards_ = 0;                                // of any process so far
    std::uint64_t restarts_ = 0;
    std::uint64_t stalls_seen_ = 0;  // of the process that runs
    unsigned steps_since_stall_ = 0;
    UnixNanos disk_full_until_{};
    UnixNanos calm_since_ = time_never;
    Nanos step_time_{0};
};

}  // namespace tickstock::sim
