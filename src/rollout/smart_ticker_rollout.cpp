#include "rollout/smart_ticker_rollout.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <tuple>

namespace tickstock {
namespace {

constexpr std::uint16_t all = FeatureFlags::all_buckets;
constexpr std::uint16_t one_percent = all / 100;
constexpr std::uint16_t ten_percent = all / 10;

struct Candidate {
    SymbolText symbol;
    RiskTier tier = RiskTier::High;
    bool known = true;  // by statistics; else by the selection before
    std::uint16_t bucket = 0;
    bool before = false;  // is selected and must stay
};

std::size_t index(RiskTier tier) {
    return static_cast<std::size_t>(tier);
}

/// Each symbol once, by text: those with statistics, and those that only `before` knows.
std::vector<Candidate> candidates(const std::vector<SymbolStatistics>& symbols,
                                  const RolloutSelection& before) {
    std::vector<Candidate> found;
    found.reserve(symbols.size());
    for (const SymbolStatistics& symbol : symbols) {
        found.push_back({symbol.symbol, SmartTickerRollout::assess(symbol), true, 0, false});
    }
    for (const auto* list : {&before.low, &before.medium, &before.kept}) {
        for (const SymbolText& symbol : *list) {
            found.push_back({symbol, RiskTier::High, false, 0, false});
        }
    }
    // Of several words about a symbol statistics count, and of those the higher risk.
    std::ranges::sort(found, [](const Candidate& a, const Candidate& b) {
        return std::tuple(a.symbol, !a.known, b.tier) < std::tuple(b.symbol, !b.known, a.tier);
    });
    const auto repeated = std::ranges::unique(found, {}, &Candidate::symbol);
    found.erase(repeated.begin(), repeated.end());
    for (Candidate& candidate : found) {
        candidate.bucket = rollout_bucket(candidate.symbol.view());
    }
    return found;
}

using Buckets = std::array<std::uint16_t, risk_tier_count>;

bool is_in(const Candidate& candidate, const Buckets& buckets) {
    return candidate.before || candidate.bucket < buckets[index(candidate.tier)];
}

/// Sets the limit of these tiers to the largest with which at most `wanted` symbols are in; to the
/// smallest that lets one in when that would be none at all.
void raise(Buckets& buckets, std::span<const RiskTier> tiers, std::span<const Candidate> symbols,
           std::size_t wanted) {
    std::size_t in = 0;
    std::vector<std::uint16_t> waiting;  // buckets of symbols that a higher limit lets in
    for (const Candidate& candidate : symbols) {
        if (is_in(candidate, buckets)) {
            ++in;
        } else if (std::ranges::find(tiers, candidate.tier) != tiers.end()) {
            waiting.push_back(candidate.bucket);
        }
    }
    if (waiting.empty()) {
        return;
    }
    std::ranges::sort(waiting);
    const std::size_t room = wanted > in ? wanted - in : 0;
    std::uint16_t limit = room < waiting.size() ? waiting[room]  // that one stays out
                                                : static_cast<std::uint16_t>(waiting.back() + 1);
    if (in == 0 && limit == waiting.front()) {
        ++limit;
    }
    for (const RiskTier tier : tiers) {
        buckets[index(tier)] = std::max(buckets[index(tier)], limit);
    }
}

std::size_t share_of(std::size_t symbols, std::uint16_t buckets) {
    return std::max<std::size_t>(symbols * buckets / all, 1);
}

}  // namespace

RiskTier SmartTickerRollout::assess(const SymbolStatistics& statistics) {
    constexpr double low_volume = 1'000'000;  // shares a day
    constexpr double low_volatility = 0.05;
    constexpr double low_events = 10;  // a day
    constexpr double high_volume = 10'000'000;
    constexpr double high_volatility = 0.15;
    constexpr double high_events = 100;
    if (statistics.days == 0) {
        return RiskTier::High;
    }
    if (statistics.daily_volume < low_volume && statistics.daily_volatility < low_volatility &&
        statistics.daily_events < low_events) {
        return RiskTier::Low;
    }
    // Written so that what is not a number is of high risk.
    const bool moderate = statistics.daily_volume <= high_volume &&
                          statistics.daily_volatility <= high_volatility &&
                          statistics.daily_events <= high_events;
    return moderate ? RiskTier::Medium : RiskTier::High;
}

RolloutSelection SmartTickerRollout::select(const std::vector<SymbolStatistics>& symbols,
                                            std::uint16_t buckets, const RolloutSelection& before,
                                            std::uint16_t before_buckets) {
    const bool grows = buckets >= before_buckets && before_buckets > 0;
    std::vector<Candidate> found = candidates(symbols, grows ? before : RolloutSelection{});
    RolloutSelection selection;
    if (grows) {
        // Symbols that nobody has told of yet stay as they are; known ones stay by name, so that
        // a tier that grows lets no more in than are wanted.
        selection.buckets[index(RiskTier::High)] = before.buckets[index(RiskTier::High)];
        for (Candidate& candidate : found) {
            candidate.before = before.selects(candidate.symbol);
        }
    }
    const std::size_t wanted = share_of(found.size(), buckets);
    constexpr std::array low_only{RiskTier::Low};
    constexpr std::array medium_only{RiskTier::Medium};
    constexpr std::array every_tier{RiskTier::Low, RiskTier::Medium, RiskTier::High};
    if (buckets >= all) {
        selection.buckets = {all, all, all};
    } else if (buckets > ten_percent) {
        raise(selection.buckets, every_tier, found, wanted);
        if (found.empty()) {
            selection.buckets = {buckets, buckets, buckets};
        }
    } else if (buckets > 0) {
        raise(selection.buckets, low_only, found, wanted);
        if (buckets > one_percent) {
            raise(selection.buckets, medium_only, found, wanted);
        }
    }
    for (const Candidate& candidate : found) {
        if (candidate.tier == RiskTier::Low) {
            selection.low.push_back(candidate.symbol);
        } else if (candidate.tier == RiskTier::Medium) {
            selection.medium.push_back(candidate.symbol);
        }
        if (candidate.before && candidate.bucket >= selection.buckets[index(candidate.tier)]) {
            selection.kept.push_back(candidate.symbol);
        }
    }
    return selection;
}

}  // namespace tickstock
