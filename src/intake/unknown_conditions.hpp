#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/state_archive.hpp"
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

    template <class Archive>
    void archive(Archive& a) {
        a(code, count, first_symbol, first_ts, first_sequence);
    }
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

    void save(StateWriter& out) const { out(codes_); }
    /// Adds what another shard has seen; the first sight of both is the earlier one.
    void add(StateReader& in) {
        std::vector<UnknownCondition> others;
        in(others);
        if (!in.ok()) {
            return;
        }
        for (const UnknownCondition& other : others) {
            const auto known =
                std::find_if(codes_.begin(), codes_.end(),
                             [&](const UnknownCondition& c) { return c.code == other.code; });
            if (known == codes_.end()) {
                codes_.push_back(other);
            } else if (other.first_sequence < known->first_sequence) {
                const std::uint64_t count = known->count + other.count;
                codes_.erase(known);  // its place is among the others, of the same record even
                codes_.push_back(other);
                codes_.back().count = count;
            } else {
                known->count += other.count;
            }
        }
        std::stable_sort(codes_.begin(), codes_.end(),
                         [](const UnknownCondition& a, const UnknownCondition& b) {
                             return a.first_sequence < b.first_sequence;
                         });
    }

private:
    std::vector<UnknownCondition> codes_;
};

}  // namespace tickstock
