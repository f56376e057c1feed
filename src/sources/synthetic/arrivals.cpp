#include "sources/synthetic/arrivals.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.hpp"

namespace tickstock {
namespace {

/// Walker's table: column i is symbol i with probability keep[i], else alias[i].
void build_alias(const std::vector<SyntheticSymbol>& universe, std::vector<double>& keep,
                 std::vector<std::uint32_t>& alias) {
    const std::size_t n = universe.size();
    keep.resize(n);
    alias.resize(n);
    std::vector<std::uint32_t> small;
    std::vector<std::uint32_t> large;
    for (std::size_t i = 0; i < n; ++i) {
        keep[i] = universe[i].activity * static_cast<double>(n);
        alias[i] = static_cast<std::uint32_t>(i);
        (keep[i] < 1 ? small : large).push_back(static_cast<std::uint32_t>(i));
    }
    while (!small.empty() && !large.empty()) {
        const std::uint32_t poor = small.back();
        const std::uint32_t rich = large.back();
        small.pop_back();
        alias[poor] = rich;
        keep[rich] -= 1 - keep[poor];
        if (keep[rich] < 1) {
            large.pop_back();
            small.push_back(rich);
        }
    }
    for (const auto rest : small) {
        keep[rest] = 1;
    }
}

/// Poisson for small means, by multiplication.
unsigned small_poisson(Random& random, double exp_minus_mean) {
    unsigned count = 0;
    for (double product = random.unit(); product > exp_minus_mean; product *= random.unit()) {
        ++count;
    }
    return count;
}

}  // namespace

double ArrivalProcess::prints_per_arrival(const SyntheticModel& model) {
    return 1 + model.sweep_share * 2.5;  // a sweep prints 2 to 5 (SyntheticTape)
}

ArrivalProcess::ArrivalProcess(const SyntheticModel& model, std::uint64_t seed,
                               const std::vector<SyntheticSymbol>& universe, UnixNanos begin,
                               Nanos slice_length, double trades_per_second)
    : model_(model),
      random_(seed, 1),
      begin_ns_(to_ns(begin)),
      slice_ns_(slice_length.count()),
      base_rate_(trades_per_second * (1 - model.branching_ratio) / prints_per_arrival(model)),
      ring_(static_cast<std::size_t>(horizon.count() / slice_length.count()) + 2) {
    build_alias(universe, keep_, alias_);
}

std::uint32_t ArrivalProcess::choose_symbol() {
    const auto column = random_.below(static_cast<std::uint32_t>(keep_.size()));
    return random_.unit() < keep_[column] ? column : alias_[column];
}

void ArrivalProcess::add_independent(double rate) {
    if (rate <= 0) {
        return;
    }
    const double length = static_cast<double>(slice_ns_);
    const double mean_gap = 1e9 / rate;
    const std::int64_t start = begin_ns_ + slice_ * slice_ns_;
    for (double at = mean_gap * random_.exponential(); at < length;
         at += mean_gap * random_.exponential()) {
        current_.push_back(
            {start + static_cast<std::int64_t>(at), choose_symbol(), Arrival::Kind::Trade});
    }
}

void ArrivalProcess::add_bursts() {
    const double length = static_cast<double>(slice_ns_);
    const std::int64_t start = begin_ns_ + slice_ * slice_ns_;
    for (auto& burst : bursts_) {
        const double mean_gap = 1e9 / burst.rate;
        for (double at = mean_gap * random_.exponential(); at < length;
             at += mean_gap * random_.exponential()) {
            current_.push_back(
                {start + static_cast<std::int64_t>(at), burst.symbol, Arrival::Kind::Trade});
        }
        burst.rate *= burst.decay;
    }
    std::erase_if(bursts_, [](const Burst& burst) { return burst.rate < 0.02; });
}

/// Children of all arrivals of this slice; those that fall into it have children in turn.
void ArrivalProcess::call_forth() {
    const double no_child = stable_exp(-model_.branching_ratio);
    const std::array<double, 3> mean_ns{model_.delay_fast_s * 1e9, model_.delay_middle_s * 1e9,
                                        model_.delay_slow_s * 1e9};
    for (std::size_t i = 0; i < current_.size(); ++i) {
        const Arrival parent = current_[i];
        if (parent.kind != Arrival::Kind::Trade) {
            continue;
        }
        for (unsigned n = small_poisson(random_, no_child); n > 0; --n) {
            const double scale = random_.unit();
            const double mean = mean_ns[scale < 0.4 ? 0 : scale < 0.75 ? 1 : 2];
            const double delay = mean * random_.exponential();
            if (delay >= static_cast<double>(horizon.count())) {
                continue;
            }
            Arrival child = parent;
            child.at_ns += static_cast<std::int64_t>(delay);
            const std::int64_t slice = (child.at_ns - begin_ns_) / slice_ns_;
            (slice == slice_ ? current_ : slot(slice)).push_back(child);
        }
    }
}

const std::vector<Arrival>& ArrivalProcess::next_slice(double activity) {
    // The slot's memory is given back: capacity kept in every slot would add up.
    const std::vector<Arrival> due = std::exchange(slot(slice_), {});
    current_.assign(due.begin(), due.end());
    add_independent(base_rate_ * activity);
    add_bursts();
    call_forth();
    std::sort(current_.begin(), current_.end());
    ++slice_;
    return current_;
}

void ArrivalProcess::add_burst(std::uint32_t symbol, double count, double decay_s) {
    const double rate = count * (1 - model_.branching_ratio) / decay_s;
    const double slice_s = static_cast<double>(slice_ns_) / 1e9;
    bursts_.push_back({symbol, rate, stable_exp(-slice_s / decay_s)});
}

void ArrivalProcess::schedule(const Arrival& arrival) {
    const std::int64_t slice = std::max((arrival.at_ns - begin_ns_) / slice_ns_, slice_);
    TS_ASSERT(slice - slice_ < static_cast<std::int64_t>(ring_.size()) - 1);
    slot(slice).push_back(arrival);
}

}  // namespace tickstock
