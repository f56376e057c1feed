// What the history writer asks of the running system.

#include <string>
#include <utility>

#include "history/history_writer.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

/// Metrics of an outage are kept for so many samples; the oldest go first.
constexpr std::size_t most_metrics = 10'000;

}  // namespace

void HistoryWriter::take_samples(StorageBatch& batch) {
    const Nanos now = clock_.monotonic();
    if (samples_ && now >= sample_at_) {
        sample_at_ = now + settings_.interval;
        HistorySamples samples = samples_();
        const std::int64_t at = to_ns(clock_.wall());
        for (HistorySamples::Metric& metric : samples.metrics) {
            metrics_.push_back(
                {at, std::move(metric.component), std::move(metric.metric_name), metric.value});
        }
        if (metrics_.size() > most_metrics) {
            metrics_.erase(metrics_.begin(),
                           metrics_.end() - static_cast<std::ptrdiff_t>(most_metrics));
        }
        trades_.add(samples.trades);
        const std::lock_guard lock(mutex_);
        status_.records = samples.records;
    }
    batch.metrics = metrics_;
}

void HistoryWriter::take_operations() {
    const Nanos now = clock_.monotonic();
    if (!ask_operations_ || now < operations_at_) {
        return;
    }
    operations_at_ = now + settings_.interval;
    const std::uint64_t lost = operations_.lost();
    operations_.take(ask_operations_(operations_.differences_taken()));
    if (operations_.lost() > lost) {
        log_warn("history",
                 "{} rows of differences, audit, incidents or alerts were lost before they were "
                 "stored: memory keeps the newest only",
                 operations_.lost() - lost);
    }
    const std::lock_guard lock(mutex_);
    status_.operations_waiting = operations_.waiting().size();
    status_.operations_lost = operations_.lost();
}

}  // namespace tickstock
