#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "base/price.hpp"
#include "base/state_archive.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "config/config.hpp"
#include "model/enums.hpp"
#include "model/record.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// What became of a quarantined price. The trade itself stays out whatever it is.
enum class QuarantineOutcome : std::uint8_t {
    HeldBack,       ///< nothing more is known
    ThirdAccepted,  ///< a third trade agreed with it and was accepted as the new level
};
/// "held_back", "third_accepted".
std::string_view to_string(QuarantineOutcome outcome);

/// A trade that the sanity guard held back, kept for people to see.
struct QuarantinedTrade {
    SymbolId symbol;
    Sequence sequence;
    UnixNanos ts;
    Price price;
    Size size;
    Price level;              ///< that it was compared with
    Micro limit_percent = 0;  ///< how far from it a price may be, × 1e6
    ConditionList conditions;
    TradeId id;
    std::uint8_t exchange = 0;  ///< 0 = unknown
    TradingSession session = TradingSession::Closed;
    QuarantineOutcome outcome = QuarantineOutcome::HeldBack;

    template <class Archive>
    void archive(Archive& a) {
        a(symbol, sequence, ts, price, size, level, limit_percent, conditions, id, exchange,
          session, outcome);
    }
};

/// The newest quarantined trades of one shard, oldest first. The shard's thread.
class Quarantine {
public:
    /// Keeps at most `limit` trades.
    explicit Quarantine(std::size_t limit) : limit_(limit) {}

    void add(const QuarantinedTrade& trade);

    /// The symbol's last `count` trades agreed with one that has now been accepted as the level.
    void third_accepted(SymbolId symbol, unsigned count);

    const std::deque<QuarantinedTrade>& trades() const { return trades_; }
    /// Grows with every change of the list.
    std::uint64_t version() const { return version_; }

    // The trades of a symbol go where it goes, because a third in agreement may still come. O(list)
    // for a symbol that has any, else O(1).

    void save_symbol(SymbolId symbol, StateWriter& out) const;
    /// In order of sequence among what is there; the oldest of all leave when they are too many.
    void load_symbol(SymbolId symbol, StateReader& in);
    void forget_symbol(SymbolId symbol);

private:
    std::uint32_t& count_of(SymbolId symbol);
    bool has(SymbolId symbol) const {
        return symbol.value() < counts_.size() && counts_[symbol.value()] > 0;
    }

    const std::size_t limit_;
    std::deque<QuarantinedTrade> trades_;
    std::vector<std::uint32_t> counts_;  // by SymbolId: its trades in the list
    std::uint64_t version_ = 0;
};

}  // namespace tickstock
