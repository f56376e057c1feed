#pragma once

#include <cstdint>
#include <vector>

#include "support/naive_session_market.hpp"

namespace tickstock::naive {

/// What a random tape shall be rich in.
enum class Flavour : std::uint8_t {
    File,         ///< receive time = event time, some rows late or out of order
    Live,         ///< receive times of their own, 250 ms behind: records run ahead of the clock
    Cooldown,     ///< one price ladder, steps of about a second
    Guard,        ///< many absurd prices
    Corrections,  ///< every third record takes an earlier one back
    Halts,        ///< halts and resumptions all the time
    Borders,      ///< from session border to session border, with a delayed clock
};

/// A tape decoded from random words, one word a record: shrinking a failing tape is removing words.
Tape random_tape(Flavour flavour, std::uint64_t seed, const std::vector<std::uint64_t>& words);

/// A small deterministic generator (splitmix64).
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
        z = (z ^ z >> 27) * 0x94D049BB133111EBU;
        return z ^ z >> 31;
    }
    /// 0 … n − 1.
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }
    bool one_in(std::size_t n) { return below(n) == 0; }
    template <class T, std::size_t N>
    T pick(const T (&choices)[N]) {
        return choices[below(N)];
    }

private:
    std::uint64_t state_;
};

}  // namespace tickstock::naive
