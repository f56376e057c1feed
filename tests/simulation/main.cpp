// ticksim: the deterministic simulation of the running engine. README.md beside this file.

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "metrics/log.hpp"
#include "simulation/mutants.hpp"
#include "simulation/runner.hpp"

namespace tickstock::sim {
namespace {

struct Options {
    std::vector<std::uint64_t> single;
    std::uint64_t seeds = 100;
    std::uint64_t from = 1;
    double minutes = 0;
    World world;
    std::string seeds_file;
    std::string open_file;  // seeds that fail and wait for their mending
    unsigned jobs = 1;
    unsigned mutant = 0;
    bool all_mutants = false;
    bool trace = false;
    std::uint64_t twice_every = 16;
};

std::array<char, 160> last_words{};

/// An assertion of the engine (or a seed that never ends) still tells which seed it was.
void on_fatal_signal(int signal) {
    const ssize_t ignored = write(STDERR_FILENO, last_words.data(), std::strlen(last_words.data()));
    (void)ignored;
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

std::string command_for(std::uint64_t seed, const Options& options) {
    return fmt::format("ticksim --seed {} --inputs {}{}{}", seed, options.world.inputs,
                       options.world.rollout ? " --rollout" : "",
                       options.mutant == 0 ? "" : fmt::format(" --mutant {}", options.mutant));
}

constexpr unsigned seconds_a_seed = 120;

/// False: the seed failed, and the reason is told.
bool play(std::uint64_t seed, bool twice, const Options& options, Report& report) {
    const std::string command = command_for(seed, options);
    fmt::format_to_n(last_words.data(), last_words.size() - 1, "\nFAILED: {}\n{}", command, '\0');
    alarm(seconds_a_seed);
    SeedResult result = run_seed(seed, options.world, report, options.trace);
    if (!result.broken && twice) {
        Report ignored;
        const SeedResult again = run_seed(seed, options.world, ignored);
        ++report.invariants[static_cast<std::size_t>(Invariant::SameTwice)];
        if (again.trace_hash != result.trace_hash || again.broken) {
            result.broken = Invariant::SameTwice;
            result.why =
                fmt::format("{}: trace {:016x}, then {:016x} {}", name_of(Invariant::SameTwice),
                            result.trace_hash, again.trace_hash, again.why);
        }
    }
    alarm(0);
    if (result.broken) {
        fmt::print(stderr, "{}\nFAILED: {}\n  {}\n", result.trace_tail, command, result.why);
        return false;
    }
    return true;
}

std::vector<std::uint64_t> seeds_of_file(const std::string& path) {
    std::vector<std::uint64_t> seeds;
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line)) {
        line = line.substr(0, line.find('#'));
        if (line.find_first_of("0123456789") != std::string::npos) {
            seeds.push_back(std::stoull(line));
        }
    }
    return seeds;
}

/// This worker's share of the seeds. Ends at the first failure.
bool work(unsigned worker, const Options& options, Report& report) {
    using clock = std::chrono::steady_clock;
    const auto end = clock::now() + std::chrono::duration<double>(options.minutes * 60);
    std::vector<std::uint64_t> first = options.single;
    if (first.empty() && !options.seeds_file.empty()) {
        first = seeds_of_file(options.seeds_file);
    }
    std::vector<std::uint64_t> open;
    if (!options.open_file.empty()) {
        open = seeds_of_file(options.open_file);
    }
    for (std::size_t i = worker; i < first.size(); i += options.jobs) {
        if (!play(first[i], true, options, report)) {
            return false;
        }
    }
    if (!options.single.empty()) {
        return true;
    }
    for (std::uint64_t i = worker; options.minutes > 0 ? clock::now() < end : i < options.seeds;
         i += options.jobs) {
        if (std::find(open.begin(), open.end(), options.from + i) != open.end()) {
            continue;
        }
        const bool twice = options.twice_every > 0 && i % options.twice_every == 0;
        if (!play(options.from + i, twice, options, report)) {
            return false;
        }
    }
    return true;
}

/// Runs the workers in processes of their own and adds up what they report.
bool run_workers(const Options& options, Report& report) {
    std::vector<std::pair<pid_t, int>> workers;
    for (unsigned worker = 0; worker < options.jobs; ++worker) {
        std::array<int, 2> ends{};
        if (pipe(ends.data()) != 0) {
            return false;
        }
        const pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            Report own;
            const bool good = work(worker, options, own);
            const ssize_t written = write(ends[1], &own, sizeof own);
            _exit(good && written == ssize_t{sizeof own} ? 0 : 1);
        }
        close(ends[1]);
        workers.emplace_back(child, ends[0]);
    }
    bool good = true;
    for (const auto& [child, end] : workers) {
        Report own;
        if (read(end, &own, sizeof own) == ssize_t{sizeof own}) {
            report += own;
        }
        close(end);
        int status = 0;
        waitpid(child, &status, 0);
        good = good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    return good;
}

/// How a planted bug came to light; empty = it did not.
std::string hunt(const Mutant& mutant, Options options) {
    options.mutant = mutant.number;
    options.world.rollout = mutant.of_rollout;
    options.twice_every = 0;
    for (std::uint64_t i = 0; i < options.seeds; ++i) {
        std::array<int, 2> ends{};
        if (pipe(ends.data()) != 0) {
            return "";
        }
        const std::uint64_t seed = options.from + i;
        const pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            switch_mutant(mutant.number);
            std::signal(SIGABRT, SIG_DFL);
            if (freopen("/dev/null", "w", stderr) == nullptr) {
                _exit(3);
            }
            alarm(seconds_a_seed);
            Report ignored;
            const SeedResult result = run_seed(seed, options.world, ignored);
            const std::string why = result.broken ? result.why : "";
            const ssize_t written =
                write(ends[1], why.data(), std::min<std::size_t>(why.size(), 4'000));
            _exit(written >= 0 ? 0 : 3);
        }
        close(ends[1]);
        std::string why(4'000, '\0');
        const ssize_t count = read(ends[0], why.data(), why.size());
        why.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        close(ends[0]);
        int status = 0;
        waitpid(child, &status, 0);
        if (!why.empty()) {
            return fmt::format("seed {}: {:.150}", seed, why);
        }
        if (WIFSIGNALED(status)) {
            return fmt::format("seed {}: {}", seed,
                               WTERMSIG(status) == SIGABRT   ? "an assertion of the engine"
                               : WTERMSIG(status) == SIGALRM ? "it never ends"
                                                             : "a crash");
        }
    }
    return "";
}

bool hunt_all(const Options& options) {
    std::size_t killed = 0;
    for (const Mutant& mutant : all_mutants()) {
        const std::string how = hunt(mutant, options);
        killed += how.empty() ? 0U : 1U;
        fmt::print("{:>3} {:<58} {}\n", mutant.number, mutant.what, how.empty() ? "SURVIVED" : how);
        std::fflush(stdout);
    }
    fmt::print("{} of {} planted bugs killed\n", killed, all_mutants().size());
    return killed == all_mutants().size();
}

int run(int argc, char** argv) {
    Options options;
    CLI::App app("Deterministic simulation of the running engine.", "ticksim");
    app.add_option("--seed", options.single, "these seeds alone, each twice");
    app.add_option("--seeds", options.seeds, "so many seeds");
    app.add_option("--from", options.from, "the first of them");
    app.add_option("--minutes", options.minutes, "as many seeds as fit into so many minutes");
    app.add_option("--inputs", options.world.inputs, "records a seed");
    app.add_flag("--rollout", options.world.rollout,
                 "with the integrator: flags, phases and faults of one path");
    app.add_option("--seeds-file", options.seeds_file, "seeds to run first, a line each");
    app.add_option("--open-file", options.open_file,
                   "seeds to leave out: they fail, and wait for their mending");
    app.add_option("--jobs", options.jobs, "processes")->check(CLI::Range(1U, 64U));
    app.add_option("--mutant", options.mutant, "with this planted bug");
    app.add_flag("--all-mutants", options.all_mutants, "every planted bug must be found");
    app.add_flag("--trace", options.trace, "print all that happens");
    app.add_option("--twice-every", options.twice_every, "run each n-th seed twice; 0 = none");
    CLI11_PARSE(app, argc, argv);

    set_log_level(LogLevel::Off);
    std::signal(SIGABRT, on_fatal_signal);
    std::signal(SIGSEGV, on_fatal_signal);
    std::signal(SIGALRM, on_fatal_signal);
    if (options.all_mutants) {
        return hunt_all(options) ? 0 : 1;
    }
    switch_mutant(options.mutant);
    const auto begin = std::chrono::steady_clock::now();
    Report report;
    const bool good = options.jobs > 1 ? run_workers(options, report) : work(0, options, report);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    fmt::print("{}\n", report.text(took.count()));
    return good ? 0 : 1;
}

}  // namespace
}  // namespace tickstock::sim

int main(int argc, char** argv) {
    return tickstock::sim::run(argc, argv);
}
