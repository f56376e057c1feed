#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/disk.hpp"
#include "base/file_disk.hpp"
#include "config/config.hpp"
#include "engine/live_engine.hpp"
#include "engine/runtime.hpp"
#include "publishing/event_stream.hpp"

namespace tickstock::overload {

/// Waits, bounded, for what the engine's threads shall bring about.
bool eventually(const std::function<bool()>& condition, Nanos at_most = std::chrono::minutes(5));

/// The running engine with its threads over real files in a folder of its own, which goes with it.
class EngineRig {
public:
    using Sources = std::vector<std::unique_ptr<LiveSource>>;

    /// Two shards, one thread or three, a small tail, small segments.
    static Config config(unsigned threads);

    /// `disk`: the folder's files unless another one is given; it outlives this.
    explicit EngineRig(Config config, Disk* disk = nullptr);
    ~EngineRig();

    /// Opens and starts. Empty, or why not.
    std::string start(Sources sources, PipelineExtensions extensions = {});
    /// As LiveEngine::stop(); the runtime stays, for what it counted.
    bool stop();
    /// Forgets runtime and threads: the next start() is another process.
    void forget();
    /// As forget(), and the machine has started again.
    void reboot() {
        forget();
        ++boot_[0];
    }

    Runtime& runtime() { return *runtime_; }
    EventStream& stream() { return *stream_; }
    std::shared_ptr<const EngineStatus> status() const { return runtime_->status(); }
    Disk& disk() { return *disk_; }
    const SystemClock& clock() const { return clock_; }
    std::string journal() const { return config_.data.directory + "/journal"; }
    std::string directory() const { return config_.data.directory; }
    /// How often LiveEngine said that it has failed, and what.
    int failures() const { return failures_.load(); }
    std::string why() const { return why_; }

    /// The journal run again, plainly, through `shards` shards.
    struct Replayed {
        std::string epoch;
        std::uint64_t hash = 0;  ///< of the stream
        std::uint64_t events = 0;
        std::uint64_t records = 0;
        std::uint64_t refused = 0;  ///< at admission
        std::uint64_t skipped = 0;  ///< named by decisions
        std::string failure;
    };
    Replayed replay(unsigned shards = 1, PipelineExtensions extensions = {});

private:
    Config config_;
    std::string folder_;
    FileDisk files_;
    Disk* disk_;
    const SystemClock clock_;
    BootId boot_{};
    std::unique_ptr<EventStream> stream_;
    std::unique_ptr<Runtime> runtime_;
    std::unique_ptr<LiveEngine> engine_;
    std::atomic<int> failures_{0};
    std::string why_;
};

}  // namespace tickstock::overload
