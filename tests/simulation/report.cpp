#include "simulation/report.hpp"

#include <fmt/format.h>

namespace tickstock::sim {

std::string_view name_of(Fault fault) {
    switch (fault) {
        case Fault::Kill: return "kill";
        case Fault::KillInDiskOperation: return "kill_in_disk_operation";
        case Fault::MachineCrash: return "machine_crash";
        case Fault::CleanStop: return "clean_stop";
        case Fault::OtherShards: return "other_shard_count";
        case Fault::OtherDurability: return "other_durability";
        case Fault::KillDuringStart: return "kill_during_start";
        case Fault::DiskFull: return "disk_full";
        case Fault::ShortWrite: return "short_write";
        case Fault::SyncError: return "sync_error";
        case Fault::SlowSync: return "slow_sync";
        case Fault::LostPage: return "lost_page";
        case Fault::TornPage: return "torn_page";
        case Fault::LostDirectoryOperation: return "lost_directory_operation";
        case Fault::WallStep: return "wall_step";
        case Fault::ShardStall: return "shard_stall";
        case Fault::PublisherStall: return "publisher_stall";
        case Fault::SourceStall: return "source_stall";
        case Fault::Pause: return "pause";
        case Fault::Universe: return "universe";
        case Fault::Halt: return "halt";
        case Fault::RuleSwitch: return "rule_switch";
        case Fault::DetectorFailure: return "detector_failure";
        case Fault::ChannelError: return "channel_error";
        case Fault::CircuitTrip: return "circuit_trip";
        case Fault::SymbolMove: return "symbol_move";
        case Fault::SkippedRecord: return "skipped_record";
        case Fault::RefusedRecord: return "refused_record";
        case Fault::ShedEvent: return "shed_event";
        case Fault::ClientVanished: return "client_vanished";
        case Fault::ClientLied: return "client_lied";
        case Fault::ClientGap: return "client_gap";
        case Fault::NewEpoch: return "new_epoch";
        case Fault::RolloutCommand: return "rollout_command";
        case Fault::PathFailure: return "path_failure";
        case Fault::PathStall: return "path_stall";
        case Fault::PathFallback: return "path_fallback";
        case Fault::Count_: break;
    }
    return "?";
}

Report& Report::operator+=(const Report& other) {
    seeds += other.seeds;
    inputs += other.inputs;
    entries += other.entries;
    events += other.events;
    steps += other.steps;
    virtual_ns += other.virtual_ns;
    for (std::size_t i = 0; i < fault_count; ++i) {
        faults[i] += other.faults[i];
    }
    for (std::size_t i = 0; i < invariant_count; ++i) {
        invariants[i] += other.invariants[i];
    }
    return *this;
}

std::string Report::text(double seconds) const {
    std::string text = fmt::format(
        "{} seeds, {} inputs, {} entries, {} events, {} steps, {:.2f} virtual hours in {:.1f} s: "
        "{:.0f} inputs/s, {:.0f} times real time\nfaults:",
        seeds, inputs, entries, events, steps, static_cast<double>(virtual_ns) / 3.6e12, seconds,
        static_cast<double>(inputs) / seconds, static_cast<double>(virtual_ns) * 1e-9 / seconds);
    for (std::size_t i = 0; i < fault_count; ++i) {
        text += fmt::format(" {} {}{}", name_of(static_cast<Fault>(i)), faults[i],
                            i + 1 < fault_count ? "," : "\n");
    }
    text += "invariants evaluated:";
    for (std::size_t i = 0; i < invariant_count; ++i) {
        text += fmt::format(" {} {}{}", name_of(static_cast<Invariant>(i)), invariants[i],
                            i + 1 < invariant_count ? "," : "\n");
    }
    return text;
}

}  // namespace tickstock::sim
