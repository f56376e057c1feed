#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tickstock {

/// Why a row, record, detection or event went no further. One list for all stages, so that nothing
/// is counted under two names. The comment says which stage uses it.
enum class Reason : std::uint8_t {
    // sources: bad input
    Malformed,           ///< not the format's grammar
    BadNumber,           ///< NaN, infinity, not a decimal number
    MissingField,        ///< a needed key or column is absent or empty
    PriceOutOfRange,     ///< price ≤ 0 or ≥ 2^33 USD
    SizeOutOfRange,      ///< negative, or beyond int64
    TimeOutOfRange,      ///< before 1990, or > 1 h ahead of the wall clock (live)
    BadSymbol,           ///< empty, over 16 bytes, control characters
    BarInconsistent,     ///< high < max(open, close) or low > min(open, close)
    TooManyConditions,   ///< more than eight
    TradeIdTooLong,      ///< more than 41 bytes
    LineTooLong,         ///< over 1 MiB
    Unidentified,        ///< an object of no known kind
    UnsupportedMessage,  ///< a known message that carries no record (status, imbalance)
    // live sources
    Duplicate,  ///< the same record came before
    Overrun,    ///< read faster than it could be decoded, and the queue was full
    Standby,    ///< a better source has this symbol
    // sequencer
    SymbolTableFull,
    Stale,      ///< a live record that was too long on its way
    QueueFull,  ///< its channel's queue was full and its overflow action is drop_newest
    // router
    NoChannel,
    // intake
    Closed,       ///< outside every trading session
    LateSession,  ///< of an earlier session than its symbol's
    Quarantined,  ///< the sanity guard
    // channels
    Ineligible,  ///< a trade whose conditions update nothing
    ChannelDisabled,
    NoReference,       ///< a fair value without a market price
    SecondBarNotUsed,  ///< an `A` record while trades make the second bars
    RuleRejected,      ///< intake: a validate rule of the source said no
    Skipped,           ///< overflow action drop_oldest: journaled as `skip`
    NotRolledOut,      ///< its symbol is the linear path's, which knows no bars and values
    SetAside,          ///< detectors: one of them failed on it; it stands in the dead letters
    // detectors
    CorrectionWithoutEffect,
    LateBar,        ///< revises a bar that is no longer kept
    LowConfidence,  ///< a fair value less sure than the least accepted
    Implausible,    ///< a fair value too far from the market
    // selection
    Muted,  ///< found by the path that is not in charge of the symbol
    // rules
    RuleFiltered,  ///< a filter rule of the source said no
    // coordination
    Corroboration,  ///< told the direction of the event that won, or what trades had shown
    Superseded,     ///< told another direction and lost, or was taken back
    // priority
    Shed,
    OutsideUniverses,
    // publishing
    ToldBefore,  ///< found again while an epoch's state was warmed up
    Count_
};
inline constexpr std::size_t reason_count = static_cast<std::size_t>(Reason::Count_);

/// snake_case, as in metrics and summaries.
std::string_view to_string(Reason reason);

/// One stage's ledger. The sum closes at every moment between batches:
/// in = out + held + Σ dropped.
struct StageCounts {
    std::uint64_t in = 0;
    std::uint64_t out = 0;
    std::uint64_t held = 0;
    std::array<std::uint64_t, reason_count> dropped{};

    void drop(Reason reason) { ++dropped[static_cast<std::size_t>(reason)]; }
    std::uint64_t dropped_for(Reason reason) const {
        return dropped[static_cast<std::size_t>(reason)];
    }
    std::uint64_t dropped_total() const;
    bool closes() const { return in == out + held + dropped_total(); }

    StageCounts& operator+=(const StageCounts& other);

    template <class Archive>
    void archive(Archive& a) {
        a(in, out, held, dropped);
    }
};

/// The ledgers of the whole way, in the data's order. `in` of a stage is `out` of the one before,
/// where both count the same unit (rows → records → detections → events).
struct Accounting {
    StageCounts sources;                  ///< rows in, records out
    StageCounts sequencer;                ///< records
    StageCounts router;                   ///< records
    StageCounts intake;                   ///< records
    std::array<StageCounts, 3> channels;  ///< records, by ChannelType
    StageCounts detectors;                ///< records
    StageCounts linear;        ///< records of trades, worked beside the channels; else empty
    StageCounts selection;     ///< detections of both paths
    StageCounts rules;         ///< detections
    StageCounts coordination;  ///< detections in, events out
    StageCounts priority;      ///< events
    StageCounts publishing;    ///< events

    bool closes() const;
    Accounting& operator+=(const Accounting& other);

    template <class Archive>
    void archive(Archive& a) {
        a(sources, sequencer, router, intake, channels, detectors, linear, selection, rules,
          coordination, priority, publishing);
    }
};

}  // namespace tickstock
