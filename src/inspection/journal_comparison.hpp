#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/disk.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "engine/journal_replay.hpp"
#include "engine/multi_channel_system.hpp"
#include "inspection/event_comparison.hpp"

namespace tickstock {

/// Two pipelines over one journal, from the oldest entry kept, also while an engine appends to it.
/// The one whose configuration made the journal repeats what its engine did, changes of settings
/// included; another keeps its own. One thread.
class JournalComparison {
public:
    struct Parts {
        Disk& disk;
        std::string journal;  ///< directory
        const Config& a;
        const Config& b;
        const std::atomic<bool>& is_cancelled;  ///< ends a long read early, as a failure
    };
    static Result<std::unique_ptr<JournalComparison>> open(const Parts& parts,
                                                           EventComparison::Tell tell);
    ~JournalComparison();

    enum class Progress : std::uint8_t { More, AtEnd, Failed };
    /// Runs up to `runs` runs of entries, of the side that is behind first.
    Progress step(std::size_t runs);

    /// Of the side that is behind.
    UnixNanos clock() const;
    Sequence read_through() const;
    std::size_t awaiting() const { return comparison_.held(); }
    const Error& failure() const { return *failure_; }

private:
    class CancellableDisk;
    struct Side {
        std::unique_ptr<MultiChannelSystem> system;
        std::unique_ptr<JournalReplay> replay;
        std::vector<Event> events;
        bool at_epoch = false;  // waits until the other is there, too
        bool at_end = false;
    };
    JournalComparison(std::unique_ptr<CancellableDisk> disk, EventComparison::Settings settings,
                      EventComparison::Tell tell);
    std::optional<Error> open_side(Side& side, const std::string& journal, const Config& config);
    std::size_t next_side() const;
    bool step_side(std::size_t which);

    const std::unique_ptr<CancellableDisk> disk_;  // outlives the replays
    EventComparison comparison_;
    std::array<Side, 2> sides_;
    std::optional<Error> failure_;
};

/// How long the same event may be apart in two streams of these settings, with a margin.
Nanos comparison_window(const Config& a, const Config& b, Nanos time_tolerance);

}  // namespace tickstock
