#pragma once

#include <cstdint>
#include <vector>

#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/record.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// A sale-condition code that stands in no row of the table. Codes above 254 are kept as 255, so
/// the entry of 255 may stand for several.
struct UnknownCondition {
    std::uint8_t code = 0;
    std::uint64_t count = 0;
    SymbolId first_symbol;  ///< of the first trade that carried it …
    UnixNanos first_ts;     ///< … and its ts_event
    Sequence first_sequence;
};

/// The unknown codes of one shard in the order of their first sight. At most 256; allocates only
/// when a code stands for the first time. The shard's thread.
class UnknownConditions {
public:
    void add(std::uint8_t code, const RecordHeader& header) {
        for (UnknownCondition& known : codes_) {
            if (known.code == code) {
                ++known.count;
                return;
            }
        }
        codes_.push_back({code, 1, header.symbol, header.ts_event, header.sequence});
    }
    const std::vector<UnknownCondition>& codes() const { return codes_; }

private:
    std::vector<UnknownCondition> codes_;
};

}  // namespace tickstock
