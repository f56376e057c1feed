#include "router/symbol_placement.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace tickstock {
namespace {

/// Symbols that a new rule is asked about in one call of moves().
constexpr std::size_t asked_at_once = 10'000;

}  // namespace

SymbolPlacement::SymbolPlacement(unsigned shards, RouterStrategy strategy)
    : strategy_(strategy),
      health_(shards),
      rules_(shards),
      symbols_on_(shards, 0),
      proposed_on_(shards, 0) {
    TS_ASSERT(shards >= 1 && shards < unplaced);
}

unsigned SymbolPlacement::place_by_hash(SymbolId symbol, const SymbolTable& symbols) {
    const unsigned shard = hash_place(symbols.text(symbol).view());
    set(symbol, static_cast<std::uint16_t>(shard));
    return shard;
}

unsigned SymbolPlacement::hash_place(std::string_view symbol) const {
    return *rendezvous_among(symbol, health_.shards(), [](unsigned) { return true; });
}

void SymbolPlacement::set(SymbolId symbol, std::uint16_t shard) {
    if (symbol.value() >= place_.size()) {
        place_.resize(std::max<std::size_t>(symbol.value() + 1, place_.size() * 2), unplaced);
    }
    std::uint16_t& place = place_[symbol.value()];
    if (place == unplaced) {
        ++placed_;
    } else {
        --symbols_on_[place];
    }
    place = shard;
    ++symbols_on_[shard];
}

PlaceSymbols SymbolPlacement::place_new(std::span<const SymbolId> symbols,
                                        const SymbolTable& table) {
    PlaceSymbols proposal;
    std::fill(proposed_on_.begin(), proposed_on_.end(), 0);
    for (const SymbolId symbol : symbols) {
        if (is_placed(symbol)) {
            continue;
        }
        const std::string_view text = table.text(symbol).view();
        const unsigned by_hash = hash_place(text);
        const unsigned wanted = choose(text).value_or(by_hash);
        if (wanted == by_hash) {
            set(symbol, static_cast<std::uint16_t>(by_hash));
        } else {
            proposal.places.emplace_back(symbol, static_cast<std::uint16_t>(wanted));
            ++proposed_on_[wanted];
        }
    }
    return proposal;
}

PlaceSymbols SymbolPlacement::moves(Nanos now, const SymbolTable& table) {
    PlaceSymbols moves;
    std::fill(proposed_on_.begin(), proposed_on_.end(), 0);
    const auto propose = [&](std::size_t symbol, unsigned shard) {
        moves.places.emplace_back(SymbolId(static_cast<std::uint32_t>(symbol)),
                                  static_cast<std::uint16_t>(shard));
        ++proposed_on_[shard];
    };
    const auto text_of = [&](std::size_t symbol) {
        return table.text(SymbolId(static_cast<std::uint32_t>(symbol))).view();
    };
    if (health_.healthy_shards() != 0 && health_.healthy_shards() != health_.shards()) {
        for (std::size_t i = 0; i < place_.size() && moves.places.size() < moves_at_once; ++i) {
            if (place_[i] != unplaced && !health_.healthy(place_[i]) && may_move(i, now)) {
                propose(i, *choose(text_of(i)));
            }
        }
    }
    if (rules_pending_) {
        move_by_rules(now, text_of, moves.places.size(), propose);
    }
    return moves;
}

template <class TextOf, class Propose>
void SymbolPlacement::move_by_rules(Nanos now, TextOf text_of, std::size_t proposed,
                                    Propose propose) {
    const std::size_t end = std::min(place_.size(), rules_from_ + asked_at_once);
    std::optional<std::size_t> first_proposed;  // is looked at again until it has moved
    std::size_t i = rules_from_;
    for (; i < end && proposed < moves_at_once; ++i) {
        if (place_[i] == unplaced || !health_.healthy(place_[i]) || !may_move(i, now)) {
            continue;
        }
        const auto wanted = by_rule(text_of(i));
        if (wanted && *wanted != place_[i]) {
            propose(i, *wanted);
            ++proposed;
            first_proposed = first_proposed.value_or(i);
        }
    }
    rules_from_ = first_proposed.value_or(i);
    rules_pending_ = rules_from_ < place_.size();
}

void SymbolPlacement::apply(const PlaceSymbols& places, const SymbolTable& table, Nanos now) {
    for (const auto& [symbol, wanted] : places.places) {
        if (wanted >= health_.shards()) {
            shard_of(symbol, table);
            continue;
        }
        if (is_placed(symbol) && place_[symbol.value()] != wanted) {
            if (symbol.value() >= may_move_at_.size()) {
                may_move_at_.resize(place_.size(), Nanos::min());
            }
            may_move_at_[symbol.value()] = now == Nanos::min() ? now : now + between_moves;
            ++moved_;
        }
        set(symbol, wanted);
    }
}

PlaceSymbols SymbolPlacement::all() const {
    PlaceSymbols all;
    all.places.reserve(placed_);
    for (std::size_t i = 0; i < place_.size(); ++i) {
        if (place_[i] != unplaced) {
            all.places.emplace_back(SymbolId(static_cast<std::uint32_t>(i)), place_[i]);
        }
    }
    return all;
}

std::optional<Error> SymbolPlacement::add_rule(RoutingRule rule) {
    auto error = rules_.add(std::move(rule));
    if (!error) {
        rules_pending_ = true;
        rules_from_ = 0;
    }
    return error;
}

std::optional<unsigned> SymbolPlacement::by_rule(std::string_view symbol) const {
    return rules_.shard_for(symbol, [this](unsigned shard) { return health_.healthy(shard); });
}

std::optional<unsigned> SymbolPlacement::choose(std::string_view symbol) {
    if (health_.healthy_shards() == 0) {
        return std::nullopt;
    }
    if (const auto shard = by_rule(symbol)) {
        return shard;
    }
    const auto among = [&](auto eligible) {
        return rendezvous_among(symbol, health_.shards(), [&](unsigned shard) {
            return health_.healthy(shard) && eligible(shard);
        });
    };
    switch (strategy_) {
        case RouterStrategy::HashBased: return among([](unsigned) { return true; });
        case RouterStrategy::RoundRobin: return next_in_turn();
        case RouterStrategy::LoadBased: return least_loaded();
        case RouterStrategy::HealthBased: {
            double best = 0;
            for (unsigned shard = 0; shard < health_.shards(); ++shard) {
                best = health_.healthy(shard) ? std::max(best, health_.score(shard)) : best;
            }
            return among(
                [&](unsigned shard) { return health_.score(shard) >= best - score_slack; });
        }
    }
    return std::nullopt;
}

/// REQUIRES: one of them is healthy.
unsigned SymbolPlacement::next_in_turn() {
    unsigned shard = turn_;
    while (!health_.healthy(shard)) {
        shard = (shard + 1) % health_.shards();
    }
    turn_ = (shard + 1) % health_.shards();
    return shard;
}

/// Load = records that wait + symbols that live there, each of which is good for one more. The
/// lower number among equals. REQUIRES: one of them is healthy.
unsigned SymbolPlacement::least_loaded() const {
    std::optional<unsigned> best;
    const auto load = [&](unsigned shard) {
        return health_.queued(shard) + symbols_on_[shard] + proposed_on_[shard];
    };
    for (unsigned shard = 0; shard < health_.shards(); ++shard) {
        if (health_.healthy(shard) && (!best || load(shard) < load(*best))) {
            best = shard;
        }
    }
    return *best;
}

}  // namespace tickstock
