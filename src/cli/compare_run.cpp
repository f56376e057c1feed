#include "cli/compare_run.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "base/hash.hpp"
#include "engine/configuration_text.hpp"
#include "engine/inputs.hpp"
#include "inspection/journal_comparison.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

void print_reject(const Reject& reject) {
    std::fprintf(stderr, "%s:%llu: %s: %s\n", std::string(reject.file).c_str(),
                 static_cast<unsigned long long>(reject.line),
                 std::string(to_string(reject.reason)).c_str(),
                 escape_control(reject.excerpt).c_str());
}

Result<std::unique_ptr<ReplayInput>> open_input(const CompareRun::Inputs& inputs,
                                                const Config& config, MultiChannelSystem& system,
                                                bool tells_rejects) {
    std::error_code ignored;
    if (inputs.files.size() == 1 && std::filesystem::is_directory(inputs.files[0], ignored)) {
        return open_journal_input(inputs.files[0], system, configuration_text(config));
    }
    auto reader = open_recorded(inputs.files, inputs.format, [tells_rejects](const Reject& reject) {
        if (tells_rejects) {
            print_reject(reject);
        }
    });
    if (!reader) {
        return reader.error();
    }
    return open_recorded_input(std::move(*reader), system);
}

}  // namespace

CompareRun::CompareRun(EventComparison::Settings tolerances, std::size_t listed)
    : tolerances_(tolerances),
      tally_(listed, ComparisonTally::Keep::First),
      comparison_(tolerances, [this](const ComparisonOutcome& outcome) { tally_.add(outcome); }) {}

Result<CompareRun::Side> CompareRun::open_side(const Inputs& inputs, const Config& config,
                                               bool tells_rejects) {
    Side side;
    auto system = MultiChannelSystem::create(config.pipeline, config.engine.shards);
    if (!system) {
        return system.error();
    }
    side.system = std::move(*system);
    auto input = open_input(inputs, config, *side.system, tells_rejects);
    if (!input) {
        return input.error();
    }
    side.input = std::move(*input);
    return side;
}

Result<std::unique_ptr<CompareRun>> CompareRun::open(const Inputs& inputs, const Config& a,
                                                     const Config& b,
                                                     EventComparison::Settings tolerances,
                                                     std::size_t listed) {
    tolerances.window = comparison_window(a, b, tolerances.time_tolerance);
    std::unique_ptr<CompareRun> run(new CompareRun(tolerances, listed));
    auto side_a = open_side(inputs, a, true);
    if (!side_a) {
        return Error{"A: " + side_a.error().message};
    }
    auto side_b = open_side(inputs, b, false);
    if (!side_b) {
        return Error{"B: " + side_b.error().message};
    }
    run->a_ = std::move(*side_a);
    run->b_ = std::move(*side_b);
    return run;
}

void CompareRun::step(Side& side) {
    if (!side.more || side.at_epoch) {
        return;
    }
    const auto begin = std::chrono::steady_clock::now();
    const ReplayInput::Step done = side.input->step(side.events);
    if (!done.more) {
        side.input->finish(side.events);
    }
    side.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    side.more = done.more;
    side.at_epoch = done.epoch.has_value();
}

void CompareRun::add_events(ComparedSide which) {
    Side& side = which == ComparedSide::A ? a_ : b_;
    for (const Event& event : side.events) {
        comparison_.add(which, event, side.system->symbols().text(event.detection.symbol));
    }
    side.events.clear();
}

std::optional<Error> CompareRun::run(
    const std::function<void(double share, std::uint64_t records)>& due) {
    while (a_.more || b_.more) {
        step(a_);
        step(b_);
        add_events(ComparedSide::A);
        add_events(ComparedSide::B);
        if ((a_.at_epoch || !a_.more) && (b_.at_epoch || !b_.more)) {
            comparison_.finish();
            if (a_.at_epoch || b_.at_epoch) {
                comparison_.restart_numbers();
            }
            a_.at_epoch = b_.at_epoch = false;
        } else {
            comparison_.advance(std::min(a_.system->clock(), b_.system->clock()));
        }
        const ReadProgress read = a_.input->progress();
        due(read.bytes_total == 0
                ? -1
                : static_cast<double>(read.bytes_read) / static_cast<double>(read.bytes_total),
            a_.input->counts().out);
    }
    return check();
}

std::optional<Error> CompareRun::check() const {
    for (const auto& [name, side] : {std::pair("A", &a_), std::pair("B", &b_)}) {
        if (const auto failure = side->input->failure()) {
            return failure;
        }
        const StageCounts sources = side->input->counts();
        if (sources.in > 0 && sources.out == 0) {
            return Error{"not one row could be read: is --format right?"};
        }
        Accounting accounting = side->system->accounting();
        accounting.sources = sources;
        accounting.publishing.in = accounting.publishing.out = accounting.priority.out;
        if (!accounting.closes()) {
            return Error{std::string(name) +
                         ": the accounting does not close: this is a defect of tickstock"};
        }
    }
    return std::nullopt;
}

void CompareRun::fill(ComparisonFacts& facts) const {
    facts.a.seconds = a_.seconds;
    facts.a.records = a_.input->counts().out;
    facts.b.seconds = b_.seconds;
    facts.b.records = b_.input->counts().out;
    facts.tolerances = tolerances_;
    for (const auto& [name, side] : {std::pair("A", &a_), std::pair("B", &b_)}) {
        if (const std::string note = side->input->note(); !note.empty()) {
            facts.notes.push_back(std::string(name) + ": " + note);
        }
    }
}

}  // namespace tickstock
