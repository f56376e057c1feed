// RunningEngine: integration and rollout (SPEC 15). Who is in charge of which symbols is a
// decision like others; RolloutControl says what is wanted.

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/running_engine.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

constexpr Nanos tiers_interval = std::chrono::seconds(10);

}  // namespace

/// Before the shards take the pipelines: how the journal left it.
void RunningEngine::open_rollout(const RolloutControl::ReadAgain& again) {
    const MarketDataServiceIntegrator* integrator = system_->pipeline(0).integrator();
    if (integrator == nullptr) {
        return;
    }
    rollout_ = std::make_unique<RolloutControl>(config_.rollout);
    rollout_is_known_ = integrator->change().has_value();
    tick_was_parked_ = integrator->is_parked();
    if (const auto error = rollout_->restore(integrator->change(), again, disk_,
                                             config_.data.directory + "/rollout")) {
        log_warn("rollout", "{}", error->message);
    }
    statistics_.resize(config_.engine.shards);
}

/// Symbols that have fallen back in a shard: their events wait for this.
void RunningEngine::grant_fallbacks() {
    if (!rollout_) {
        return;
    }
    for (const auto& shard : shards_) {
        if (std::vector<PathFallback::Fallen> fallen = shard->take_fallen(); !fallen.empty()) {
            const UnixNanos wall = clock_.wall();
            for (const PathFallback::Fallen& symbol : fallen) {
                fallen_at_.insert_or_assign(symbol.symbol, wall);
                log_warn("rollout", "{} falls back to the linear path from {} on ({})",
                         system_->symbols().text(symbol.symbol).view(), symbol.from.value(),
                         to_string(symbol.cause));
            }
            shard->grant_fallbacks(decide(PathFallback{std::move(fallen)}, "integrator"));
            wake_();
        }
    }
}

RolloutControl::Look RunningEngine::look_at_paths(Nanos now) const {
    RolloutControl::Look look;
    look.wall = clock_.wall();
    look.now = now;
    look.clock = system_->clock();
    look.tick_channel_usable =
        !supervisors_[static_cast<std::size_t>(ChannelType::Tick)].is_parked();
    look.error_alerts = error_alerts_;
    for (const auto& shard : shards_) {
        if (const auto report = shard->report(); report->integration) {
            look.total += report->integration->evidence;
            look.symbols_multi_channel += report->integration->symbols_multi_channel;
        }
    }
    return look;
}

void RunningEngine::supervise_rollout(Nanos now) {
    if (!rollout_) {
        return;
    }
    bool new_statistics = false;
    for (const auto& shard : shards_) {
        if (auto differences = shard->take_differences(); !differences.empty()) {
            rollout_->add_differences(std::move(differences));
        }
        const auto report = shard->report();
        if (report->integration &&
            statistics_[shard->number()] != report->integration->statistics) {
            statistics_[shard->number()] = report->integration->statistics;
            new_statistics = true;
        }
    }
    if (new_statistics) {
        std::vector<SymbolStatistics> all;
        for (const auto& statistics : statistics_) {
            if (statistics) {
                all.insert(all.end(), statistics->begin(), statistics->end());
            }
        }
        // Symbols without a day count, too: a share is one of all symbols.
        std::vector<SymbolText> known;
        for (const SymbolStatistics& symbol : all) {
            known.push_back(symbol.symbol);
        }
        std::ranges::sort(known);
        const std::size_t symbols = system_->symbols().size();
        for (std::uint32_t id = 0; id < symbols; ++id) {
            const SymbolText text = system_->symbols().text(SymbolId{id});
            if (!text.view().empty() && !std::ranges::binary_search(known, text)) {
                all.push_back({text, 0, 0, 0, 0});
            }
        }
        rollout_->set_statistics(std::move(all));
    }
    // All symbols fell back with a pause, however short it was.
    RolloutControl::Look look = look_at_paths(now);
    look.tick_channel_usable = look.tick_channel_usable && !std::exchange(tick_was_parked_, false);
    if (auto change = rollout_->look(look)) {
        log_error("rollout", "EMERGENCY FALLBACK: {}", change->reason);
        decide(std::move(*change), "fallback monitor");
    }
    rollout_->save(now);
}

CommandAnswer RunningEngine::roll_out(const RolloutCommand& wanted, const std::string& by) {
    using Code = CommandAnswer::Code;
    if (!rollout_) {
        return {Code::Refused,
                "the integrator is not installed: set integration.installed and start again", 0};
    }
    auto change = rollout_->plan(wanted, look_at_paths(clock_.monotonic()));
    if (!change) {
        return {Code::Refused, change.error().message, 0};
    }
    const auto cause = change->cause;
    const Sequence at = decide(std::move(*change), by);
    log_info("rollout", "{} by {}: {}", to_string(cause), by, wanted.reason);
    return {Code::Done, fmt::format("{}; {}", decisions_.back().text, rollout_->newest_change()),
            at.value()};
}

/// A walk over all symbols: seldom.
void RunningEngine::count_tiers(RolloutStatus& status, Nanos now) {
    const bool due = tiers_at_ == Nanos{0} || now - tiers_at_ >= tiers_interval ||
                     tiers_of_ != last_rollout_change_;
    if (due) {
        tiers_at_ = now;
        tiers_of_ = last_rollout_change_;
        tiers_.symbols_by_tier = {};
        tiers_.selected_by_tier = {};
        const std::size_t symbols = system_->symbols().size();
        for (std::uint32_t id = 0; id < symbols; ++id) {
            const SymbolText text = system_->symbols().text(SymbolId{id});
            if (text.view().empty()) {
                continue;
            }
            const auto tier = static_cast<std::size_t>(rollout_->tier_of(text));
            ++tiers_.symbols_by_tier[tier];
            tiers_.selected_by_tier[tier] += rollout_->selects(text) ? 1U : 0U;
        }
    }
    status.symbols_by_tier = tiers_.symbols_by_tier;
    status.selected_by_tier = tiers_.selected_by_tier;
}

void RunningEngine::update_rollout_status(Nanos now) {
    if (!rollout_) {
        return;
    }
    auto status = std::make_shared<RolloutStatus>(rollout_->status(look_at_paths(now)));
    status->fallen.clear();
    std::uint64_t multi_channel = 0;
    for (const auto& shard : shards_) {
        const auto report = shard->report();
        if (!report->integration) {
            continue;
        }
        multi_channel += report->integration->symbols_multi_channel;
        if (shard->number() != 0) {
            continue;  // the journal's are the same in all
        }
        for (const auto& fallen : report->integration->fallen) {
            FallenSymbol symbol;
            symbol.symbol = system_->symbols().text(fallen.what.symbol).view();
            symbol.from = fallen.what.from;
            symbol.decided = fallen.decided;
            symbol.cause = fallen.what.cause;
            const auto known = fallen_at_.find(fallen.what.symbol);
            symbol.wall = known == fallen_at_.end() ? UnixNanos{} : known->second;
            status->fallen.push_back(std::move(symbol));
        }
    }
    std::ranges::sort(status->fallen, [](const FallenSymbol& a, const FallenSymbol& b) {
        return std::tie(a.symbol, a.from) < std::tie(b.symbol, b.from);
    });
    const auto again = std::ranges::unique(status->fallen, {}, &FallenSymbol::symbol);
    status->fallen.erase(again.begin(), again.end());
    count_tiers(*status, now);
    const std::uint64_t symbols =
        status->symbols_by_tier[0] + status->symbols_by_tier[1] + status->symbols_by_tier[2];
    status->symbols_multi_channel = multi_channel;
    status->symbols_linear = symbols - std::min(symbols, multi_channel);
    status_.rollout = std::move(status);
}

}  // namespace tickstock
