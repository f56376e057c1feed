#include "engine/channel_vitals.hpp"

#include <algorithm>

namespace tickstock {
namespace {

constexpr std::size_t shown = 20;

std::string text_of(SymbolId symbol, const SymbolTable& symbols) {
    return symbol.value() < symbols.size() ? std::string(symbols.text(symbol).view()) : "";
}

/// closed < half-open < open
int badness(CircuitState state) {
    return state == CircuitState::Closed ? 0 : state == CircuitState::HalfOpen ? 1 : 2;
}

template <class List>
void keep_newest(List& list) {
    std::ranges::sort(list, {}, [](const auto& entry) { return entry.sequence; });
    if (list.size() > shown) {
        list.erase(list.begin(), list.end() - static_cast<std::ptrdiff_t>(shown));
    }
}

}  // namespace

void merge_vitals(std::span<const ChannelVitals* const> shards, const SymbolTable& symbols,
                  ChannelSummary& summary) {
    summary.healthy = true;
    summary.why_unhealthy.clear();
    summary.errors = summary.timed_out = summary.circuit_trips = summary.dead_letter_total = 0;
    summary.circuit = CircuitState::Closed;
    summary.oldest_age = Nanos{0};
    summary.last_time = Nanos{0};
    summary.processing = {};
    summary.batch = {};
    summary.dead_letters.clear();
    summary.last_errors.clear();
    summary.slowest.clear();
    double processed = 0;
    double failed_now = 0;
    UnixNanos newest;
    for (const ChannelVitals* vitals : shards) {
        const ChannelMetrics& metrics = vitals->metrics;
        summary.healthy = summary.healthy && vitals->healthy;
        for (const std::string& why : vitals->why_unhealthy) {
            if (std::ranges::find(summary.why_unhealthy, why) == summary.why_unhealthy.end()) {
                summary.why_unhealthy.push_back(why);
            }
        }
        summary.errors += metrics.error_count;
        summary.timed_out += metrics.timed_out_records;
        summary.circuit_trips += metrics.circuit_trips;
        if (badness(metrics.circuit) > badness(summary.circuit)) {
            summary.circuit = metrics.circuit;
        }
        summary.oldest_age = std::max({summary.oldest_age, vitals->lag, vitals->parked});
        if (metrics.last_activity >= newest) {
            newest = metrics.last_activity;
            summary.last_time = vitals->last_time;
        }
        summary.processing += vitals->record_time;
        summary.batch += vitals->latency;
        processed += static_cast<double>(metrics.processed_count);
        failed_now = std::max(failed_now, metrics.error_rate);
        summary.dead_letter_total += vitals->dead_letters.total();
        for (const DeadLetter& letter : vitals->dead_letters.newest()) {
            summary.dead_letters.push_back({letter.detector, text_of(letter.symbol, symbols),
                                            letter.sequence, letter.ts, letter.reason});
        }
        for (const ChannelError& error : vitals->errors) {
            summary.last_errors.push_back({error.sequence, error.clock, error.text});
        }
        for (const SlowRecord& slow : vitals->slowest) {
            summary.slowest.push_back({slow.sequence, text_of(slow.symbol, symbols), slow.clock,
                                       slow.time, slow.records});
        }
    }
    summary.error_rate = failed_now;
    summary.error_rate_lifetime =
        processed > 0 ? 100.0 * static_cast<double>(summary.errors) / processed : 0;
    keep_newest(summary.dead_letters);
    keep_newest(summary.last_errors);
    std::ranges::sort(summary.slowest, std::greater<>(),
                      [](const SlowRecordEntry& entry) { return entry.time; });
    if (summary.slowest.size() > shown) {
        summary.slowest.resize(shown);
    }
}

}  // namespace tickstock
