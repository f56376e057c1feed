#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/disk.hpp"
#include "config/config.hpp"
#include "config/reload_plan.hpp"
#include "inspection/comparison_tally.hpp"
#include "inspection/configuration_comparer.hpp"
#include "inspection/journal_comparison.hpp"

namespace tickstock {

/// Runs two pipelines over the running engine's journal on the thread `ts-compare`: one with the
/// configuration in effect, one with some settings otherwise. First all that is kept, in silence,
/// then what the engine appends. In slices with pauses and below the priority of all others, so
/// that the engine never waits for it: at most half a core.
class LiveComparison final : public ConfigurationComparer {
public:
    /// The configuration in effect with these settings on top; called on the thread.
    using MakeConfig =
        std::function<Result<Config>(const std::map<std::string, std::string>& settings)>;
    struct Options {
        Nanos poll = std::chrono::milliseconds(200);  ///< of the journal's end
        std::size_t slice = 32;                       ///< runs between two pauses
        std::size_t listed = 100;                     ///< newest differences
    };

    /// Starts the thread, which waits. `disk` and `clock` outlive it.
    LiveComparison(Disk& disk, const Config& config, const Clock& clock, MakeConfig make,
                   Options options);
    LiveComparison(Disk& disk, const Config& config, const Clock& clock, MakeConfig make)
        : LiveComparison(disk, config, clock, std::move(make), Options{}) {}
    /// Waits for the slice in hand.
    ~LiveComparison() override;
    LiveComparison(const LiveComparison&) = delete;
    LiveComparison& operator=(const LiveComparison&) = delete;

    bool start(Request request, Done done) override;
    bool stop() override;
    std::string status(std::uint64_t newest) const override;

    /// The engine has taken these settings: what the next comparison begins with. Any thread.
    void reconfigure(const Config& config);

private:
    /// What status() shows of the newest comparison, running or ended.
    struct Shown {
        bool running = false;
        Request request;
        std::vector<ConfigDifference> differ;
        bool caught_up = false;
        UnixNanos since;        // wall time
        UnixNanos since_clock;  // the market's
        std::uint64_t read_through = 0;
        std::uint64_t awaiting = 0;
        std::string failure;
        std::unique_ptr<ComparisonTally> tally;
    };

    void run();
    Result<std::unique_ptr<JournalComparison>> open(const Request& request);
    void follow(JournalComparison& comparison);
    void take(const ComparisonOutcome& outcome);
    void fail(const std::string& message);
    bool wait(Nanos time);

    Disk& disk_;
    const Clock& clock_;
    const MakeConfig make_;
    const Options options_;

    mutable std::mutex mutex_;  // guards all below
    std::condition_variable changed_;
    Config config_;
    std::optional<std::pair<Request, Done>> asked_;
    Shown shown_;
    bool is_stopping_ = false;
    std::atomic<bool> is_cancelled_{false};  // also read inside a long read of the journal
    std::thread thread_;
};

}  // namespace tickstock
