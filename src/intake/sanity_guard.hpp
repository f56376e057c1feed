#pragma once

#include <cstdint>

#include "base/price.hpp"
#include "config/config.hpp"
#include "model/enums.hpp"

namespace tickstock {

/// The sanity guard of SPEC 3 for one symbol: holds back a price far from the last level until a
/// third one agrees with it. Exact integer comparisons.
class SanityGuard {
public:
    enum class Verdict : std::uint8_t {
        Accept,
        AcceptAsLevel,  ///< the third in agreement: far off, and the new level
        Quarantine,
    };

    /// REQUIRES: the trade is eligible for high/low or last. Does not set the level by itself
    /// (accepted_last() does), except for the third price in agreement, which is the new level.
    Verdict check(Price price, TradingSession session, const IntakeSettings& settings);

    /// After an accepted trade that is eligible for last.
    void accepted_last(Price price) { level_ = price; }

    /// The level becomes that of an earlier session; a pending reference is forgotten.
    void session_change();

    /// What the last check compared with; 0 = nothing yet.
    Price compared_with() const { return level_.raw() != 0 ? level_ : earlier_level_; }

    /// How far from compared_with() a price may be, in 1e-6 percent.
    Micro limit(TradingSession session, const IntakeSettings& settings) const {
        return level_.raw() == 0                    ? settings.guard_percent_first
               : session == TradingSession::Regular ? settings.guard_percent_regular
                                                    : settings.guard_percent_extended;
    }

    template <class Archive>
    void archive(Archive& a) {
        a(level_, earlier_level_, reference_, in_agreement_);
    }

private:
    Price level_;          // last accepted last-eligible price of the session; 0 = none yet
    Price earlier_level_;  // the same of an earlier session
    Price reference_;      // first quarantined price; 0 = none
    unsigned in_agreement_ = 0;
};

}  // namespace tickstock
