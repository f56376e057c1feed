#include "sources/synthetic/universe.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_set>

#include "sources/synthetic/random.hpp"

namespace tickstock {
namespace {

constexpr std::array<std::string_view, 10> fund_names{"USMK", "QTEK", "SMCP", "BNDX", "SEMQ",
                                                      "FNCL", "ENRG", "GLDM", "HLTH", "EMKT"};

char pick(Random& random, std::string_view letters) {
    return letters[random.below(static_cast<std::uint32_t>(letters.size()))];
}

/// One to five letters, mostly consonants, as tickers are.
std::string make_ticker(Random& random) {
    constexpr std::string_view consonants = "BCDFGHJKLMNPQRSTVWXZ";
    constexpr std::string_view vowels = "AEIOUY";
    constexpr std::string_view share_classes = "FY";
    const double kind = random.unit();
    const std::size_t length = kind < 0.002 ? 1 : kind < 0.02 ? 2 : kind < 0.27 ? 3 : 4;
    std::string text;
    for (std::size_t i = 0; i < length; ++i) {
        const bool edge = i == 0 || i + 1 == length;
        text.push_back(edge && random.chance(0.25) ? pick(random, vowels)
                                                   : pick(random, consonants));
    }
    if (length == 4 && random.chance(0.04)) {
        text.push_back(pick(random, share_classes));
    }
    return text;
}

/// Funds stand at ranks 0, 1, 4, 9, 16 … : some of the busiest names are funds.
bool fund_rank(unsigned rank, std::size_t& number) {
    for (number = 0; number < fund_names.size(); ++number) {
        if (number * number == rank) {
            return true;
        }
    }
    return false;
}

double make_price(const SyntheticModel& model, Random& random, bool fund) {
    if (fund) {
        return 40 * stable_exp(1.2 + 0.7 * random.normal());
    }
    if (random.chance(model.penny_stock_share)) {
        return 0.25 + 0.65 * random.unit();
    }
    const double price =
        model.median_price * stable_exp(model.log_price_deviation * random.normal());
    return std::clamp(price, 2.0, 900.0);
}

SyntheticSymbol make_symbol(const SyntheticModel& model, std::uint64_t seed, unsigned rank,
                            unsigned count) {
    Random random(seed, 0x5'0000'0000 + rank);
    SyntheticSymbol symbol;
    std::size_t fund_number = 0;
    symbol.fund = fund_rank(rank, fund_number);
    if (symbol.fund) {
        symbol.text = fund_names[fund_number];
        symbol.tape = 2;
        symbol.listing = 11;
    } else if (random.chance(0.45)) {
        symbol.tape = 1;
        symbol.listing = 10;
    }
    symbol.sector = static_cast<std::uint16_t>(random.below(synthetic_sector_count));
    symbol.previous_close = make_price(model, random, symbol.fund);
    const double p = symbol.previous_close;
    const double depth = static_cast<double>(rank) / std::max(count, 200U);  // 0 busy … 1 quiet
    symbol.market_beta = symbol.fund ? 1.0 : 0.4 + 1.2 * random.unit();
    symbol.sector_beta = symbol.fund ? 0.2 : 0.5 + 0.9 * random.unit();
    symbol.own_volatility = (symbol.fund ? 0.15 : 1.0) * model.own_volatility *
                            stable_exp(0.45 * random.normal()) * (p < 10 ? 1.6 : 1.0);
    symbol.spread = (symbol.fund ? 0.5 : 1.0) * (0.00015 + 0.0025 * depth * depth) *
                    stable_exp(0.3 * random.normal());
    // ln(p / 42) tilts the share: 100 shares of a dear stock are a large order.
    symbol.odd_lot_share =
        std::clamp(model.odd_lot_share + 0.11 * stable_log(p / model.median_price), 0.10, 0.80);
    symbol.band = p < 3 ? 0.20 : depth < 0.15 ? 0.05 : 0.10;
    return symbol;
}

}  // namespace

std::vector<SyntheticSymbol> make_universe(const SyntheticModel& model, std::uint64_t seed,
                                           unsigned count) {
    std::vector<SyntheticSymbol> universe;
    universe.reserve(count);
    std::unordered_set<std::string> taken;
    for (const auto name : fund_names) {
        taken.emplace(name);
    }
    Random names(seed, 0x4'0000'0000);
    double total = 0;
    for (unsigned rank = 0; rank < count; ++rank) {
        SyntheticSymbol symbol = make_symbol(model, seed, rank, count);
        while (symbol.text.empty()) {
            std::string text = make_ticker(names);
            if (taken.insert(text).second) {
                symbol.text = std::move(text);
            }
        }
        symbol.activity =
            stable_exp(-model.zipf_exponent * stable_log(rank + 1 + model.zipf_offset));
        total += symbol.activity;
        universe.push_back(std::move(symbol));
    }
    for (auto& symbol : universe) {
        symbol.activity /= total;
    }
    return universe;
}

}  // namespace tickstock
