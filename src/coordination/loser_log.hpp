#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/state_archive.hpp"
#include "model/accounting.hpp"
#include "model/event.hpp"

namespace tickstock {

/// A detection that became no event of its own, for traces and storage.
struct Loser {
    OrderKey key;  ///< of the moment at which it was decided
    SymbolId symbol;
    EventType type = EventType::High;
    SourceKind source = SourceKind::Tick;
    Direction direction = Direction::None;
    Price price;
    UnixNanos ts;
    /// Corroboration: told the direction of the event that won, or was known from trades.
    /// Superseded: told another one and lost, or was taken back before it was published.
    Reason reason = Reason::Superseded;
    std::uint64_t winner = 0;  ///< id of the event that won, 0 = none

    template <class Archive>
    void archive(Archive& a) {
        a(key, symbol, type, source, direction, price, ts, reason, winner);
    }
};

/// The newest losers in the order in which they were decided, in a ring that never grows, and on
/// request all of them.
class LoserLog {
public:
    static constexpr std::size_t default_limit = 1000;

    explicit LoserLog(std::size_t limit = default_limit) : limit_(limit) {}

    void add(const Loser& loser);

    /// The newest, oldest first.
    std::vector<Loser> newest() const;

    /// From now on keeps every loser until drain() takes it.
    void collect() { collecting_ = true; }
    /// Appends what came since the last call and forgets it. REQUIRES: collect() was called.
    void drain(std::vector<Loser>& out);

    /// The newest; not what waits for drain().
    void save(StateWriter& out) const { out(newest()); }
    /// Adds what another log had, by time; the oldest of all leave when they are too many.
    void add(StateReader& in);

private:
    const std::size_t limit_;
    std::vector<Loser> ring_;
    std::size_t next_ = 0;  // of the ring, when it is full
    bool collecting_ = false;
    std::vector<Loser> collected_;
};

}  // namespace tickstock
