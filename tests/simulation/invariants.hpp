#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace tickstock::sim {

/// What must hold in every run, whatever the seed. The names are RELIABILITY's.
enum class Invariant : std::uint8_t {
    JournalledOnce,  ///< I1: each record handed over is journalled once, refused, or lost in a kill
    JournalledTrue,  ///< I2: with the values that the source sent
    OrderKept,       ///< I3: per source, and so per (source, symbol); the clock never goes back
    VisibleAfterSafe,  ///< I4: a visible event's input is written (always: durable)
    NeverRewritten,    ///< I5: (epoch, offset) shows one body for ever; ids are unique
    NoSilentHole,      ///< I6: each client's offsets follow each other, or a gap names the hole
    WithinBounds,      ///< I7: queues and memory
    ReplayIsLive,      ///< I8: the journal replayed gives the live stream, byte for byte
    ShardsAgree,       ///< I9: so do 1, 2 and 4 shards
    SameTwice,         ///< I10: the same seed gives the same trace
    DeadlinesFire,     ///< I11: in time
    Recovers,          ///< I12: without faults everything is caught up and closed
    HighLowTrue,       ///< I13: a session's high (low) is that of a plain list of its trades
    PathsAgree,        ///< I14: of trades alone, the stream is what the linear path gives
    AccountsClose,     ///< in = out + held + dropped at every status
    Answered,          ///< each command is answered once, and what was granted is in the journal
    StartsAgain,       ///< a start after a kill or crash finds its state
    Count_
};
inline constexpr std::size_t invariant_count = static_cast<std::size_t>(Invariant::Count_);

/// "I4 visible_after_safe".
std::string_view name_of(Invariant invariant);

/// Ends a seed.
class InvariantBroken : public std::runtime_error {
public:
    InvariantBroken(Invariant which, const std::string& what)
        : std::runtime_error(std::string(name_of(which)) + ": " + what), invariant(which) {}
    Invariant invariant;
};

/// Counts evaluations; the first violation ends the seed.
class Invariants {
public:
    void require(bool holds, Invariant invariant, const std::string& otherwise) {
        ++evaluated_[static_cast<std::size_t>(invariant)];
        if (!holds) {
            throw InvariantBroken(invariant, otherwise);
        }
    }
    /// The same where the sentence is costly to make: `otherwise` is called when it does not hold.
    template <class Sentence>
    requires std::is_invocable_r_v<std::string, Sentence>
    void require(bool holds, Invariant invariant, Sentence&& otherwise) {
        ++evaluated_[static_cast<std::size_t>(invariant)];
        if (!holds) {
            throw InvariantBroken(invariant, otherwise());
        }
    }

    const std::array<std::uint64_t, invariant_count>& evaluated() const { return evaluated_; }

private:
    std::array<std::uint64_t, invariant_count> evaluated_{};
};

}  // namespace tickstock::sim
