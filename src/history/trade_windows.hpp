#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/time.hpp"
#include "storage/event_rows.hpp"

namespace tickstock {

/// Trades of one window as the engine counted them; a window may have several of these.
struct CountedTrades {
    std::uint64_t number = 0;  ///< counts them, from 1
    std::int64_t at = 0;       ///< begin of the window, ns
    std::int64_t trades = 0;
};

/// Brings counted trades into the rows of market_analytics: none is lost and none counted twice,
/// whatever fails to be stored. One thread.
class TradeWindows {
public:
    /// Those with a number above the last one added count.
    void add(const std::vector<CountedTrades>& counted);

    /// What the next batch stores: windows that gained, with all their trades. `stored` are the
    /// trades of the database in windows of needed(), asked for before.
    std::vector<WindowTrades> due(const std::vector<WindowTrades>& stored);
    /// Begins of the first and last window of which the database's trades are not known yet;
    /// first > last: of none.
    std::pair<std::int64_t, std::int64_t> needed() const;
    /// What due() gave is stored.
    void stored();
    /// The database is another one.
    void forget() { base_.clear(); }

private:
    std::map<std::int64_t, std::int64_t> added_;  // by window, not stored yet
    std::map<std::int64_t, std::int64_t> base_;   // stored
    std::uint64_t last_ = 0;                      // number of the last one added
};

}  // namespace tickstock
