#include "rollout/error_tracker.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace tickstock {
namespace {

constexpr int samples_a_window = 200;

double share_percent(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double error_rate_percent(const PathCounts& counts) {
    return std::max(share_percent(counts.errors, counts.records),
                    share_percent(counts.channel_failures, counts.channel_requests));
}

double ErrorTracker::Window::mean_ms() const {
    using Milliseconds = std::chrono::duration<double, std::milli>;
    return timed == 0 ? 0 : Milliseconds(time).count() / static_cast<double>(timed);
}

void ErrorTracker::add(Nanos now, const PathEvidence& total, Nanos window) {
    TS_ASSERT(window > Nanos{0});
    newest_ = {now, total.paths, total.comparison, total.times.multi_channel.count(),
               total.times.multi_channel.sum()};
    while (samples_.size() > 1 && samples_[1].at <= now - window) {
        samples_.pop_front();
    }
    if (samples_.empty() || now - samples_.back().at >= window / samples_a_window) {
        samples_.push_back(newest_);
    }
    while (samples_.size() > samples_limit) {  // the window has grown shorter
        samples_.pop_front();
    }
}

ErrorTracker::Window ErrorTracker::window() const {
    if (samples_.empty()) {
        return {};
    }
    const Sample& oldest = samples_.front();
    Window window{newest_.at - oldest.at, newest_.paths, newest_.comparison, 0, Nanos{0}};
    window.paths -= oldest.paths;
    window.comparison -= oldest.comparison;
    if (newest_.timed >= oldest.timed && newest_.time >= oldest.time) {
        window.timed = newest_.timed - oldest.timed;
        window.time = newest_.time - oldest.time;
    }
    return window;
}

}  // namespace tickstock
