#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/disk.hpp"
#include "base/result.hpp"
#include "engine/journal_runs.hpp"
#include "engine/multi_channel_system.hpp"

namespace tickstock {

/// The settings that a journal's entries were worked with.
struct JournalConfigurations {
    struct Start {
        Sequence at;  ///< its decision, right behind that of the epoch that begins with it
        std::uint64_t hash = 0;
        std::string text;
    };
    std::vector<Start> starts;    ///< those that brought other settings than there were
    std::uint64_t last_hash = 0;  ///< of the last change; 0 = none is kept
};

/// Tells the system which records from the entry `from` on are skipped, before they are run.
/// Damage is met again, and told, by the run itself.
std::optional<Error> tell_skips(Disk& disk, const std::string& path, Sequence from,
                                MultiChannelSystem& system,
                                JournalConfigurations* configurations = nullptr);

/// Runs a journal's entries through a system exactly as they were admitted and decided: same
/// sequences, same clocks, same events, for any number of shards. Used by recovery, by `tickstock
/// replay` of a journal, and by tests as the run that the live one must equal. One thread.
class JournalReplay {
public:
    /// Whatever the oldest entry kept is.
    static constexpr Sequence from_oldest{0};

    /// From the entry `from` on; the system stands right before it. Reads the journal once ahead
    /// for the decisions that name earlier records. `path`: the journal's directory or one segment.
    /// `skips_known`: the caller has told the system of them. Fills `found` unless they are.
    static Result<std::unique_ptr<JournalReplay>> open(Disk& disk, const std::string& path,
                                                       MultiChannelSystem& system, Sequence from,
                                                       bool skips_known = false,
                                                       JournalConfigurations* found = nullptr);

    /// Before the first step: makes the run repeat what the journal's engine did, with the settings
    /// of each start and every change among them, when `configuration_hash` is that of one of its
    /// starts or of its end. Otherwise (false) it shows what the system's own settings would have
    /// given, and changes do not act. Rules and the condition table are always the system's own.
    bool follow(JournalConfigurations found, std::uint64_t configuration_hash);

    struct Step {
        enum class Kind : std::uint8_t {
            Entries,
            Epoch,  ///< `begin` holds from here on; the events given with it are the old epoch's
            End,
            Damage,  ///< failure() says where
        };
        Kind kind = Kind::End;
        std::optional<BeginEpoch> begin;
        std::uint64_t entries = 0;
        RunPtr run;  ///< what was run
    };
    /// Runs the next entries and appends the events that are final now.
    Step step(std::vector<Event>& out);

    std::optional<Error> failure() const { return failure_; }
    /// Runs the entries up to `through` once more for their effect on the state, in silence: an
    /// epoch's warm-up. How many there were.
    static Result<std::uint64_t> run_again(Disk& disk, const std::string& path,
                                           MultiChannelSystem& system, Sequence from,
                                           Sequence through);

private:
    JournalReplay(Disk& disk, std::string path, MultiChannelSystem& system)
        : disk_(disk), path_(std::move(path)), system_(system) {}

    void begin_with_start_behind(Sequence begin);

    Disk& disk_;
    const std::string path_;
    MultiChannelSystem& system_;
    std::vector<JournalConfigurations::Start> starts_;  // to follow
    std::unique_ptr<JournalRuns> runs_;
    std::optional<Error> failure_;
};

}  // namespace tickstock
