#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "model/record.hpp"
#include "model/record_reader.hpp"

namespace tickstock {

/// What a double tells: recorded records in memory, in the order in which a client shall see them,
/// with what the vendor's wire has and records may lack (a sequence number a ticker, the day's
/// volume behind each bar). Records are told by their index from 0. Immutable after load(); about
/// 140 bytes a record.
class Tape {
public:
    /// Reads all there is. Fails when the reader does (a damaged file).
    static Result<Tape> load(RecordReader& reader);

    std::size_t size() const { return size_; }
    const Record& operator[](std::size_t index) const {
        return chunks_[index / chunk_records]->at(index % chunk_records);
    }
    /// The tape's own clock at a record: the greatest receive time up to it. REQUIRES: index <
    /// size().
    UnixNanos clock(std::size_t index) const;
    /// The first record at which the tape's clock has reached `t`; size() when none.
    std::size_t first_at(UnixNanos t) const;

    std::size_t symbol_count() const { return symbols_.size(); }
    std::string_view symbol(SymbolId id) const { return symbols_[id.value()].view(); }
    /// symbol_none when no record has it.
    SymbolId find(std::string_view symbol) const;

    /// The indexes of a symbol's records, ascending.
    std::span<const std::uint32_t> records_of(SymbolId id) const { return by_symbol_[id.value()]; }

    /// Volume of the day up to and with this bar of a second or a minute (the wire's `av`); 0 for
    /// other records. Bars of the two lengths are summed apart.
    Size day_volume(std::size_t index) const;

    /// Records most, so that an index fits in 32 bits.
    static constexpr std::size_t max_records = 0xFFFF'0000U;

private:
    static constexpr std::size_t chunk_records = 65'536;
    using Chunk = std::array<Record, chunk_records>;
    struct DayVolume {
        std::uint32_t index;
        Size volume;
    };
    /// Of one symbol and bar length while the tape is read.
    struct VolumeSoFar {
        std::int64_t day = -1;
        UnixNanos bar;
        Size of_bar;
        Size of_day;
    };
    struct SymbolSoFar {
        std::uint64_t sequence = 0;
        std::array<VolumeSoFar, 2> volumes;  ///< seconds, minutes
    };

    void append(Record record, std::vector<SymbolSoFar>& so_far);
    void note_bar(const Bar& bar, SymbolSoFar& so_far);

    std::vector<std::unique_ptr<Chunk>> chunks_;
    std::size_t size_ = 0;
    std::vector<UnixNanos> clocks_;  ///< of every clock_step-th record
    static constexpr std::size_t clock_step = 256;
    UnixNanos last_clock_;
    std::vector<SymbolText> symbols_;
    std::unordered_map<std::string, SymbolId> ids_;
    std::vector<std::vector<std::uint32_t>> by_symbol_;
    std::vector<DayVolume> day_volumes_;  ///< ascending
};

/// Milliseconds, as the wire tells times.
constexpr std::int64_t unix_millis(UnixNanos t) {
    return std::chrono::floor<std::chrono::milliseconds>(t).time_since_epoch().count();
}

}  // namespace tickstock
