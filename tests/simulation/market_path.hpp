#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/price.hpp"
#include "simulation/plan.hpp"
#include "simulation/random_stream.hpp"

namespace tickstock::sim {

/// The true price of every symbol over a seed's time, the same for all its sources: a walk in steps
/// of 100 ms with a rush now and then. Plain symbols stay so close to their first price that no
/// guard ever minds.
class MarketPath {
public:
    static constexpr std::int64_t step_ns = 100'000'000;

    explicit MarketPath(const Plan& plan) : start_(plan.start) {
        const auto steps =
            static_cast<std::size_t>((plan.duration + plan.calm).count() / step_ns) + 2;
        for (std::uint32_t symbol = 0; symbol < plan.symbols; ++symbol) {
            RandomStream random(plan.seed, "market " + std::to_string(symbol));
            std::int64_t cents = random.between(500, 60'000);
            const std::int64_t first = cents;
            const std::int64_t stride = std::max<std::int64_t>(1, cents / 4'000);
            std::int64_t rush = 0;
            std::vector<std::int64_t>& path = cents_.emplace_back();
            path.reserve(steps);
            for (std::size_t i = 0; i < steps; ++i) {
                if (random.chance(10'000)) {
                    rush = random.between(-3, 3) * stride;
                }
                rush = random.chance(100'000) ? 0 : rush;
                cents += random.between(-stride, stride) + rush;
                const std::int64_t room =
                    is_plain_symbol(symbol) ? std::max<std::int64_t>(2, first / 250) : first / 2;
                cents = std::min(std::max(cents, first - room), first + room);
                path.push_back(cents);
            }
        }
    }

    Price at(std::uint32_t symbol, UnixNanos time) const {
        const std::vector<std::int64_t>& path = cents_[symbol];
        const std::int64_t step = std::max<std::int64_t>(0, (time - start_).count() / step_ns);
        return Price::from_cents(path[std::min(static_cast<std::size_t>(step), path.size() - 1)]);
    }

private:
    UnixNanos start_;
    std::vector<std::vector<std::int64_t>> cents_;  // by symbol and step
};

}  // namespace tickstock::sim
