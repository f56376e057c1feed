#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "model/calendar.hpp"
#include "model/record.hpp"
#include "sources/feed/feed.hpp"

namespace tickstock {

/// What the bars of a connection tell about missing ones: the day's volume that a bar names has to
/// be that of the bar before plus its own. Also drops fetched bars that are known already. Only
/// second and minute bars are looked at. Memory: 96 bytes a symbol and timeframe. One thread.
class BarTracker {
public:
    explicit BarTracker(const TradingCalendar& calendar) : sessions_(calendar) {}

    /// False: a duplicate. A bar of the wire whose start was seen before is a revision and counts
    /// as new, unless nothing in it is. `day_volume`: 0 = not told. `fetched`: by back-fill, which
    /// knows no day's volume.
    bool look(const Bar& bar, Size day_volume, bool fetched);
    /// An earlier run has had this minute's bar.
    void remember(SymbolId symbol, UnixNanos minute);
    /// Something is missing that was told already: the next bars only say where the volume stands.
    void forget_volumes();
    /// Bars so far whose day's volume did not fit.
    std::uint64_t suspected() const { return suspected_; }
    /// A gap over all symbols of one minute, once bars of a later minute came.
    std::optional<FeedGap> take_gap();

private:
    struct Known {
        UnixNanos start = time_unknown;
        std::chrono::local_days date{};
        Price open, high, low, close;
        Size volume;
        Size day_volume;  // 0 = unknown
        std::uint32_t epoch = 0;
        bool fetched = false;
    };

    Known& find(std::size_t timeframe, SymbolId symbol);
    void compare(const Known& before, const Bar& bar, Size day_volume, Nanos length);

    SessionLookup sessions_;
    std::array<std::vector<Known>, 2> known_;  // seconds, minutes; by symbol
    std::uint32_t epoch_ = 1;                  // day volumes of earlier ones are forgotten
    std::uint64_t suspected_ = 0;
    bool open_ = false;  // a gap is being put together
    bool complete_ = false;
    UnixNanos minute_;  // of the bars that it is about
    FeedGap gap_;
    FeedGap told_;
};

/// When a record could be known: a bar's end, else its ts_event.
UnixNanos feed_time(const Record& record);

}  // namespace tickstock
