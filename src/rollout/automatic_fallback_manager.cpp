#include "rollout/automatic_fallback_manager.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tickstock {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;
using Seconds = std::chrono::duration<double>;

void add(AutomaticFallbackManager::Verdict& verdict, std::string_view cause,
         const std::string& text) {
    if (verdict.cause.empty()) {
        verdict.cause = cause;
    }
    verdict.text += verdict.text.empty() ? "" : "; ";
    verdict.text += text;
}

}  // namespace

void AutomaticFallbackManager::reset() {
    tracker_.reset();
    next_.reset();
}

std::optional<AutomaticFallbackManager::Verdict> AutomaticFallbackManager::look(
    Nanos now, const PathEvidence& total, bool in_charge, bool tick_channel_usable) {
    tracker_.add(now, total, settings_.fallback_window);
    if (!in_charge) {
        lost_before_ = total.comparison.lost;
        next_.reset();
        return std::nullopt;
    }
    if (!tick_channel_usable) {
        return Verdict{"channel", "the tick channel is paused or in error", tracker_.window()};
    }
    if (!next_) {
        next_ = now + settings_.fallback_interval;
    }
    // A shorter interval that somebody has just set holds at once.
    next_ = std::min(*next_, now + settings_.fallback_interval);
    if (now < *next_) {
        return std::nullopt;
    }
    next_ = now + settings_.fallback_interval;
    if (!window_full()) {
        return std::nullopt;
    }
    auto verdict = judge(total);
    lost_before_ = total.comparison.lost;
    return verdict;
}

std::optional<AutomaticFallbackManager::Verdict> AutomaticFallbackManager::judge(
    const PathEvidence& total) const {
    Verdict verdict;
    verdict.window = tracker_.window();
    const double seconds = Seconds(verdict.window.span).count();
    if (!total.accounting_closes) {
        add(verdict, "accounting", "the accounting does not close");
    }
    if (total.comparison.lost > lost_before_) {
        add(verdict, "lost_events",
            fmt::format("{} events of the linear path not found within {:g} s",
                        total.comparison.lost - lost_before_,
                        Seconds(settings_.lost_after).count()));
    }
    if (const double rate = error_rate_percent(verdict.window.paths);
        rate > settings_.fallback_error_rate) {
        add(verdict, "error_rate",
            fmt::format("error rate {:.4g} % over the last {:.3g} s (limit {:g} %)", rate, seconds,
                        settings_.fallback_error_rate));
    }
    const double limit_ms = Milliseconds(settings_.fallback_mean).count();
    if (const double mean = verdict.window.mean_ms(); mean > limit_ms) {
        add(verdict, "latency",
            fmt::format("mean {:.4g} ms a record over the last {:.3g} s (limit {:g} ms)", mean,
                        seconds, limit_ms));
    }
    return verdict.cause.empty() ? std::nullopt : std::optional(verdict);
}

}  // namespace tickstock
