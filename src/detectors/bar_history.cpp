#include "detectors/bar_history.hpp"

#include <algorithm>
#include <limits>

#include "base/assert.hpp"

namespace tickstock {
namespace {

/// REQUIRES: divisor > 0.
int128 divide_half_even(int128 value, int128 divisor) {
    int128 quotient = value / divisor;
    int128 remainder = value % divisor;
    if (remainder < 0) {
        --quotient;
        remainder += divisor;
    }
    const int128 rest = divisor - remainder;
    const bool up = remainder > rest || (remainder == rest && quotient % 2 != 0);
    return quotient + (up ? 1 : 0);
}

}  // namespace

std::int64_t BarHistory::percent_e9(const Bar& bar) {
    constexpr int128 limit = std::numeric_limits<std::int64_t>::max();
    const int128 percent =
        bar.has_percent_change
            ? int128{bar.percent_change_micro} * 1'000
            : divide_half_even(int128{(bar.close - bar.open).raw()} * 100 * 1'000'000'000,
                               bar.open.raw());
    return static_cast<std::int64_t>(std::clamp(percent, -limit, limit));
}

Direction BarHistory::direction_of(const Bar& bar) {
    const std::int64_t change =
        bar.has_percent_change ? bar.percent_change_micro : (bar.close - bar.open).raw();
    return change > 0 ? Direction::Up : change < 0 ? Direction::Down : Direction::None;
}

BarHistory::KeptBar BarHistory::kept(const Bar& bar) {
    return {bar.header.ts_event, bar.high,          bar.low, bar.volume,
            percent_e9(bar),     direction_of(bar), 0};
}

void BarHistory::restart() {
    bars_.clear();
    forgotten_high_.reset();
    forgotten_low_.reset();
}

void BarHistory::take(std::optional<Extreme>& extreme, Extreme other, Side side) {
    const bool beyond =
        !extreme || (side == high ? other.price > extreme->price : other.price < extreme->price);
    if (beyond) {
        extreme = other;
    }
}

void BarHistory::forget_oldest() {
    take(forgotten_high_, extreme_of(bars_.front(), high), high);
    take(forgotten_low_, extreme_of(bars_.front(), low), low);
    bars_.erase(bars_.begin());
}

std::optional<std::size_t> BarHistory::put(KeptBar bar) {
    auto place =
        std::lower_bound(bars_.begin(), bars_.end(), bar.start,
                         [](const KeptBar& kept, UnixNanos start) { return kept.start < start; });
    const bool known = place != bars_.end() && place->start == bar.start;
    const auto newer = static_cast<std::size_t>(bars_.end() - place) - (known ? 1 : 0);
    if (newer >= revisable) {
        return std::nullopt;
    }
    if (known) {
        bar.told |= place->told;
        *place = bar;
    } else {
        if (bars_.size() == capacity) {
            forget_oldest();
        }
        place = bars_.insert(bars_.end() - static_cast<std::ptrdiff_t>(newer), bar);
    }
    return static_cast<std::size_t>(place - bars_.begin());
}

BarHistory::VolumeSum BarHistory::volume_before(std::size_t index, std::size_t limit) const {
    VolumeSum volume;
    for (std::size_t i = index - std::min(index, limit); i < index; ++i) {
        volume.sum += bars_[i].volume.raw();
        ++volume.bars;
    }
    return volume;
}

std::optional<BarHistory::Extreme> BarHistory::extreme_of_others(std::size_t index,
                                                                 Side side) const {
    std::optional<Extreme> extreme = side == high ? forgotten_high_ : forgotten_low_;
    for (std::size_t i = 0; i < bars_.size(); ++i) {
        if (i != index) {
            take(extreme, extreme_of(bars_[i], side), side);
        }
    }
    return extreme;
}

std::optional<BarHistory::Extreme> BarHistory::extreme_before(std::size_t index, Side side) const {
    std::optional<Extreme> extreme;
    for (std::size_t i = index - std::min(index, bars_before); i < index; ++i) {
        take(extreme, extreme_of(bars_[i], side), side);
    }
    return extreme;
}

BarHistory::Run BarHistory::run_to(std::size_t index) const {
    constexpr std::size_t bars = 5;
    constexpr int least = 4;
    Run run;
    if (index + 1 < bars) {
        return run;
    }
    int up = 0;
    int down = 0;
    for (std::size_t i = index + 1 - bars; i <= index; ++i) {
        run.percent_sum_e9 += bars_[i].percent_e9;
        up += bars_[i].direction == Direction::Up ? 1 : 0;
        down += bars_[i].direction == Direction::Down ? 1 : 0;
    }
    run.direction = up >= least ? Direction::Up : down >= least ? Direction::Down : Direction::None;
    return run;
}

}  // namespace tickstock
