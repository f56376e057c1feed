#pragma once

// What candle_reader.cpp and candle_reader_back.cpp share: what is known of a watched symbol, and
// its way back.

#include <algorithm>
#include <array>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "inspection/candle_reader.hpp"

namespace tickstock {

struct CandleReader::Watch {
    std::string symbol;
    std::unique_ptr<SymbolCandles> candles;
    Nanos asked{0};
    /// All records from here on are in; time_unknown = the journal told no time yet.
    UnixNanos whole_from;
    bool has_all = false;  ///< that the journal or the epoch has, or as many as may be read
    bool is_filled = false;
    PrintTape fresh;  ///< came while it is read backwards
    bool collects = false;
    CandleRequest request;  ///< the last
    /// So many candles of each length were looked for; there may be fewer.
    std::array<std::size_t, SymbolCandles::intervals.size()> looked_for{};
};

/// One symbol's way back.
struct CandleReader::Backfill {
    Watch* watch = nullptr;
    CandleRequest request;
    std::vector<SegmentBegin> segments;
    std::size_t segment = 0;  // at hand
    Sequence end;             // of it: the first entry that is no more wanted
    std::unique_ptr<JournalCursor> cursor;
    SymbolId own = symbol_none;
    PrintTape piece;
    std::list<PrintTape> found;  // oldest first
    std::size_t prints = 0;
    std::size_t candles = 0;
    UnixNanos first_clock;  // in the segment at hand, of what counts
    UnixNanos whole_from;   // all from here on is found
    bool at_begin = false;  // of the epoch, or of all that is kept
};

/// Of the interval among SymbolCandles::intervals.
inline std::size_t interval_place(std::int64_t interval) {
    const auto& all = SymbolCandles::intervals;
    return static_cast<std::size_t>(std::find(all.begin(), all.end(), interval) - all.begin());
}

}  // namespace tickstock
