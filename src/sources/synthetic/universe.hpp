#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sources/synthetic/model.hpp"

namespace tickstock {

/// What does not change about a synthetic symbol during the day.
struct SyntheticSymbol {
    std::string text;           ///< made up: letters only, unique in the universe
    std::uint8_t tape = 3;      ///< 1 NYSE-listed, 2 regional (funds), 3 Nasdaq-listed
    std::uint8_t listing = 12;  ///< exchange id of the crosses
    bool fund = false;
    std::uint16_t sector = 0;
    double activity = 0;        ///< share of the market's trades; all together 1
    double previous_close = 0;  ///< USD
    double market_beta = 1;
    double sector_beta = 1;
    double own_volatility = 0;  ///< per regular session
    double spread = 0;          ///< typical, as a fraction of the price
    double odd_lot_share = 0;
    double band = 0.10;  ///< LULD, as a fraction of the reference price
};

inline constexpr std::uint16_t synthetic_sector_count = 11;

/// `count` symbols, the busiest first. The same for the same seed; a smaller universe is not a part
/// of a larger one.
std::vector<SyntheticSymbol> make_universe(const SyntheticModel& model, std::uint64_t seed,
                                           unsigned count);

}  // namespace tickstock
