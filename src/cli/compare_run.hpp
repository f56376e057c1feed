#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/replay_input.hpp"
#include "config/config.hpp"
#include "engine/multi_channel_system.hpp"
#include "inspection/comparison_report.hpp"
#include "inspection/comparison_tally.hpp"
#include "inspection/event_comparison.hpp"

namespace tickstock {

/// Runs recorded inputs through two configurations, a batch at a time each in turn, and compares
/// the events on the way. Each side reads the inputs itself, so that its time is that of a replay.
/// One thread.
class CompareRun {
public:
    struct Inputs {
        std::vector<std::string> files;  ///< or one journal's directory
        std::string format;              ///< empty = detected
    };
    /// An error names the file, or the setting.
    static Result<std::unique_ptr<CompareRun>> open(const Inputs& inputs, const Config& a,
                                                    const Config& b,
                                                    EventComparison::Settings tolerances,
                                                    std::size_t listed);

    /// Runs everything. `due` is called after each batch with the share that is read, −1 = unknown.
    std::optional<Error> run(const std::function<void(double share, std::uint64_t records)>& due);

    const ComparisonTally& tally() const { return tally_; }
    /// Names, inputs and settings are the caller's.
    void fill(ComparisonFacts& facts) const;

private:
    struct Side {
        std::unique_ptr<MultiChannelSystem> system;
        std::unique_ptr<ReplayInput> input;
        std::vector<Event> events;
        double seconds = 0;
        bool more = true;
        bool at_epoch = false;  // waits until the other is there, too
    };
    CompareRun(EventComparison::Settings tolerances, std::size_t listed);

    static Result<Side> open_side(const Inputs& inputs, const Config& config, bool tells_rejects);
    void step(Side& side);
    void add_events(ComparedSide which);
    std::optional<Error> check() const;

    EventComparison::Settings tolerances_;
    ComparisonTally tally_;
    EventComparison comparison_;
    Side a_;
    Side b_;
};

}  // namespace tickstock
