#include "intake/sanity_guard.hpp"

#include "base/decimal.hpp"

namespace tickstock {
namespace {

/// |price − base| > percent of base, exactly. `percent` in 1e-6 percent.
bool farther_than(Price price, Price base, Micro percent) {
    const std::int64_t difference =
        price.raw() > base.raw() ? price.raw() - base.raw() : base.raw() - price.raw();
    return int128{difference} * 100'000'000 > int128{percent} * base.raw();
}

}  // namespace

SanityGuard::Verdict SanityGuard::check(Price price, TradingSession session,
                                        const IntakeSettings& settings) {
    const Price base = compared_with();
    if (base.raw() == 0) {
        return Verdict::Accept;
    }
    if (!farther_than(price, base, limit(session, settings))) {
        reference_ = Price();
        in_agreement_ = 0;
        return Verdict::Accept;
    }
    const bool agrees =
        reference_.raw() != 0 && !farther_than(price, reference_, settings.guard_agreement_percent);
    if (!agrees) {
        reference_ = price;
        in_agreement_ = 0;
    }
    if (++in_agreement_ < settings.guard_agreement_count) {
        return Verdict::Quarantine;
    }
    reference_ = Price();
    in_agreement_ = 0;
    level_ = price;
    return Verdict::AcceptAsLevel;
}

void SanityGuard::session_change() {
    if (level_.raw() != 0) {
        earlier_level_ = level_;
    }
    level_ = Price();
    reference_ = Price();
    in_agreement_ = 0;
}

}  // namespace tickstock
