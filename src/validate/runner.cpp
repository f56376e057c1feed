#include "validate/runner.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <array>
#include <chrono>
#include <cstdio>

#include "validate/groups.hpp"
#include "validate/tcp_socket.hpp"

namespace tickstock::validate {
namespace {

using RunGroup = std::optional<Error> (*)(Workbench&, GateLog&);

constexpr std::array<RunGroup, group_count> group_functions{
    run_functional, run_load,      run_latency,    run_memory,
    run_integrity,  run_websocket, run_monitoring, run_recovery};

/// While it lives, the first SIGINT or SIGTERM asks the run to stop, and the second kills as ever.
class StopHandler {
public:
    StopHandler() {
        struct sigaction action {};
        action.sa_handler = [](int) { interrupt(); };
        action.sa_flags = static_cast<int>(SA_RESETHAND);
        for (std::size_t i = 0; i < signals.size(); ++i) {
            ::sigaction(signals[i], &action, &before_[i]);
        }
    }
    ~StopHandler() {
        for (std::size_t i = 0; i < signals.size(); ++i) {
            ::sigaction(signals[i], &before_[i], nullptr);
        }
    }
    StopHandler(const StopHandler&) = delete;
    StopHandler& operator=(const StopHandler&) = delete;

private:
    static constexpr std::array signals{SIGINT, SIGTERM};
    std::array<struct sigaction, signals.size()> before_{};
};

void say(const std::string& text) {
    std::fprintf(stderr, "%s\n", text.c_str());
    std::fflush(stderr);
}

void run_group(GateGroup group, Workbench& bench, Report& report) {
    const Nanos begin = bench.clock().monotonic();
    say(fmt::format("-- {}", to_string(group)));
    GateLog log(group, bench.clock(), [](const GateOutcome& outcome) {
        say("   " + line_of(outcome) + fmt::format("  [{:.1f} s]", outcome.seconds));
    });
    const auto failed = group_functions[static_cast<std::size_t>(group)](bench, log);
    for (GateOutcome& outcome : log.finish(is_interrupted() ? "interrupted"
                                           : failed         ? failed->message
                                                            : "")) {
        report.outcomes.push_back(std::move(outcome));
    }
    say(fmt::format("-- {} took {:.1f} s", to_string(group),
                    std::chrono::duration<double>(bench.clock().monotonic() - begin).count()));
}

}  // namespace

Result<Report> run_gates(const RunOptions& options, const Config& config, const Clock& clock) {
    const StopHandler handler;
    ::signal(SIGPIPE, SIG_IGN);
    Report report;
    report.version = options.version;
    report.command = options.command;
    report.began = clock.wall();
    report.full = options.bench.full;
    report.figures_only = options.figures_only;
    report.machine = read_machine();
    report.conditions = Workbench::replaced_settings();
    const Nanos begin = clock.monotonic();
    {
        auto bench = Workbench::create(options.bench, config, clock);
        if (!bench) {
            return bench.error();
        }
        std::vector<GateGroup> groups = options.groups;
        for (std::size_t i = 0; options.groups.empty() && i < group_count; ++i) {
            groups.push_back(static_cast<GateGroup>(i));
        }
        for (const GateGroup group : groups) {
            if (!is_interrupted()) {
                run_group(group, **bench, report);
            }
        }
    }
    report.interrupted = is_interrupted();
    report.seconds = std::chrono::duration<double>(clock.monotonic() - begin).count();
    report.machine.load_after = load_average();
    return report;
}

}  // namespace tickstock::validate
