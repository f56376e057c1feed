#include "channels/channel_supervisor.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/assert.hpp"

namespace tickstock {

ChannelSupervisor::ChannelSupervisor(ChannelType channel, unsigned shards, const Settings& settings)
    : channel_(channel), settings_(settings), shards_(shards) {
    TS_ASSERT(shards >= 1 && settings.failures >= 1);
}

void ChannelSupervisor::on_failures(unsigned shard, unsigned in_row, bool idle) {
    TS_ASSERT(shard < shards_.size());
    Shard& of = shards_[shard];
    if (in_row != of.of_before) {
        of.of_before = 0;
    }
    of.in_row = in_row;
    of.idle = idle;
}

bool ChannelSupervisor::failing_everywhere() const {
    const auto fails = [&](const Shard& shard) {
        return shard.of_before == 0 && shard.in_row >= settings_.failures;
    };
    return std::any_of(shards_.begin(), shards_.end(), fails) &&
           std::all_of(shards_.begin(), shards_.end(),
                       [&](const Shard& shard) { return shard.idle || fails(shard); });
}

std::optional<ChannelChange> ChannelSupervisor::poll(Nanos now) {
    if (status_ == ChannelStatus::Initializing || status_ == ChannelStatus::Active) {
        if (!failing_everywhere()) {
            return std::nullopt;
        }
        return ChannelChange{
            channel_, ChannelStatus::Error,
            fmt::format("{} failed batches in a row on every shard", settings_.failures)};
    }
    if (status_ != ChannelStatus::Error || failed_ || now < next_poll()) {
        return std::nullopt;
    }
    const unsigned so_far = returns(now);
    if (so_far >= settings_.retries) {
        failed_ = true;
        return std::nullopt;
    }
    return ChannelChange{channel_, ChannelStatus::Active,
                         fmt::format("begun anew after an error, {} of {} in an hour", so_far + 1,
                                     settings_.retries)};
}

Nanos ChannelSupervisor::next_poll() const {
    return status_ == ChannelStatus::Error && !failed_ ? in_error_since_ + settings_.retry_after
                                                       : Nanos::max();
}

ChannelSupervisor::Answer ChannelSupervisor::pause(std::string_view by, Nanos now) const {
    const std::string_view name = to_string(channel_);
    switch (status_) {
        case ChannelStatus::Initializing:
        case ChannelStatus::Active:
            return {ChannelChange{channel_, ChannelStatus::Paused, fmt::format("by {}", by)}, ""};
        case ChannelStatus::Paused: return {{}, fmt::format("{} is paused already", name)};
        case ChannelStatus::Error: {
            if (failed_) {
                return {{}, fmt::format("{} is in error and stays so until it is resumed", name)};
            }
            const auto left =
                std::max(std::chrono::ceil<std::chrono::seconds>(next_poll() - now).count(),
                         std::int64_t{0});
            return {
                {},
                fmt::format("{} is in error; it is begun anew in {} s at the latest", name, left)};
        }
        case ChannelStatus::Shutdown: break;
    }
    return {{}, fmt::format("{} is shut down", name)};
}

ChannelSupervisor::Answer ChannelSupervisor::resume(std::string_view by) const {
    const std::string_view name = to_string(channel_);
    switch (status_) {
        case ChannelStatus::Paused:
        case ChannelStatus::Error:
            return {ChannelChange{channel_, ChannelStatus::Active, fmt::format("by {}", by)}, ""};
        case ChannelStatus::Initializing: return {{}, fmt::format("{} is starting", name)};
        case ChannelStatus::Active: return {{}, fmt::format("{} is active already", name)};
        case ChannelStatus::Shutdown: break;
    }
    return {{}, fmt::format("{} is shut down", name)};
}

void ChannelSupervisor::applied(const ChannelChange& change, Nanos now, bool by_itself) {
    if (change.to == ChannelStatus::Error) {
        in_error_since_ = now;
    }
    if (change.to == ChannelStatus::Active) {
        if (status_ == ChannelStatus::Error && by_itself) {
            returns_.push_back(now);
            if (returns_.size() > settings_.retries) {
                returns_.pop_front();
            }
        }
        if (status_ == ChannelStatus::Error && !by_itself) {
            returns_.clear();  // a person has looked at it
        }
        for (Shard& shard : shards_) {
            shard.of_before = shard.in_row;
        }
    }
    failed_ = false;
    status_ = change.to;
    reason_ = change.reason;
}

unsigned ChannelSupervisor::returns(Nanos now) const {
    return static_cast<unsigned>(std::count_if(returns_.begin(), returns_.end(), [&](Nanos at) {
        return now - at < settings_.retry_window;
    }));
}

}  // namespace tickstock
