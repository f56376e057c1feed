#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "config/config.hpp"
#include "model/decision.hpp"
#include "model/symbol.hpp"
#include "router/routing_rules.hpp"
#include "router/shard_health.hpp"

namespace tickstock {

/// Which shard every symbol lives on, and which one it should live on. It decides nothing by
/// itself: place_new() and moves() propose, the engine journals the proposal, apply() makes it
/// true. A symbol for which there is no decision lives where rendezvous hashing of its text puts
/// it, so that the common case needs none. Sequencer's thread.
class SymbolPlacement {
public:
    static constexpr std::size_t moves_at_once = 500;
    static constexpr Nanos between_moves = std::chrono::minutes(1);  ///< of one symbol
    /// Shards whose score is at most this far below the best one's are equally good.
    static constexpr double score_slack = 5;

    SymbolPlacement(unsigned shards, RouterStrategy strategy);

    /// O(1) but for a symbol that is seen for the first time.
    unsigned shard_of(SymbolId symbol, const SymbolTable& symbols) {
        if (symbol.value() < place_.size() && place_[symbol.value()] != unplaced) {
            return place_[symbol.value()];
        }
        return place_by_hash(symbol, symbols);
    }

    /// For symbols that are new; the others are passed over. Those whose place is not the one of
    /// the hash; rules first, then the strategy, among healthy shards. Empty = the hash is right
    /// for all. Where no shard is healthy the hash decides, too.
    PlaceSymbols place_new(std::span<const SymbolId> symbols, const SymbolTable& table);

    /// Symbols that must leave an unhealthy shard, and symbols that a new rule wants elsewhere: at
    /// most moves_at_once, each to a shard that is healthy in all channels, none within a minute
    /// of its last move. A symbol does not return when its old shard recovers. What is not applied
    /// is proposed again.
    PlaceSymbols moves(Nanos now, const SymbolTable& table);

    /// From here on the symbols live there. `now` = monotonic, when it happens; without it (a
    /// replay) a symbol may move again at once. A shard that does not exist here (the journal is
    /// of a run with more) leaves its symbol to the hash.
    void apply(const PlaceSymbols& places, const SymbolTable& table, Nanos now = Nanos::min());

    /// Every symbol seen, for a snapshot.
    PlaceSymbols all() const;

    /// See RoutingRules. A new rule makes moves() look at all symbols once; one removed moves none.
    std::optional<Error> add_rule(RoutingRule rule);
    bool remove_rule(std::string_view name) { return rules_.remove(name); }
    const RoutingRules& rules() const { return rules_; }

    ShardHealthBoard& health() { return health_; }
    const ShardHealthBoard& health() const { return health_; }

    std::uint64_t symbols_on(unsigned shard) const { return symbols_on_[shard]; }
    std::uint64_t placed() const { return placed_; }
    std::uint64_t moved() const { return moved_; }  ///< moves applied, ever

private:
    static constexpr std::uint16_t unplaced = 0xFFFF;

    unsigned place_by_hash(SymbolId symbol, const SymbolTable& symbols);
    unsigned hash_place(std::string_view symbol) const;
    void set(SymbolId symbol, std::uint16_t shard);
    bool is_placed(SymbolId symbol) const {
        return symbol.value() < place_.size() && place_[symbol.value()] != unplaced;
    }
    bool may_move(std::size_t symbol, Nanos now) const {
        return symbol >= may_move_at_.size() || now >= may_move_at_[symbol];
    }
    /// By rules, then strategy, among healthy shards; nothing when there is none.
    std::optional<unsigned> choose(std::string_view symbol);
    std::optional<unsigned> by_rule(std::string_view symbol) const;
    template <class TextOf, class Propose>
    void move_by_rules(Nanos now, TextOf text_of, std::size_t proposed, Propose propose);
    unsigned next_in_turn();
    unsigned least_loaded() const;

    const RouterStrategy strategy_;
    ShardHealthBoard health_;
    RoutingRules rules_;
    std::vector<std::uint16_t> place_;  // by SymbolId
    std::vector<Nanos> may_move_at_;    // by SymbolId; as long as the greatest that ever moved
    std::vector<std::uint64_t> symbols_on_;
    std::vector<std::uint64_t> proposed_on_;  // of the proposal being made, not yet applied
    std::uint64_t placed_ = 0;
    std::uint64_t moved_ = 0;
    unsigned turn_ = 0;           // round robin: the shard whose turn it is
    std::size_t rules_from_ = 0;  // a new rule: symbols below it have been looked at …
    bool rules_pending_ = false;  // … while this is set
};

}  // namespace tickstock
