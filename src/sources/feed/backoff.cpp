#include "sources/feed/backoff.hpp"

#include <algorithm>

namespace tickstock {
namespace {

Nanos doubled(Nanos first, unsigned times, Nanos max) {
    Nanos pause = std::min(first, max);
    for (unsigned i = 0; i < times && pause < max; ++i) {
        pause = std::min(pause * 2, max);
    }
    return pause;
}

}  // namespace

Backoff::Backoff(const Options& options) : options_(options), state_(options.seed) {}

Nanos Backoff::next() {
    const Nanos limit = doubled(options_.first, failures_, std::max(options_.first, options_.max));
    failures_ = std::min(failures_ + 1, 64U);
    const auto ns = static_cast<double>(limit.count()) * chance();
    return Nanos{std::max<std::int64_t>(1, static_cast<std::int64_t>(ns))};
}

Nanos Backoff::next_eviction() {
    constexpr unsigned doublings_max = 4;
    const Nanos least = doubled(options_.eviction, std::min(evictions_, doublings_max),
                                options_.eviction * (1 << doublings_max));
    evictions_ = std::min(evictions_ + 1, 64U);
    return least +
           Nanos{static_cast<std::int64_t>(static_cast<double>(least.count()) * chance() / 4)};
}

void Backoff::connection_held(Nanos held) {
    if (held >= options_.eviction) {
        evictions_ = 0;
    }
}

double Backoff::chance() {
    // splitmix64
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    z ^= z >> 31;
    return static_cast<double>((z >> 11) + 1) / 9007199254740992.0;  // (0, 1]
}

}  // namespace tickstock
