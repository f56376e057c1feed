#pragma once

#include <cstdint>

#include "base/price.hpp"
#include "base/time.hpp"
#include "model/enums.hpp"
#include "model/record.hpp"

namespace tickstock {

/// What a trade may update (SPEC 3).
class Eligibility {
public:
    static constexpr std::uint8_t high_low_bit = 1;
    static constexpr std::uint8_t last_bit = 2;
    static constexpr std::uint8_t volume_bit = 4;

    constexpr Eligibility() = default;
    constexpr explicit Eligibility(std::uint8_t bits) : bits_(bits) {}

    static constexpr Eligibility all() { return Eligibility(high_low_bit | last_bit | volume_bit); }

    constexpr bool high_low() const { return (bits_ & high_low_bit) != 0; }
    constexpr bool last() const { return (bits_ & last_bit) != 0; }
    constexpr bool volume() const { return (bits_ & volume_bit) != 0; }
    constexpr bool any() const { return bits_ != 0; }
    /// Any "no" wins.
    constexpr Eligibility operator&(Eligibility other) const {
        return Eligibility(static_cast<std::uint8_t>(bits_ & other.bits_));
    }
    friend constexpr bool operator==(Eligibility, Eligibility) = default;

private:
    std::uint8_t bits_ = 0;
};

enum class HaltChange : std::uint8_t {
    None,
    Halted,   ///< this status stops the symbol's detectors
    Resumed,  ///< this trade is the first after the stop
};

/// What intake found out about a record, in sequence order. After intake no lane needs to look at
/// another's state.
struct IntakeNote {
    std::int64_t session_key = 0;  ///< SessionSpan::session_key of the record's trading session
    UnixNanos session_end;
    Eligibility eligibility;
    TradingSession session = TradingSession::Closed;
    MarketPeriod period = MarketPeriod::Base;
    HaltChange halt = HaltChange::None;
    /// Trades eligible for high/low: where the price stands against the session's LULD bands.
    LuldBand luld_band = LuldBand::None;
    /// This trade or correction is the first record of a later session than its symbol's.
    bool enters_session = false;
    /// Kept back (quarantined) or of no use (ineligible), yet the first record of a later session:
    /// the lane enters the session and does nothing else. Counted where it was dropped.
    bool session_only = false;
    /// Bars and fair values: their symbol is halted as of this record (trades: the lane keeps it).
    bool muted = false;
    /// Bars: trades of the bar's own session had reached its high, its low before this record.
    bool high_known = false;
    bool low_known = false;

    template <class Archive>
    void archive(Archive& a) {
        a(session_key, session_end, eligibility, session, period, halt, luld_band, enters_session,
          session_only, muted, high_known, low_known);
    }
};

/// A fair value's market price as it was when the value came (SPEC 7.6).
struct FairValueReference {
    Price price;   ///< 0 = none known
    UnixNanos ts;  ///< of the trade or quote; the value's own ts when the source gave a price
    double spread_percent = 0;  ///< 100·(ask − bid)/mid of the newest quote, 0 without quotes

    template <class Archive>
    void archive(Archive& a) {
        a(price, ts, spread_percent);
    }
};

/// A record on its way from intake through its lane. Points into the batch at hand.
struct IntakeItem {
    const Record* record = nullptr;
    IntakeNote note;
    FairValueReference reference;  ///< fair values only
};

}  // namespace tickstock
