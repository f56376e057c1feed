#pragma once

#include <string>

#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/enums.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// One (record, detector) that failed, for the dead letters (SPEC 6). The record's other detectors
/// and the rest of its batch went on.
struct SetAside {
    ChannelType channel = ChannelType::Tick;
    const char* detector = "";  ///< "high_low", "second_bars", "trend", …; lives for ever
    SymbolId symbol;
    Sequence sequence;   ///< of the record; of a deadline: the entry that it fires before
    UnixNanos ts;        ///< of the trade, bar or value; of a deadline: the deadline
    std::string reason;  ///< what the failure said of itself

    template <class Archive>
    void archive(Archive& a) {
        a(channel, detector, symbol, sequence, ts, reason);
    }
};

}  // namespace tickstock
