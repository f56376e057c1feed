// How a simulated process starts, dies, and starts again.

#include <fmt/format.h>

#include <algorithm>

#include "simulation/failing_detector.hpp"
#include "simulation/faulty_path.hpp"
#include "simulation/simulation.hpp"

namespace tickstock::sim {
namespace {

constexpr int most_start_attempts = 200;
constexpr std::uint32_t logic_version = 1;

EpochId draw_id(RandomStream& random) {
    EpochId id{};
    for (std::uint8_t& byte : id) {
        byte = static_cast<std::uint8_t>(random.below(256));
    }
    return id;
}

}  // namespace

Process::Process(const Plan& plan, const Config& process_config, const SimClock& clock)
    : config(process_config),
      stream("00000000000000000000000000000000", {process_config.stream.memory_limit}),
      fanout(stream, clock),
      shard_stalled_until(process_config.engine.shards, plan.start) {}

Process::~Process() = default;

Config Simulation::next_config() {
    Config config = config_;
    if (!started_once_ || !crash_.chance(plan_.other_settings)) {
        return config;
    }
    const unsigned shards = crash_.pick({1U, 2U, 3U, 4U});
    const Durability durability =
        crash_.pick({Durability::Always, Durability::Interval, Durability::None});
    report_.count(Fault::OtherShards, shards != config.engine.shards ? 1 : 0);
    report_.count(Fault::OtherDurability, durability != config.journal.durability ? 1 : 0);
    config.engine.shards = shards;
    config.journal.durability = durability;
    config.engine.tail_bytes = crash_.pick({std::size_t{8} << 10, std::size_t{32} << 20});
    return config;
}

void Simulation::start() {
    const Config config = next_config();
    for (int attempt = 0; !try_start(config); ++attempt) {
        invariants_.require(attempt < most_start_attempts, Invariant::StartsAgain,
                            "it cannot be started any more");
        clock_.advance(Nanos{crash_.between(0, 2'000'000'000)});
        disk_.set_full(clock_.now() < disk_full_until_);
    }
}

bool Simulation::try_start(const Config& config) {
    const Death before = last_death_;
    process_ = std::make_unique<Process>(plan_, config, clock_);
    std::vector<std::unique_ptr<LiveSource>> sources;
    for (SourceFeed& feed : feeds_) {
        sources.push_back(std::make_unique<SimSource>(feed, clock_, trace_));
    }
    const std::uint64_t disk_errors = disk_.counts().no_space + disk_.counts().sync_errors;
    if (calm_since_ == time_never && started_once_ && crash_.chance(plan_.mid_write_kills / 4)) {
        disk_.kill_in(crash_.below(60) + 1);
    }
    trace_.note("start", config.engine.shards,
                static_cast<std::uint64_t>(config.journal.durability));
    PipelineExtensions extensions = extensions_of(plan_);
    if (config.pipeline.integration.installed) {
        process_->faulty_path = std::make_shared<FaultyPath>(plan_, clock_, restarts_);
        extensions.tap = process_->faulty_path;
    }
    std::string why;
    const bool lives = guarded([&] {
        auto opened = Runtime::open(
            {config, disk_, clock_, process_->stream, [this] { return draw_id(epochs_); }, boot_,
             logic_version, std::move(extensions)},
            std::move(sources));
        if (opened) {
            process_->runtime = std::move(*opened);
            process_->archive = std::make_unique<EventArchive>(
                *process_->runtime->stored_stream(), process_->stream.symbol_numbers(), clock_,
                EventArchive::Options{std::size_t{64} << 10});
            process_->fanout.set_archive(process_->archive.get());
        } else {
            why = opened.error().message;
        }
    });
    if (!lives) {
        report_.count(Fault::KillDuringStart);
        return false;
    }
    disk_.kill_in(0);
    if (!process_->runtime) {
        trace_.note("start fails");
        invariants_.require(disk_.counts().no_space + disk_.counts().sync_errors > disk_errors,
                            Invariant::StartsAgain, [&] { return "it does not start: " + why; });
        die(Death::Kill);
        return false;
    }
    restarts_ += started_once_ ? 1 : 0;
    config_ = config;
    most_shards_ = std::max(most_shards_, config.engine.shards);
    check_start(before);
    return true;
}

/// What SPEC 4 says of epochs at a start.
void Simulation::check_start(Death before) {
    const RecoveryReport& recovery = process_->runtime->recovery();
    trace_.note("started", recovery.recovered_through.value(), recovery.new_epoch ? 1 : 0,
                recovery.snapshot.value());
    if (started_once_ && recovery.new_epoch) {
        report_.count(Fault::NewEpoch);
        // Decided by a start whose process died before it could write that down.
        const std::uint64_t last = recovery.recovered_through.value();
        const bool was_decided = last == epoch_decided_behind_;
        epoch_decided_behind_ = last;
        invariants_.require(
            before == Death::MachineCrash || was_decided, Invariant::StartsAgain, [&] {
                return "a new epoch without a crash of the machine: " + recovery.why_new_epoch;
            });
        archive_.await_epoch(process_->stream);
    }
    archive_.compare(process_->stream);
    archive_.observe(process_->stream, clock_.now());
    last_death_ = Death::Kill;  // what comes next unless something else is said
    started_once_ = true;
}

bool Simulation::guarded(const std::function<void()>& step) {
    try {
        step();
        return true;
    } catch (const ProcessKilled&) {
        report_.count(Fault::KillInDiskOperation);
        trace_.note("killed in a disk operation");
        die(Death::Kill);
        return false;
    }
}

bool Simulation::guarded_step(const std::function<Runtime::Step()>& step) {
    bool failed = false;
    const bool lives = guarded([&] {
        const Runtime::Step done = step();
        trace_.note("step", done.worked ? 1 : 0, static_cast<std::uint64_t>(done.wake_at.count()));
        failed = done.failed;
    });
    if (!lives) {
        return false;
    }
    if (failed) {
        trace_.note("failed");
        invariants_.require(disk_.counts().sync_errors > 0, Invariant::Recovers,
                            [&] { return "it failed for ever: " + process_->runtime->failure(); });
        die(Death::Kill);
        return false;
    }
    return true;
}

/// From the last status that was looked at.
void Simulation::count_what_it_met() {
    if (!process_ || !process_->status) {
        return;
    }
    const EngineStatus& status = *process_->status;
    report_.count(Fault::SymbolMove, status.control.router.moves);
    report_.count(Fault::CircuitTrip, status.control.router.circuit_trips);
    for (const ChannelSummary& channel : status.channels) {
        report_.count(Fault::DetectorFailure, channel.dead_letter_total);
        report_.count(Fault::CircuitTrip, channel.circuit_trips);
        report_.count(Fault::SkippedRecord, channel.skipped);
        report_.count(Fault::ChannelError, channel.returns_last_hour);
    }
    if (process_->faulty_path) {
        report_.count(Fault::PathFailure, process_->faulty_path->failures());
        report_.count(Fault::PathStall, process_->faulty_path->stalls());
    }
    if (status.rollout) {
        report_.count(Fault::PathFallback, status.rollout->total.paths.legacy_fallbacks);
    }
    for (const std::uint64_t shed : status.control.shed.by_class) {
        report_.count(Fault::ShedEvent, shed);
    }
}

void Simulation::die(Death death) {
    trace_.note("dies", static_cast<std::uint64_t>(death));
    disk_.freeze();
    for (const auto& client : clients_) {
        client->disconnect();
    }
    count_what_it_met();
    process_.reset();
    for (const auto& command : commands_) {
        command->process_lives = false;
        command->may_be_lost =
            command->may_be_lost ||
            (death == Death::MachineCrash && config_.journal.durability != Durability::Always);
    }
    if (death == Death::MachineCrash) {
        if (config_.journal.durability != Durability::Always) {
            archive_.mark_loss();
        }
        disk_.after_machine_crash(crash_);
        clock_.reboot();
        boot_ = draw_id(crash_);
        report_.count(Fault::MachineCrash);
    } else {
        disk_.after_kill();
        report_.count(death == Death::Kill ? Fault::Kill : Fault::CleanStop);
    }
    // A start that failed has taken nothing back: what ended the run before still counts.
    last_death_ = last_death_ == Death::MachineCrash || death == Death::MachineCrash
                      ? Death::MachineCrash
                      : death;
}

}  // namespace tickstock::sim
