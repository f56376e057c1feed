#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "simulation/invariants.hpp"

namespace tickstock::sim {

/// What was done to the engine, for the report.
enum class Fault : std::uint8_t {
    Kill,
    KillInDiskOperation,
    MachineCrash,
    CleanStop,
    OtherShards,
    OtherDurability,
    KillDuringStart,
    DiskFull,
    ShortWrite,
    SyncError,
    SlowSync,
    LostPage,
    TornPage,
    LostDirectoryOperation,
    WallStep,
    ShardStall,
    PublisherStall,
    SourceStall,
    Pause,
    Universe,
    Halt,
    RuleSwitch,
    DetectorFailure,
    ChannelError,
    CircuitTrip,
    SymbolMove,
    SkippedRecord,
    RefusedRecord,
    ShedEvent,
    ClientVanished,
    ClientLied,
    ClientGap,
    NewEpoch,
    RolloutCommand,
    PathFailure,
    PathStall,
    PathFallback,
    Count_
};
inline constexpr std::size_t fault_count = static_cast<std::size_t>(Fault::Count_);
std::string_view name_of(Fault fault);

/// Sums over seeds. Plain, so that it can go through a pipe.
struct Report {
    std::uint64_t seeds = 0;
    std::uint64_t inputs = 0;   ///< records handed over
    std::uint64_t entries = 0;  ///< journalled
    std::uint64_t events = 0;
    std::uint64_t steps = 0;
    std::uint64_t virtual_ns = 0;
    std::array<std::uint64_t, fault_count> faults{};
    std::array<std::uint64_t, invariant_count> invariants{};

    void count(Fault fault, std::uint64_t n = 1) { faults[static_cast<std::size_t>(fault)] += n; }
    Report& operator+=(const Report& other);
    std::string text(double seconds) const;
};

}  // namespace tickstock::sim
