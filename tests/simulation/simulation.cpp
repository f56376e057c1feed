#include "simulation/simulation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "simulation/market_path.hpp"
#include "simulation/tape.hpp"

namespace tickstock::sim {

using namespace std::chrono_literals;

Simulation::Simulation(const Plan& plan, Trace& trace, Report& report)
    : plan_(plan),
      trace_(trace),
      report_(report),
      clock_(plan.start),
      scheduler_(plan.seed, "scheduler"),
      crash_(plan.seed, "crash"),
      operator_(plan.seed, "operator"),
      epochs_(plan.seed, "epochs"),
      rollout_(plan.seed, "rollout"),
      disk_(RandomStream(plan.seed, "disk"), clock_),
      archive_(invariants_, trace),
      config_(plan.config) {
    const MarketPath market(plan);
    for (const SourcePlan& source : plan.sources) {
        feeds_.emplace_back(plan, source, make_tape(plan, source, market));
    }
    for (unsigned i = 0; i < plan.clients; ++i) {
        clients_.push_back(std::make_unique<SimClient>(plan, i, archive_, invariants_, trace));
    }
    disk_.set_faults(plan.disk);
    // Two to three steps of the scheduler for a record.
    step_time_ = plan.duration / static_cast<std::int64_t>(plan.inputs() + 1);
}

Simulation::~Simulation() {
    // As in a kill: nothing may reach the disk any more, whatever the destructors try.
    disk_.freeze();
    for (const auto& client : clients_) {
        client->disconnect();
    }
}

void Simulation::run() {
    start();
    safety_phase();
    liveness_phase();
    drain_and_stop();
    audit_journal();
    check_replays();

    ++report_.seeds;
    report_.virtual_ns += static_cast<std::uint64_t>(clock_.elapsed().count());
    report_.steps += trace_.steps();
    report_.events += archive_.events();
    for (const SourceFeed& feed : feeds_) {
        report_.inputs += feed.records_given;
        report_.count(Fault::SourceStall, feed.polls_stalled);
    }
    for (const auto& client : clients_) {
        report_.count(Fault::ClientVanished, client->counts().connections);
        report_.count(Fault::ClientLied, client->counts().lies);
        report_.count(Fault::ClientGap, client->counts().gaps);
    }
    const SimDisk::Counts& disk = disk_.counts();
    report_.count(Fault::ShortWrite, disk.short_writes);
    report_.count(Fault::SyncError, disk.sync_errors);
    report_.count(Fault::SlowSync, disk.slow_syncs);
    report_.count(Fault::LostPage, disk.lost_pages);
    report_.count(Fault::TornPage, disk.torn_pages);
    report_.count(Fault::LostDirectoryOperation, disk.lost_directory_operations);
    for (std::size_t i = 0; i < invariant_count; ++i) {
        report_.invariants[i] += invariants_.evaluated()[i];
    }
}

void Simulation::safety_phase() {
    while (clock_.now() < plan_.start + plan_.duration) {
        if (!process_) {
            start();
        }
        safety_step();
        if (scheduler_.chance(500'000)) {
            clock_.advance(Nanos{scheduler_.between(0, 2 * step_time_.count())});
        }
        trace_.set_time(clock_.elapsed().count());
    }
}

void Simulation::safety_step() {
    engine_step();
    if (process_) {
        watch();
        faults();
    }
}

/// One step of whoever the scheduler picks.
void Simulation::engine_step() {
    Runtime& runtime = *process_->runtime;
    const std::uint64_t who = scheduler_.below(100);
    if (who < 30) {
        guarded_step([&] { return runtime.step_sequencer(); });
    } else if (who < 65) {
        const auto shard = static_cast<unsigned>(scheduler_.below(runtime.shards()));
        if (process_->shard_stalled_until[shard] <= clock_.now()) {
            guarded_step([&] { return runtime.step_shard(shard); });
        }
    } else if (who < 80) {
        if (process_->publisher_stalled_until <= clock_.now()) {
            guarded_step([&] { return runtime.step_publisher(); });
        }
    } else if (who < 85) {
        guarded_step([&] { return runtime.step_sync(); });
    } else if (who < 88) {
        guarded([&] { process_->archive->step(); });
    } else if (!clients_.empty() && !archive_.awaits_epoch()) {
        clients_[scheduler_.below(clients_.size())]->step(process_->fanout, process_->stream,
                                                          clock_.monotonic());
    }
}

/// Per step: between a fallback and its entry in the journal there are few.
constexpr std::uint64_t kills_in_fallback = 80'000;

void Simulation::faults() {
    if (operator_.chance(plan_.commands)) {
        post_command();
    }
    if (rollout_.chance(plan_.rollout_commands)) {
        post_rollout();
    }
    if (scheduler_.chance(plan_.shard_stalls)) {
        report_.count(Fault::ShardStall);
        process_->shard_stalled_until[scheduler_.below(process_->shard_stalled_until.size())] =
            clock_.now() + Nanos{scheduler_.between(0, 3'000'000'000)};
    }
    if (scheduler_.chance(plan_.publisher_stalls)) {
        report_.count(Fault::PublisherStall);
        process_->publisher_stalled_until =
            clock_.now() + Nanos{scheduler_.between(0, 3'000'000'000)};
    }
    if (crash_.chance(plan_.wall_steps)) {
        report_.count(Fault::WallStep);
        clock_.step_wall(crash_.pick({Nanos{1h}, Nanos{-1h}, Nanos{3s}, Nanos{-3s}}));
    }
    if (!disk_.full() && crash_.chance(plan_.disk_full)) {
        report_.count(Fault::DiskFull);
        disk_full_until_ = clock_.now() + Nanos{crash_.between(0, 10'000'000'000)};
        trace_.note("disk full");
    }
    disk_.set_full(clock_.now() < disk_full_until_);
    const bool in_fallback = rollout_.chance(just_stalled() ? kills_in_fallback : 0);
    if (!in_fallback && !crash_.chance(plan_.kills)) {
        return;
    }
    if (in_fallback) {
        die(Death::Kill);
    } else if (crash_.chance(plan_.mid_write_kills)) {
        disk_.kill_in(crash_.below(20) + 1);
    } else if (crash_.chance(plan_.clean_stops)) {
        stop_cleanly();
    } else {
        die(crash_.chance(plan_.machine_crashes) ? Death::MachineCrash : Death::Kill);
    }
    if (!process_) {
        clock_.advance(Nanos{crash_.between(0, 5'000'000'000)});
    }
}

void Simulation::liveness_phase() {
    disk_.set_faults({});
    disk_.set_full(false);
    disk_full_until_ = plan_.start;
    disk_.kill_in(0);
    for (SourceFeed& feed : feeds_) {
        feed.faults = false;
    }
    for (const auto& client : clients_) {
        client->behave();
    }
    calm_since_ = clock_.now();
    trace_.note("calm");
    if (process_ && !process_->runtime->failure().empty()) {  // of the disk's last fault
        die(Death::Kill);
    }
    if (!process_) {
        start();
    }
    // Till the tapes are over, and then for as long as an open circuit may ask for.
    UnixNanos next_look = clock_.now();
    const UnixNanos limit = std::max(clock_.now(), plan_.start + plan_.duration) + plan_.calm + 30s;
    while (clock_.now() < limit) {
        invariants_.require(settle(), Invariant::Recovers, "it works on for ever without input");
        if (clock_.now() >= next_look) {
            resume_channels();
            next_look = clock_.now() + 5s;
        }
        clock_.advance(Nanos{scheduler_.between(0, 500'000'000)});
        trace_.set_time(clock_.elapsed().count());
    }
    invariants_.require(settle(), Invariant::Recovers, "it works on for ever without input");
    // A status is made right behind an admission, and the sources run on: one look at a time at
    // which nothing waits is enough.
    std::string open = what_is_open();
    constexpr int looks = 100;  // an open circuit is tried after a minute
    for (int look = 0; look < looks && !open.empty(); ++look) {
        clock_.advance(700ms + Nanos{scheduler_.between(0, 500'000'000)});
        invariants_.require(settle(), Invariant::Recovers, "it works on for ever without input");
        open = what_is_open();
    }
    invariants_.require(open.empty(), Invariant::Recovers, [&] { return "still " + open; });
}

/// The disk's turn: true when there may be something new for the client, who had nothing to take.
bool Simulation::read_for(const SimClient& client) {
    if (!client.waits_for_disk()) {
        return false;
    }
    if (!process_->archive->step()) {
        clock_.advance(EventArchive::hold_time);  // it is full of what others asked for and left
    }
    return true;
}

/// Runs everybody round and round until nobody has anything to do. False: that never comes.
bool Simulation::settle() {
    Runtime& runtime = *process_->runtime;
    for (int round = 0; round < 100'000; ++round) {
        bool worked = false;
        const auto step = [&](const Runtime::Step& done) {
            invariants_.require(!done.failed, Invariant::Recovers,
                                [&] { return "it failed for ever: " + runtime.failure(); });
            worked = worked || done.worked;
        };
        step(runtime.step_sequencer());
        for (unsigned shard = 0; shard < runtime.shards(); ++shard) {
            step(runtime.step_shard(shard));
        }
        step(runtime.step_sync());
        step(runtime.step_publisher());
        watch();
        if (!worked && archive_.awaits_epoch()) {
            return true;
        }
        if (!worked) {
            for (const auto& client : clients_) {
                do {
                    client->step(process_->fanout, process_->stream, clock_.monotonic());
                } while (read_for(*client));
            }
            return true;
        }
    }
    return false;
}

void Simulation::drain_and_stop() {
    Runtime& runtime = *process_->runtime;
    runtime.drain();
    for (int i = 0; i < 1'000 && !runtime.drained(); ++i) {
        invariants_.require(settle(), Invariant::Recovers, "it works on for ever while draining");
        clock_.advance(100ms);
    }
    invariants_.require(runtime.drained(), Invariant::Recovers, "it never drains");
    invariants_.require(runtime.stop(), Invariant::Recovers,
                        [&] { return "it does not stop: " + runtime.failure(); });
    archive_.observe(process_->stream, clock_.now());
    // Now nothing is on its way between two shards either.
    invariants_.require(runtime.status()->accounting.closes(), Invariant::AccountsClose,
                        "the ledgers of the stopped engine");
    die(Death::CleanStop);
    last_death_ = Death::CleanStop;
    // After a stop in good order the stream stands where it stood.
    start();
    invariants_.require(settle(), Invariant::Recovers, "it works on for ever without input");
    die(Death::Kill);
}

/// In the middle of the run; the disk may be anything but well.
void Simulation::stop_cleanly() {
    trace_.note("clean stop");
    Runtime& runtime = *process_->runtime;
    bool stopped = false;
    const bool lives = guarded([&] {
        runtime.drain();
        for (int i = 0; i < 200 && !runtime.drained(); ++i) {
            runtime.step_sequencer();
            for (unsigned shard = 0; shard < runtime.shards(); ++shard) {
                runtime.step_shard(shard);
            }
            runtime.step_sync();
            runtime.step_publisher();
            clock_.advance(Nanos{scheduler_.between(0, 20'000'000)});
        }
        stopped = runtime.drained() && runtime.stop();
    });
    if (!lives) {
        return;
    }
    archive_.observe(process_->stream, clock_.now());
    die(stopped ? Death::CleanStop : Death::Kill);
    last_death_ = stopped ? Death::CleanStop : last_death_;
}

}  // namespace tickstock::sim
