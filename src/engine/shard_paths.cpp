// Shard: the integrator's paths, measured and told. SPEC 15.

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/shard.hpp"

namespace tickstock {
namespace {

constexpr Nanos statistics_interval = std::chrono::seconds(60);
constexpr std::size_t differences_waiting = 1'000;

/// Of the stages that a shard has.
bool closes(Accounting accounting) {
    accounting.sources.in = accounting.sources.out = accounting.intake.in;
    accounting.sequencer = accounting.router = accounting.sources;
    accounting.publishing.in = accounting.publishing.out = accounting.priority.out;
    return accounting.closes();
}

}  // namespace

/// Behind Pipeline::take_in(), before its events are taken.
void Shard::judge_paths(const Run& run) {
    MarketDataServiceIntegrator* integrator = pipeline_->integrator();
    const auto records = static_cast<std::int64_t>(
        std::ranges::count(run.shard_of, static_cast<std::uint16_t>(number_)));
    const Nanos linear = stopwatch_.took(ProcessingPath::Linear);
    const Nanos multi_channel = stopwatch_.took(ProcessingPath::MultiChannel);
    stopwatch_.reset();
    if (run.decision || records == 0 || warming_up_ || !integrator->runs_multi_channel()) {
        return;
    }
    PathTimes& times = paths_before_.times;
    times.add_pair(linear / records, multi_channel / records);
    const bool enabled = integrator->change() && integrator->change()->flags.is_fully_enabled();
    times.added.record((enabled ? linear : multi_channel) / records);
    if (multi_channel.count() > channel_timeout_.load()) {
        pipeline_->time_out(run);
    }
}

/// What has fallen waits, with the events behind it, for its place in the journal.
void Shard::tell_fallen() {
    MarketDataServiceIntegrator* integrator = pipeline_->integrator();
    if (integrator == nullptr) {
        return;
    }
    std::vector<PathDifference> differences = integrator->take_differences();
    std::vector<PathFallback::Fallen> fallen = integrator->take_fallen();
    if (differences.empty() && fallen.empty()) {
        return;
    }
    const std::lock_guard lock(mutex_);
    std::ranges::move(differences, std::back_inserter(differences_));
    if (differences_.size() > differences_waiting) {
        differences_.resize(differences_waiting);
    }
    fallback_asked_ = fallback_asked_ || !fallen.empty();
    std::ranges::move(fallen, std::back_inserter(fallen_));
}

std::vector<PathFallback::Fallen> Shard::take_fallen() {
    const std::lock_guard lock(mutex_);
    return std::exchange(fallen_, {});
}

void Shard::grant_fallbacks(Sequence decision) {
    const std::lock_guard lock(mutex_);
    output_.needs = std::max(output_.needs, decision);
    fallback_asked_ = !fallen_.empty();
}

std::vector<PathDifference> Shard::take_differences() {
    const std::lock_guard lock(mutex_);
    return std::exchange(differences_, {});
}

std::shared_ptr<const IntegrationReport> Shard::integration_report(Nanos now) {
    const MarketDataServiceIntegrator* integrator = pipeline_->integrator();
    if (integrator == nullptr) {
        return nullptr;
    }
    if (statistics_ == nullptr || now - statistics_at_ >= statistics_interval) {
        statistics_at_ = now;
        statistics_ =
            std::make_shared<const std::vector<SymbolStatistics>>(integrator->statistics());
    }
    auto report = std::make_shared<IntegrationReport>();
    report->evidence = paths_before_;
    report->evidence.paths += integrator->counts();
    report->evidence.paths -= run_again_;
    report->evidence.comparison += integrator->comparison();
    report->evidence.comparison -= compared_again_;
    report->evidence.accounting_closes = closes(pipeline_->accounting());
    report->fallen = integrator->fallen();
    report->symbols_multi_channel = integrator->symbols_multi_channel();
    report->statistics = statistics_;
    return report;
}

}  // namespace tickstock
