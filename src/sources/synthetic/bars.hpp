#pragma once

#include <cstdint>
#include <vector>

#include "base/decimal.hpp"
#include "base/time.hpp"
#include "model/record.hpp"
#include "sources/synthetic/random.hpp"

namespace tickstock {

/// Folds the synthetic trades into minute bars by the update rules of SPEC 3 (conditions and the
/// late-print guard; erroneous prints do stand in a vendor's bars, so they do here). A minute
/// without a trade that updates the last price has no bar.
class MinuteBars {
public:
    explicit MinuteBars(std::size_t symbols) : symbols_(symbols) {}

    /// In time order; corrections are ignored. `regular` = inside the regular session.
    void add(const Trade& trade, bool regular);

    /// Appends the bars of the minute that began at `begin` and starts the next one. They reach us
    /// (ts_recv) within half a second after the minute's end.
    void close(UnixNanos begin, Random& random, std::vector<Record>& out);

private:
    struct Minute {
        Price open;
        Price high;
        Price low;
        Price close;
        Size volume;
        int128 value = 0;  ///< Σ price · size
        std::uint32_t transactions = 0;
        bool priced = false;
    };
    struct State {
        Minute minute;
        Size day_volume;
        int128 day_value = 0;
    };

    std::vector<State> symbols_;
};

}  // namespace tickstock
