#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/multi_channel_system.hpp"
#include "model/record_reader.hpp"

namespace tickstock {

/// What a replay runs: recorded files, which it admits anew, or a journal's directory, whose
/// entries it runs as they were admitted and decided.
class ReplayInput {
public:
    virtual ~ReplayInput() = default;

    struct Step {
        bool more = false;
        std::optional<std::string> epoch;  ///< the stream begins anew behind this step's events
    };
    /// Runs the next records and appends the events that are final now.
    virtual Step step(std::vector<Event>& events) = 0;
    /// Behind the last step.
    virtual void finish(std::vector<Event>& events) = 0;
    virtual StageCounts counts() const = 0;
    /// Events that were found and not told.
    virtual std::uint64_t unheard_events() const { return 0; }
    virtual ReadProgress progress() const = 0;
    virtual std::optional<Error> failure() const = 0;
    /// For people, before the run; empty = nothing.
    virtual std::string note() const { return {}; }
};

Result<std::unique_ptr<ReplayInput>> open_recorded_input(std::unique_ptr<RecordReader> reader,
                                                         MultiChannelSystem& system);
/// `configuration`: the text of this run's settings.
Result<std::unique_ptr<ReplayInput>> open_journal_input(const std::string& directory,
                                                        MultiChannelSystem& system,
                                                        const std::string& configuration);

}  // namespace tickstock
