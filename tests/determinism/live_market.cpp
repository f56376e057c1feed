#include <chrono>
#include <random>
#include <stdexcept>
#include <thread>

#include "base/memory_disk.hpp"
#include "determinism/recorded_market.hpp"
#include "engine/live_engine.hpp"
#include "engine/test_runs.hpp"

namespace tickstock::determinism {
namespace {

using namespace std::chrono_literals;

/// One life of the engine: opened, driven, stopped.
class Life {
public:
    Life(const Config& config, MemoryDisk& disk, const Clock& clock, testing::TapeFeed& feed)
        : config_(config), clock_(clock) {
        std::vector<std::unique_ptr<LiveSource>> sources;
        sources.push_back(std::make_unique<testing::TapeSource>(feed));
        auto opened = Runtime::open({config, disk, clock, stream, random_epoch, {}, 0, {}},
                                    std::move(sources));
        if (!opened) {
            throw std::runtime_error(opened.error().message);
        }
        runtime_ = std::move(*opened);
        if (runtime_->recovery().new_epoch) {
            throw std::runtime_error(runtime_->recovery().why_new_epoch);
        }
        runtime_->set_wake([] {});
    }

    /// By dice, until nobody has anything to do for a while.
    void step(std::uint64_t seed) {
        std::mt19937_64 random(seed);
        const unsigned parts = 3 + runtime_->shards();
        for (unsigned quiet = 0; quiet < 40 * parts; ++quiet) {
            const auto part = static_cast<unsigned>(random() % parts);
            const Runtime::Step done = part == 0   ? runtime_->step_sequencer()
                                       : part == 1 ? runtime_->step_publisher()
                                       : part == 2 ? runtime_->step_sync()
                                                   : runtime_->step_shard(part - 3);
            quiet = done.worked ? 0 : quiet;
            if (done.failed) {
                throw std::runtime_error(runtime_->failure());
            }
        }
        runtime_->drain();
        if (!runtime_->drained() || !runtime_->stop()) {
            throw std::runtime_error("no clean end");
        }
    }

    /// With threads, for 30 s at most.
    void thread(const std::function<bool()>& is_done) {
        LiveEngine engine(*runtime_, config_, clock_, [](const std::string&) {});
        engine.start();
        for (int i = 0; i < 6'000 && !is_done(); ++i) {
            std::this_thread::sleep_for(5ms);
        }
        if (!engine.stop()) {
            throw std::runtime_error(runtime_->failure());
        }
    }

    std::shared_ptr<const EngineStatus> status() const { return runtime_->status(); }

    EventStream stream{"nothing yet", {}};

private:
    const Config& config_;
    const Clock& clock_;
    std::unique_ptr<Runtime> runtime_;
};

}  // namespace

Outcome run_live(const Market& market, const PipelineSettings& settings, unsigned shards,
                 const Driving& driving) {
    Config config;
    config.pipeline = settings;
    config.engine.shards = shards;
    config.engine.threads = 2;
    config.journal.reserve_bytes = 64 * 1024;
    config.journal.segment_bytes = 1 << 20;
    MemoryDisk disk;
    const SystemClock clock;
    testing::TapeFeed feed;
    feed.tape.records = market.records;
    feed.tape.new_symbols = market.symbols;
    feed.longest = driving.longest_batch;
    feed.random.seed(driving.seed);
    Outcome outcome;
    for (unsigned life = 1; life <= driving.lives; ++life) {
        feed.due = market.records.size() * life / driving.lives;
        Life engine(config, disk, clock, feed);
        if (driving.threads) {
            engine.thread([&] { return engine.stream.hash() == driving.until_hash; });
        } else {
            engine.step(driving.seed + life);
        }
        outcome.hash = engine.stream.hash();
        outcome.events = engine.stream.events_by_type();
        outcome.accounting_closes = engine.status()->accounting.closes();
    }
    const auto again = testing::replay(disk, config, shards % 3 + 1);
    if (again.hashes.size() != 1 || again.hashes.front() != outcome.hash) {
        throw std::runtime_error("a replay of the journal gives another stream " + again.failure);
    }
    return outcome;
}

}  // namespace tickstock::determinism
