#include "channels/channel_health.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace tickstock {
namespace {

double share(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

double milliseconds_of(Nanos time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

double seconds_of(Nanos time) {
    return std::chrono::duration<double>(time).count();
}

Nanos mean(Nanos sum, std::uint64_t count) {
    return count == 0 ? Nanos{0} : sum / static_cast<std::int64_t>(count);
}

}  // namespace

ChannelHealth::ChannelHealth(Nanos timeout, const CircuitSettings& circuit)
    : ChannelHealth(timeout, circuit, Limits()) {}

ChannelHealth::ChannelHealth(Nanos timeout, const CircuitSettings& circuit, const Limits& limits)
    : timeout_(timeout), limits_(limits), circuit_(circuit) {}

bool ChannelHealth::on_batch_done(const BatchDone& batch, Nanos now) {
    const Nanos latency = batch.queue_wait + batch.processing;
    const bool timed_out = latency > timeout_;
    const bool failed = batch.errors * 2 > batch.records;
    records_ += batch.records;
    failed_ += batch.errors;
    events_ += batch.events;
    ++batches_;
    processing_sum_ += batch.processing;
    if (batch.timed) {
        last_processing_ = batch.processing;
        latency_.record(latency);
        if (batch.records != 0) {
            last_record_time_ = batch.processing / static_cast<std::int64_t>(batch.records);
            record_time_.record(last_record_time_);
        }
    }
    minute_.add(now, {batch.records, batch.errors, 1, batch.processing});
    if (timed_out) {
        ++timed_out_;
        timed_out_records_ += batch.records;
    }
    if (failed) {
        ++failures_in_row_;
    } else if (!timed_out) {
        failures_in_row_ = 0;
    }
    if (failed) {
        circuit_.on_failure(now, "records failed");
    } else if (timed_out) {
        circuit_.on_failure(now, "a batch timed out");
    } else {
        circuit_.on_success(now);
    }
    return timed_out;
}

void ChannelHealth::on_slow(const SlowRecord& record) {
    const auto too_old = [&](const SlowRecord& other) {
        return record.at - other.at >= slowest_age;
    };
    if (slowest_.size() == slowest_limit && record.time <= slowest_.back().time &&
        !too_old(slowest_.front())) {
        return;  // the usual case: no slower than any of these
    }
    std::erase_if(slowest_, too_old);
    const auto place = std::find_if(slowest_.begin(), slowest_.end(), [&](const SlowRecord& other) {
        return other.time < record.time;
    });
    slowest_.insert(place, record);
    if (slowest_.size() > slowest_limit) {
        slowest_.pop_back();
    }
}

void ChannelHealth::on_error(ChannelError error) {
    if (errors_.size() == errors_limit) {
        errors_.erase(errors_.begin());
    }
    errors_.push_back(std::move(error));
}

void ChannelHealth::begin_anew(Nanos now) {
    failures_in_row_ = 0;
    minute_.clear();
    circuit_.reset(now, "the channel was begun anew");
}

double ChannelHealth::error_rate(Nanos now) {
    const auto& sums = minute_.at(now);
    return sums.records < limits_.least_records ? 0 : share(sums.errors, sums.records);
}

double ChannelHealth::lifetime_error_rate() const {
    return share(failed_, records_);
}

Nanos ChannelHealth::mean_time(Nanos now) {
    const auto& sums = minute_.at(now);
    return mean(sums.time, sums.batches);
}

std::vector<std::string> ChannelHealth::why_unhealthy(Nanos now) {
    std::vector<std::string> why;
    judge(now, CircuitState::Closed, &why);
    return why;
}

/// With `why` it goes on to the end and says everything.
bool ChannelHealth::judge(Nanos now, CircuitState also_good, std::vector<std::string>* why) {
    bool healthy = true;
    const auto fails = [&](bool bad, auto text) {
        if (bad) {
            healthy = false;
            if (why != nullptr) {
                why->push_back(text());
            }
        }
    };
    circuit_.poll(now);
    fails(status_ == ChannelStatus::Error || status_ == ChannelStatus::Shutdown,
          [&] { return fmt::format("status is {}", to_string(status_)); });
    const CircuitState circuit = circuit_.state();
    fails(circuit != CircuitState::Closed && circuit != also_good, [&] {
        return fmt::format("circuit is {}: {}", to_string(circuit_.state()),
                           circuit_.history().back().reason);
    });
    const double rate = error_rate(now);
    fails(rate > limits_.error_rate, [&] {
        return fmt::format("error rate {:.1f} % over the last 60 s, limit {:.0f} %", 100 * rate,
                           100 * limits_.error_rate);
    });
    const Nanos time = mean_time(now);
    fails(time > limits_.mean_time, [&] {
        return fmt::format("mean time {:.1f} s over the last 60 s, limit {:.1f} s",
                           seconds_of(time), seconds_of(limits_.mean_time));
    });
    fails(lag_ > limits_.lag, [&] {
        return fmt::format("lag {:.1f} s, limit {:.1f} s", seconds_of(lag_),
                           seconds_of(limits_.lag));
    });
    return healthy;
}

ChannelMetrics ChannelHealth::metrics(Nanos now) {
    ChannelMetrics metrics;
    metrics.processed_count = records_;
    metrics.error_count = failed_;
    metrics.last_processing_time_ms = milliseconds_of(last_processing_);
    metrics.avg_processing_time_ms = milliseconds_of(mean(processing_sum_, batches_));
    metrics.events_generated = events_;
    metrics.status = status_;
    metrics.batches = batches_;
    metrics.timed_out = timed_out_;
    metrics.timed_out_records = timed_out_records_;
    metrics.error_rate = 100 * error_rate(now);
    metrics.lifetime_error_rate = 100 * lifetime_error_rate();
    metrics.success_rate = 100 - metrics.error_rate;
    metrics.mean_time_ms = milliseconds_of(mean_time(now));
    metrics.lag_ms = milliseconds_of(lag_);
    metrics.p50_ms = milliseconds_of(latency_.quantile(0.5));
    metrics.p95_ms = milliseconds_of(latency_.quantile(0.95));
    metrics.p99_ms = milliseconds_of(latency_.quantile(0.99));
    metrics.healthy = healthy(now);
    metrics.circuit = circuit_.state();
    metrics.circuit_trips = circuit_.trips();
    return metrics;
}

void ChannelHealth::save_totals(StateWriter& out) const {
    out(records_, failed_, events_, batches_, timed_out_, timed_out_records_, processing_sum_);
}

void ChannelHealth::add_totals(StateReader& in) {
    std::array<std::uint64_t, 6> sums{};
    Nanos processing{0};
    in(sums, processing);
    std::size_t next = 0;
    for (std::uint64_t* count :
         {&records_, &failed_, &events_, &batches_, &timed_out_, &timed_out_records_}) {
        *count += sums[next++];
    }
    processing_sum_ += processing;
}

}  // namespace tickstock
