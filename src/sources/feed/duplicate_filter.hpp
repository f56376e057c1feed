#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/calendar.hpp"
#include "model/record.hpp"

namespace tickstock {

/// Tells records that came before, by the vendor's sequence numbers: they grow per symbol and kind,
/// need not be contiguous, and begin anew each New York date. Of each symbol and kind the newest
/// numbers of the date are remembered; what lies below all of a full memory came before, too: a
/// number comes late by a handful of records only, but a frame that comes twice may be as long as
/// it likes. But a later record with a number below all of them begins a new numbering: one number
/// that was far too large must not silence a symbol for the day. Records without a number, and
/// those of an earlier date than their symbol's, are new. Memory: grows with what comes, to 4 to 8
/// KiB a symbol and kind. One thread.
class DuplicateFilter {
public:
    enum class Verdict : std::uint8_t {
        New,
        OutOfOrder,  ///< below one that came before, and not seen: to be taken
        Duplicate,
    };
    /// Numbers remembered of each symbol and kind, at least.
    static constexpr std::size_t window = 1024;

    explicit DuplicateFilter(const TradingCalendar& calendar) : sessions_(calendar) {}

    Verdict look(const Record& record);
    /// The same of a record of which no more than this is known. `correction`: of a trade.
    Verdict look(const RecordHeader& header, std::uint8_t correction);

private:
    struct Seen {
        std::chrono::local_days date{};
        UnixNanos newest_time;  // ts_event, of all that came that day
        std::uint64_t newest = 0;
        bool full = false;  // smaller numbers than those in `numbers` were forgotten
        /// Ascending: the low bits, which tell how far each lies behind the newest.
        std::vector<std::uint32_t> numbers;
    };
    static constexpr std::size_t kinds = 3;  // trades, quotes, statuses

    Seen* find(const RecordHeader& header);
    static void make_room(Seen& seen, std::uint64_t number);
    static Verdict note(Seen& seen, std::uint64_t number, bool is_newer);

    SessionLookup sessions_;
    std::array<std::vector<std::uint32_t>, kinds> index_;  // by symbol: place in seen_ + 1
    std::vector<Seen> seen_;
};

}  // namespace tickstock
