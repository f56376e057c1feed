// `tickstock serve` without its server, and with one thread that falls asleep: for
// watchdog_test.py.
//   stalling_engine SEQUENCE SECONDS NAME=VALUE...
// From the run that holds SEQUENCE on, the last shard's thread sleeps once, SECONDS long.

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>

#include "base/file_disk.hpp"
#include "config/config.hpp"
#include "engine/inputs.hpp"
#include "engine/live_engine.hpp"
#include "engine/runtime.hpp"
#include "engine/watchdog.hpp"

namespace {

using namespace tickstock;

int fail(const std::string& why) {
    std::fprintf(stderr, "stalling_engine: %s\n", why.c_str());
    return EXIT_FAILURE;
}

/// In the watchdog's stack by this name.
void fall_asleep(std::chrono::seconds time) {
    std::fprintf(stderr, "falls asleep\n");
    std::this_thread::sleep_for(time);
    std::fprintf(stderr, "is awake\n");
}

int run(std::uint64_t sequence, std::chrono::seconds time,
        const std::map<std::string, std::string>& settings) {
    const auto config = load_config("", {}, settings);
    if (!config) {
        return fail(config.error().message);
    }
    const SystemClock clock;
    auto sources = open_live_sources(*config, {clock, nullptr});
    if (!sources) {
        return fail(sources.error().message);
    }
    PipelineExtensions extensions;
    extensions.before_run = [&, slept = false](unsigned shard,
                                               const tickstock::Run& taken) mutable {
        if (shard + 1 == config->engine.shards && !slept && taken.last().value() >= sequence) {
            slept = true;
            fall_asleep(time);
        }
    };
    FileDisk disk;
    EventStream stream("", {config->stream.memory_limit});
    auto runtime =
        Runtime::open({*config, disk, clock, stream, random_epoch, machine_boot(), 0, extensions},
                      std::move(sources->sources));
    if (!runtime) {
        return fail(runtime.error().message);
    }
    const auto watchdog = make_watchdog(config->engine, clock);
    LiveEngine engine(
        **runtime, *config, clock, [](const std::string& why) { std::_Exit(fail(why)); },
        watchdog.get());
    engine.start();
    if (watchdog) {
        watchdog->start();
    }
    std::this_thread::sleep_for(2 * time);
    return engine.stop() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int main(int count, char** arguments) {
    std::map<std::string, std::string> settings;
    for (int i = 3; i < count; ++i) {
        const std::string setting = arguments[i];
        const auto equals = setting.find('=');
        if (equals == std::string::npos) {
            return fail(setting + ": accepted is NAME=VALUE");
        }
        settings[setting.substr(0, equals)] = setting.substr(equals + 1);
    }
    if (count < 3) {
        return fail("SEQUENCE SECONDS NAME=VALUE... are missing");
    }
    return run(std::strtoull(arguments[1], nullptr, 10),
               std::chrono::seconds(std::strtoll(arguments[2], nullptr, 10)), settings);
}
