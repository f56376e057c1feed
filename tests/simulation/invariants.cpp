#include "simulation/invariants.hpp"

namespace tickstock::sim {

std::string_view name_of(Invariant invariant) {
    switch (invariant) {
        case Invariant::JournalledOnce: return "I1 journalled_once";
        case Invariant::JournalledTrue: return "I2 journalled_true";
        case Invariant::OrderKept: return "I3 order_kept";
        case Invariant::VisibleAfterSafe: return "I4 visible_after_safe";
        case Invariant::NeverRewritten: return "I5 never_rewritten";
        case Invariant::NoSilentHole: return "I6 no_silent_hole";
        case Invariant::WithinBounds: return "I7 within_bounds";
        case Invariant::ReplayIsLive: return "I8 replay_is_live";
        case Invariant::ShardsAgree: return "I9 shards_agree";
        case Invariant::SameTwice: return "I10 same_twice";
        case Invariant::DeadlinesFire: return "I11 deadlines_fire";
        case Invariant::Recovers: return "I12 recovers";
        case Invariant::HighLowTrue: return "I13 high_low_true";
        case Invariant::PathsAgree: return "I14 paths_agree";
        case Invariant::AccountsClose: return "accounts_close";
        case Invariant::Answered: return "answered";
        case Invariant::StartsAgain: return "starts_again";
        case Invariant::Count_: break;
    }
    return "?";
}

}  // namespace tickstock::sim
