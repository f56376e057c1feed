#include "rollout/path_evidence.hpp"

#include <cstddef>

namespace tickstock {
namespace {

void subtract(std::uint64_t& from, std::uint64_t earlier) {
    from -= earlier < from ? earlier : from;
}

}  // namespace

PathCounts& PathCounts::operator+=(const PathCounts& other) {
    records += other.records;
    channel_requests += other.channel_requests;
    channel_successes += other.channel_successes;
    channel_failures += other.channel_failures;
    legacy_fallbacks += other.legacy_fallbacks;
    set_aside += other.set_aside;
    for (std::size_t i = 0; i < failures_by_cause.size(); ++i) {
        failures_by_cause[i] += other.failures_by_cause[i];
    }
    errors += other.errors;
    not_rolled_out += other.not_rolled_out;
    return *this;
}

PathCounts& PathCounts::operator-=(const PathCounts& earlier) {
    subtract(records, earlier.records);
    subtract(channel_requests, earlier.channel_requests);
    subtract(channel_successes, earlier.channel_successes);
    subtract(channel_failures, earlier.channel_failures);
    subtract(legacy_fallbacks, earlier.legacy_fallbacks);
    subtract(set_aside, earlier.set_aside);
    for (std::size_t i = 0; i < failures_by_cause.size(); ++i) {
        subtract(failures_by_cause[i], earlier.failures_by_cause[i]);
    }
    subtract(errors, earlier.errors);
    subtract(not_rolled_out, earlier.not_rolled_out);
    return *this;
}

ComparisonCounts& ComparisonCounts::operator+=(const ComparisonCounts& other) {
    linear += other.linear;
    multi_channel += other.multi_channel;
    matched += other.matched;
    near += other.near;
    missing += other.missing;
    extra += other.extra;
    late += other.late;
    lost += other.lost;
    return *this;
}

ComparisonCounts& ComparisonCounts::operator-=(const ComparisonCounts& earlier) {
    subtract(linear, earlier.linear);
    subtract(multi_channel, earlier.multi_channel);
    subtract(matched, earlier.matched);
    subtract(near, earlier.near);
    subtract(missing, earlier.missing);
    subtract(extra, earlier.extra);
    subtract(late, earlier.late);
    subtract(lost, earlier.lost);
    return *this;
}

void PathTimes::add_pair(Nanos linear_time, Nanos multi_channel_time) {
    linear.record(linear_time);
    multi_channel.record(multi_channel_time);
    ++pairs;
    wins += multi_channel_time <= linear_time + win_margin ? 1U : 0U;
    saved_ns += (linear_time - multi_channel_time).count();
}

PathTimes& PathTimes::operator+=(const PathTimes& other) {
    linear += other.linear;
    multi_channel += other.multi_channel;
    added += other.added;
    pairs += other.pairs;
    wins += other.wins;
    saved_ns += other.saved_ns;
    return *this;
}

PathTimes& PathTimes::operator-=(const PathTimes& earlier) {
    linear -= earlier.linear;
    multi_channel -= earlier.multi_channel;
    added -= earlier.added;
    subtract(pairs, earlier.pairs);
    subtract(wins, earlier.wins);
    saved_ns -= earlier.saved_ns;
    return *this;
}

PathEvidence& PathEvidence::operator+=(const PathEvidence& other) {
    paths += other.paths;
    comparison += other.comparison;
    times += other.times;
    accounting_closes = accounting_closes && other.accounting_closes;
    return *this;
}

PathEvidence& PathEvidence::operator-=(const PathEvidence& earlier) {
    paths -= earlier.paths;
    comparison -= earlier.comparison;
    times -= earlier.times;
    return *this;
}

}  // namespace tickstock
