#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/hash.hpp"

namespace tickstock::sim {

__extension__ using sim_uint128 = unsigned __int128;

/// Random numbers of one component of the simulation. Every component has its own stream, split
/// from the seed by the component's name, so that what one does never shifts what another draws.
class RandomStream {
public:
    RandomStream(std::uint64_t seed, std::string_view component)
        : state_(mix(seed) ^ xxh64(component)) {}

    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15ULL;
        return mix(state_);
    }
    /// 0 … n − 1. REQUIRES: n > 0.
    std::uint64_t below(std::uint64_t n) {
        return static_cast<std::uint64_t>((static_cast<sim_uint128>(next()) * n) >> 64);
    }
    /// low … high, both included.
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
    }
    /// True `parts` times of a million.
    bool chance(std::uint64_t parts) { return below(1'000'000) < parts; }
    template <std::size_t N, class T>
    T pick(const T (&choices)[N]) {
        return choices[below(N)];
    }

private:
    static std::uint64_t mix(std::uint64_t z) {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }

    std::uint64_t state_;
};

}  // namespace tickstock::sim
