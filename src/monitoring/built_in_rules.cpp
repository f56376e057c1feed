#include "monitoring/built_in_rules.hpp"

#include <chrono>
#include <utility>

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using enum AlertSeverity;
using Levels = std::vector<MonitorRule::Level>;

// PERFORMANCE_DEGRADATION (SPEC 13).
constexpr double degradation_factor = 2;
constexpr Nanos degradation_hold = 60s;
// A start takes a moment, and so does a status that is a second old.
constexpr Nanos health_hold = 10s;

double milliseconds(Nanos time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

class Table {
public:
    void add(std::string type, std::string metric, AlertComparison comparison, Levels levels,
             std::string description, Nanos hold = Nanos{0}) {
        rules_.push_back({std::move(type), std::move(metric), comparison, std::move(levels), hold,
                          std::move(description), true});
    }
    void above(std::string type, std::string metric, Levels levels, std::string description,
               Nanos hold = Nanos{0}) {
        add(std::move(type), std::move(metric), AlertComparison::Above, std::move(levels),
            std::move(description), hold);
    }
    void below(std::string type, std::string metric, Levels levels, std::string description) {
        add(std::move(type), std::move(metric), AlertComparison::Below, std::move(levels),
            std::move(description));
    }
    std::vector<MonitorRule> take() { return std::move(rules_); }

private:
    std::vector<MonitorRule> rules_;
};

void add_channels(Table& table, const MonitoringSettings& settings) {
    table.above("CHANNEL_FAILURE", "channel.failed", {{Critical, 0}},
                "A channel is in error or was given up");
    table.above("CHANNEL_UNHEALTHY", "channel.unhealthy", {{Error, 0}}, "A channel is unhealthy");
    table.above("HIGH_LATENCY", "channel.latency_p99_ms",
                {{Warning, milliseconds(settings.latency_p99)}}, "Records take long");
    table.below("LOW_SUCCESS_RATE", "channel.success_rate",
                {{Warning, settings.success_warning}, {Error, settings.success_error}},
                "Records fail");
    table.above("QUEUE_OVERFLOW", "channel.queue_percent",
                {{Warning, settings.queue_warning}, {Error, settings.queue_error}},
                "A channel's queue is nearly full");
    table.above("PERFORMANCE_DEGRADATION", "channel.degradation", {{Warning, degradation_factor}},
                "Records take longer than they did within the hour", degradation_hold);
    table.below("LOW_CONFIDENCE", "channel.confidence", {{Info, settings.confidence}},
                "Fair values are unsure");
}

void add_routing(Table& table, const MonitoringSettings& settings) {
    table.above("ROUTING_ERRORS", "channel_routing.circuit_open", {{Error, 0}},
                "The router's circuit is not closed");
    table.above("ROUTING_ERRORS", "channel_routing.failures", {{Warning, 0}},
                "The router found no channel or no healthy shard");
    table.above("channel_error_rate", "channel_routing.error_rate",
                {{Warning, settings.error_rate}}, "Channel routing error rate exceeded threshold");
    table.above("channel_latency", "channel_routing.avg_routing_time_ms",
                {{Critical, milliseconds(settings.routing_time)}},
                "Channel routing latency exceeded threshold");
}

void add_rollout(Table& table) {
    table.above("EMERGENCY_FALLBACK", "fallback.active", {{Critical, 0}},
                "The channels are switched off, the linear path is in charge");
    table.above("ROLLOUT_FALLBACK", "rollout.fallbacks", {{Warning, 0}},
                "Symbols fell back to the linear path");
    table.above("ROLLOUT_DIFFERENCES", "rollout.differences", {{Warning, 0}},
                "The two paths find different events");
    table.above("ROLLOUT_DIFFERENCES", "rollout.lost_events", {{Error, 0}},
                "The channels lose events of the linear path");
}

void add_feeds(Table& table, const MonitoringSettings& settings) {
    table.above("FEED_STALE", "source.idle_seconds",
                {{Error, std::chrono::duration<double>(settings.feed_stale).count()}},
                "A required source delivers nothing in an open market");
    table.above("FEED_GAP", "source.gaps", {{Warning, 0}}, "A feed has lost records");
    table.above("UNKNOWN_CONDITION", "intake.unknown_conditions", {{Warning, 0}},
                "Trades with an unknown sale condition");
}

void add_system(Table& table, const MonitoringSettings& settings) {
    table.above("MEMORY_USAGE", "process.memory_bytes",
                {{Warning, static_cast<double>(settings.memory_limit)}}, "Too much memory is used");
    table.above("JOURNAL", "journal.stopped", {{Critical, 0}}, "The journal does not write");
    table.above("SHEDDING", "shedding.level", {{Warning, 0}},
                "Events are left out because of load");
    table.above("SNAPSHOT", "snapshot.failing", {{Error, 0}}, "The last snapshot failed");
    table.above("RULE_DISABLED", "rules.disabled_symbols", {{Error, 0}},
                "A rule is switched off by its failures");
    table.above("THREAD_STALL", "thread.stalls", {{Error, 0}},
                "A thread came to no end of a step for over 2 s");
    table.above("SYSTEM_HEALTH", "system.health", {{Warning, 0}, {Error, 1}},
                "A part of the system does not work", health_hold);
}

}  // namespace

std::vector<MonitorRule> built_in_rules(const MonitoringSettings& settings) {
    Table table;
    add_channels(table, settings);
    add_routing(table, settings);
    add_rollout(table);
    add_feeds(table, settings);
    add_system(table, settings);
    return table.take();
}

}  // namespace tickstock
