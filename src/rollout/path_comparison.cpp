#include "rollout/path_comparison.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <string_view>

namespace tickstock {
namespace {

/// Awaited at once: for one more the oldest quarter counts as lost.
constexpr std::size_t pending_limit = 256;
constexpr std::uint8_t free_detection = 0;
constexpr std::uint8_t taken_detection = 1;

bool equal(const auto& a, const auto& b) {
    return a == b;
}

/// As stored: both paths do the same operations in the same order.
bool equal(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

bool equal(const char* a, const char* b) {
    return a == b || (a != nullptr && b != nullptr && std::string_view(a) == b);
}

bool equal(const ConditionList& a, const ConditionList& b) {
    return std::ranges::equal(a.codes(), b.codes());
}

bool equal(const ThresholdList& a, const ThresholdList& b) {
    return std::ranges::equal(a.items(), b.items(), [](const auto& one, const auto& other) {
        return equal(one.name, other.name) && one.value_e12 == other.value_e12;
    });
}

bool equal(const std::vector<RuleMark>& a, const std::vector<RuleMark>& b) {
    return std::ranges::equal(a, b, [](const RuleMark& one, const RuleMark& other) {
        return one.rule == other.rule && one.action == other.action && one.field == other.field &&
               equal(one.value, other.value);
    });
}

/// Without k, which counts all of a lane's finds: one that is lost would make those of all symbols
/// behind it differ.
bool equal(const OrderKey& a, const OrderKey& b) {
    return a.fire == b.fire && a.sequence == b.sequence && a.phase == b.phase && a.rank == b.rank;
}

bool equal(const Evidence& a, const Evidence& b) {
    return a.trade_id == b.trade_id && a.source_sequence == b.source_sequence &&
           equal(a.conditions, b.conditions) && a.luld_band == b.luld_band &&
           a.exchange == b.exchange && a.prior_extreme == b.prior_extreme &&
           a.prior_extreme_ts == b.prior_extreme_ts && a.period == b.period &&
           equal(a.thresholds, b.thresholds) && a.configured == b.configured &&
           equal(a.rule_version, b.rule_version) && equal(a.rules, b.rules);
}

bool equal(const HighLowData& a, const HighLowData& b) {
    return a.session_high == b.session_high && a.session_low == b.session_low &&
           equal(a.vwap, b.vwap) && a.has_vwap == b.has_vwap &&
           a.previous_high == b.previous_high && a.previous_low == b.previous_low &&
           a.count_up == b.count_up && a.count_down == b.count_down && a.coalesced == b.coalesced &&
           equal(a.percent_change, b.percent_change) &&
           equal(a.vwap_divergence, b.vwap_divergence) && equal(a.rel_volume, b.rel_volume) &&
           equal(a.significance, b.significance) && a.reversal == b.reversal &&
           a.trend_flag == b.trend_flag && a.surge_flag == b.surge_flag &&
           a.cancelled == b.cancelled;
}

bool equal(const ControlData& a, const ControlData& b) {
    return a.kind == b.kind && a.reason == b.reason && a.from == b.from && a.to == b.to;
}

bool equal(const TrendData& a, const TrendData& b) {
    return a.strength == b.strength && equal(a.score, b.score) &&
           equal(a.score_short, b.score_short) && equal(a.score_medium, b.score_medium) &&
           equal(a.score_long, b.score_long) && a.vwap_position == b.vwap_position &&
           a.age_seconds == b.age_seconds && a.turn == b.turn && a.count_up == b.count_up &&
           a.count_down == b.count_down;
}

bool equal(const SurgeData& a, const SurgeData& b) {
    return equal(a.magnitude, b.magnitude) && equal(a.score, b.score) && a.strength == b.strength &&
           a.trigger == b.trigger && equal(a.volume_multiplier, b.volume_multiplier) &&
           a.expiration == b.expiration && a.daily_count == b.daily_count &&
           a.baseline == b.baseline;
}

bool equal(const BarData& a, const BarData& b) {
    return equal(a.percent_change, b.percent_change) &&
           equal(a.volume_multiplier, b.volume_multiplier);
}

bool equal(const ValuationData& a, const ValuationData& b) {
    return a.fair_value == b.fair_value && a.reference == b.reference &&
           equal(a.deviation, b.deviation) && equal(a.strength, b.strength);
}

bool equal(const RuleData& a, const RuleData& b) {
    return a.rule == b.rule && a.count == b.count;
}

bool equal(const EventData& a, const EventData& b) {
    return a.index() == b.index() &&
           std::visit(
               [&](const auto& one) {
                   return equal(one, std::get<std::decay_t<decltype(one)>>(b));
               },
               a);
}

/// |a − b| in percent of a; the division is left out, so that the tolerance itself is within.
bool within_percent(Price a, Price b, double percent) {
    constexpr double rounding = 1 + 1e-12;
    return std::abs((a - b).to_double()) * 100 <= percent * std::abs(a.to_double()) * rounding;
}

Nanos distance(const Detection& a, const Detection& b) {
    return a.ts < b.ts ? b.ts - a.ts : a.ts - b.ts;
}

/// The same find, if one may say so, with small differences.
bool is_near(const Detection& linear, const Detection& other,
             const PathComparison::Settings& settings) {
    return linear.symbol == other.symbol && linear.type == other.type &&
           linear.direction == other.direction && linear.timeframe == other.timeframe &&
           linear.session == other.session && linear.session_key == other.session_key &&
           distance(linear, other) <= settings.time_tolerance &&
           within_percent(linear.price, other.price, settings.price_tolerance);
}

PathDifference difference(PathDifference::Kind kind, const Detection* linear,
                          const Detection* multi_channel) {
    PathDifference made;
    made.kind = kind;
    if (linear != nullptr) {
        made.linear = *linear;
    }
    if (multi_channel != nullptr) {
        made.multi_channel = *multi_channel;
    }
    return made;
}

/// Of those not taken the exact match of `wanted`, looked for from `from` on and around: the lists
/// are in the same order nearly always. The size when there is none.
std::size_t find_same(const Detection& wanted, std::span<const Detection> in,
                      std::span<const std::uint8_t> taken, std::size_t from) {
    for (std::size_t i = from; i < in.size(); ++i) {
        if (taken[i] == free_detection && PathComparison::same(wanted, in[i])) {
            return i;
        }
    }
    for (std::size_t i = 0; i < from; ++i) {
        if (taken[i] == free_detection && PathComparison::same(wanted, in[i])) {
            return i;
        }
    }
    return in.size();
}

/// Marks what is the same on both sides; how many.
std::uint64_t take_same(std::span<const Detection> linear, std::span<const Detection> other,
                        std::span<std::uint8_t> linear_taken, std::span<std::uint8_t> other_taken) {
    std::uint64_t matched = 0;
    std::size_t at = 0;
    for (std::size_t i = 0; i < linear.size(); ++i) {
        const std::size_t found = find_same(linear[i], other, other_taken, at);
        if (found < other.size()) {
            other_taken[found] = taken_detection;
            linear_taken[i] = taken_detection;
            at = found + 1;
            ++matched;
        }
    }
    return matched;
}

/// Of those not taken the near one closest in time, the first of several. The size when none is.
std::size_t nearest(const Detection& wanted, std::span<const Detection> in,
                    std::span<const std::uint8_t> taken, const PathComparison::Settings& settings) {
    std::size_t best = in.size();
    for (std::size_t i = 0; i < in.size(); ++i) {
        if (taken[i] == free_detection && is_near(wanted, in[i], settings) &&
            (best == in.size() || distance(wanted, in[i]) < distance(wanted, in[best]))) {
            best = i;
        }
    }
    return best;
}

/// Of those awaited the one that `found` is: the same, else the oldest that is near.
auto find_late(auto& pending, const Detection& found, const PathComparison::Settings& settings) {
    const auto same = std::ranges::find_if(
        pending, [&](const auto& one) { return PathComparison::same(one.detection, found); });
    return same != pending.end() ? same : std::ranges::find_if(pending, [&](const auto& one) {
        return is_near(one.detection, found, settings);
    });
}

/// Those whose time is over at `clock`; how many.
std::uint64_t drop_lost(auto& pending, UnixNanos clock) {
    const auto end =
        std::ranges::find_if(pending, [clock](const auto& one) { return one.lost_at >= clock; });
    const auto lost = static_cast<std::uint64_t>(end - pending.begin());
    pending.erase(pending.begin(), end);
    return lost;
}

}  // namespace

bool PathComparison::same(const Detection& a, const Detection& b) {
    return a.symbol == b.symbol && equal(a.key, b.key) && a.type == b.type &&
           a.direction == b.direction && a.timeframe == b.timeframe && a.source == b.source &&
           a.session == b.session && a.session_key == b.session_key && a.price == b.price &&
           a.ts == b.ts && equal(a.confidence, b.confidence) && a.volume == b.volume &&
           equal(a.score, b.score) && a.revises_last == b.revises_last &&
           a.known_from_trades == b.known_from_trades && equal(a.data, b.data) &&
           equal(a.evidence, b.evidence);
}

void PathComparison::compare(std::span<const Detection> linear,
                             std::span<const Detection> multi_channel, UnixNanos clock,
                             std::vector<PathDifference>& out) {
    counts_.lost += drop_lost(pending_, clock);
    counts_.linear += linear.size();
    counts_.multi_channel += multi_channel.size();
    // Flags of multi_channel, and behind them those of linear.
    taken_.assign(multi_channel.size() + linear.size(), free_detection);
    const std::span<std::uint8_t> other_taken(taken_.data(), multi_channel.size());
    const std::span<std::uint8_t> linear_taken(taken_.data() + multi_channel.size(), linear.size());
    const std::uint64_t matched = take_same(linear, multi_channel, linear_taken, other_taken);
    counts_.matched += matched;
    if (matched == linear.size() && matched == multi_channel.size()) {
        return;
    }
    for (std::size_t i = 0; i < linear.size(); ++i) {
        if (linear_taken[i] != free_detection) {
            continue;
        }
        const std::size_t near = nearest(linear[i], multi_channel, other_taken, settings_);
        if (near < multi_channel.size()) {
            other_taken[near] = taken_detection;
            linear_taken[i] = taken_detection;
            ++counts_.near;
            out.push_back(difference(PathDifference::Kind::Near, &linear[i], &multi_channel[near]));
        }
    }
    // What was missing before is answered before this run's, which is not late yet.
    for (std::size_t i = 0; i < multi_channel.size(); ++i) {
        if (other_taken[i] != free_detection) {
            continue;
        }
        const auto late = find_late(pending_, multi_channel[i], settings_);
        if (late == pending_.end()) {
            ++counts_.extra;
            out.push_back(difference(PathDifference::Kind::Extra, nullptr, &multi_channel[i]));
            continue;
        }
        ++counts_.late;
        out.push_back(
            difference(PathDifference::Kind::Missing, &late->detection, &multi_channel[i]));
        out.back().late = true;
        pending_.erase(late);
    }
    for (std::size_t i = 0; i < linear.size(); ++i) {
        if (linear_taken[i] != free_detection) {
            continue;
        }
        ++counts_.missing;
        out.push_back(difference(PathDifference::Kind::Missing, &linear[i], nullptr));
        if (pending_.size() == pending_limit) {
            constexpr std::size_t given_up = pending_limit / 4;
            counts_.lost += given_up;
            pending_.erase(pending_.begin(), pending_.begin() + given_up);
        }
        pending_.push_back({linear[i], clock + settings_.lost_after});
    }
}

}  // namespace tickstock
