#pragma once

#include <array>

#include "metrics/metric_family.hpp"

namespace tickstock::metric {

using enum MetricType;

// The integrator (S0 section 4). Without one only the first is told.
inline constexpr MetricFamily integration_enabled{
    "tickstock_integration_enabled", Gauge,
    "1 while the multi-channel path is in charge of symbols beside the linear one, else 0"};
inline constexpr MetricFamily integration_records{"tickstock_integration_records_total", Counter,
                                                  "Records of trades that the integrator has seen"};
inline constexpr MetricFamily channel_requests{
    "tickstock_integration_channel_requests_total", Counter,
    "Records of symbols that the multi-channel path is in charge of"};
inline constexpr MetricFamily channel_successes{
    "tickstock_integration_channel_successes_total", Counter,
    "Of channel_requests, those that the multi-channel path did rightly and in time"};
// Label cause: error, timeout, parked, skipped, difference.
inline constexpr MetricFamily channel_failures{
    "tickstock_integration_channel_failures_total", Counter,
    "Of channel_requests, those that it did not, by cause"};
inline constexpr MetricFamily legacy_fallbacks{"tickstock_integration_legacy_fallbacks_total",
                                               Counter, "Failures that the linear path answered"};
inline constexpr MetricFamily integration_set_aside{
    "tickstock_integration_set_aside_total", Counter, "Failures with fallback_to_legacy off"};
inline constexpr MetricFamily integration_errors{
    "tickstock_integration_errors_total", Counter,
    "Records on which the multi-channel path failed, in charge or muted"};
inline constexpr MetricFamily integration_not_rolled_out{
    "tickstock_integration_not_rolled_out_total", Counter,
    "Bars and fair values of symbols of which the linear path is in charge"};
inline constexpr MetricFamily integration_success_ratio{
    "tickstock_integration_success_ratio", Gauge, "Successes of channel_requests; 1 before any"};
inline constexpr MetricFamily integration_fallback_ratio{
    "tickstock_integration_fallback_ratio", Gauge, "Fallbacks of channel_requests; 0 before any"};
inline constexpr MetricFamily integration_success_percent{
    "tickstock_integration_success_rate_percent", Gauge, "The success ratio as a percentage"};
inline constexpr MetricFamily integration_fallback_percent{
    "tickstock_integration_fallback_rate_percent", Gauge, "The fallback ratio as a percentage"};
inline constexpr MetricFamily channel_success_ratio{
    "tickstock_integration_channel_success_ratio", Gauge,
    "Events of the linear path that the multi-channel path found alike; 1 before any"};
inline constexpr MetricFamily channel_win_ratio{
    "tickstock_integration_channel_win_ratio", Gauge,
    "Pairs in which the multi-channel path was faster or within 1 ms; 0 before any"};
inline constexpr MetricFamily avg_performance_improvement{
    "tickstock_integration_avg_performance_improvement_seconds", Gauge,
    "Mean of linear less multi-channel time a record since the start; positive = channel faster"};
inline constexpr MetricFamily avg_time_improvement{
    "tickstock_integration_avg_time_improvement_seconds", Gauge, "The same since the phase began"};
// Label path: linear, multi_channel, added (what the integrator adds to the path in charge).
inline constexpr MetricFamily integration_latency{
    "tickstock_integration_latency_seconds", Histogram, "Time of a record, a batch each, by path"};

// The rollout (S4).
inline constexpr MetricFamily rollout_phase{"tickstock_rollout_phase", Gauge, "Phase, 0 to 4"};
inline constexpr MetricFamily rollout_percentage{
    "tickstock_rollout_percentage", Gauge, "Share of symbols selected by the flags, 0 to 100"};
// Label path: linear, multi_channel.
inline constexpr MetricFamily rollout_symbols{"tickstock_rollout_symbols", Gauge,
                                              "Symbols, by the path in charge"};
// Label tier: low, medium, high.
inline constexpr MetricFamily rollout_tier_symbols{"tickstock_rollout_tier_symbols", Gauge,
                                                   "Symbols known, by risk tier"};
inline constexpr MetricFamily rollout_selected_symbols{"tickstock_rollout_selected_symbols", Gauge,
                                                       "Symbols selected, by risk tier"};
inline constexpr MetricFamily rollout_fallen{"tickstock_rollout_fallen_symbols", Gauge,
                                             "Symbols that fell back to the linear path"};
inline constexpr MetricFamily rollout_incident{
    "tickstock_rollout_incident_active", Gauge,
    "1 while an automatic fallback or an emergency disable holds, else 0"};
// Label outcome: matched, near, missing, extra, late, lost. Late and lost are of the missing.
inline constexpr MetricFamily rollout_compared{
    "tickstock_rollout_compared_events_total", Counter,
    "Events of both paths held against each other, by outcome"};
// Label flag: as in FeatureFlags.
inline constexpr MetricFamily rollout_flag{"tickstock_rollout_flag", Gauge,
                                           "1 while a feature flag is on, else 0, by flag"};

inline constexpr std::array rollout_families{integration_enabled,
                                             integration_records,
                                             channel_requests,
                                             channel_successes,
                                             channel_failures,
                                             legacy_fallbacks,
                                             integration_set_aside,
                                             integration_errors,
                                             integration_not_rolled_out,
                                             integration_success_ratio,
                                             integration_fallback_ratio,
                                             integration_success_percent,
                                             integration_fallback_percent,
                                             channel_success_ratio,
                                             channel_win_ratio,
                                             avg_performance_improvement,
                                             avg_time_improvement,
                                             integration_latency,
                                             rollout_phase,
                                             rollout_percentage,
                                             rollout_symbols,
                                             rollout_tier_symbols,
                                             rollout_selected_symbols,
                                             rollout_fallen,
                                             rollout_incident,
                                             rollout_compared,
                                             rollout_flag};

}  // namespace tickstock::metric
