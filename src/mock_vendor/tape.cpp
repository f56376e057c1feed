#include "mock_vendor/tape.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.hpp"

namespace tickstock {
namespace {

/// A number that changes between two trading days: 20:00 in New York is at most 01:00 UTC of the
/// next date, 04:00 at least 08:00.
std::int64_t day_of(UnixNanos t) {
    return std::chrono::floor<std::chrono::days>(t - std::chrono::hours{5})
        .time_since_epoch()
        .count();
}

}  // namespace

Result<Tape> Tape::load(RecordReader& reader) {
    Tape tape;
    std::vector<SymbolSoFar> so_far;
    RecordBatch batch;
    while (reader.read(batch)) {
        for (const SymbolText& text : batch.new_symbols) {
            tape.ids_.emplace(text.view(), SymbolId{static_cast<std::uint32_t>(so_far.size())});
            tape.symbols_.push_back(text);
            tape.by_symbol_.emplace_back();
            so_far.emplace_back();
        }
        for (const Record& record : batch.records) {
            if (record.kind() == RecordKind::ClockTick || record.header().symbol == symbol_none) {
                continue;  // a journal's; nothing that a vendor tells
            }
            if (tape.size_ == max_records) {
                return Error{fmt::format("more than {} records", max_records)};
            }
            tape.append(record, so_far);
        }
    }
    if (auto failure = reader.failure()) {
        return *failure;
    }
    return tape;
}

void Tape::append(Record record, std::vector<SymbolSoFar>& so_far) {
    RecordHeader& header = record.header();
    TS_ASSERT(header.symbol.value() < so_far.size());
    SymbolSoFar& symbol = so_far[header.symbol.value()];
    if (header.source_sequence == 0) {
        header.source_sequence = symbol.sequence + 1;
    }
    symbol.sequence = std::max(symbol.sequence, header.source_sequence);
    const auto index = static_cast<std::uint32_t>(size_);
    if (record.kind() == RecordKind::Bar) {
        note_bar(record.bar(), symbol);
    }
    last_clock_ = size_ == 0 ? header.ts_recv : std::max(last_clock_, header.ts_recv);
    if (size_ % clock_step == 0) {
        clocks_.push_back(last_clock_);
    }
    if (size_ % chunk_records == 0) {
        chunks_.push_back(std::make_unique<Chunk>());
    }
    (*chunks_.back())[size_ % chunk_records] = record;
    by_symbol_[header.symbol.value()].push_back(index);
    ++size_;
}

void Tape::note_bar(const Bar& bar, SymbolSoFar& so_far) {
    if (bar.timeframe != Timeframe::Second1 && bar.timeframe != Timeframe::Minute1) {
        return;
    }
    VolumeSoFar& volume = so_far.volumes[bar.timeframe == Timeframe::Minute1 ? 1 : 0];
    const std::int64_t day = day_of(bar.header.ts_event);
    if (day != volume.day) {
        volume = VolumeSoFar{day, {}, {}, {}};
    }
    if (volume.bar == bar.header.ts_event) {  // told again: it replaces the one before
        volume.of_day = Size::from_raw(volume.of_day.raw() - volume.of_bar.raw());
    }
    volume.bar = bar.header.ts_event;
    volume.of_bar = bar.volume;
    volume.of_day += bar.volume;
    day_volumes_.push_back({static_cast<std::uint32_t>(size_), volume.of_day});
}

UnixNanos Tape::clock(std::size_t index) const {
    TS_ASSERT(index < size_);
    UnixNanos clock = clocks_[index / clock_step];
    for (std::size_t i = index / clock_step * clock_step; i <= index; ++i) {
        clock = std::max(clock, (*this)[i].header().ts_recv);
    }
    return clock;
}

std::size_t Tape::first_at(UnixNanos t) const {
    const auto behind = std::lower_bound(clocks_.begin(), clocks_.end(), t);
    const auto step = static_cast<std::size_t>(behind - clocks_.begin());
    std::size_t index = step == 0 ? 0 : (step - 1) * clock_step;
    while (index < size_ && (*this)[index].header().ts_recv < t) {
        ++index;
    }
    return index;
}

SymbolId Tape::find(std::string_view symbol) const {
    const auto found = ids_.find(std::string(symbol));
    return found == ids_.end() ? symbol_none : found->second;
}

Size Tape::day_volume(std::size_t index) const {
    const auto found = std::lower_bound(
        day_volumes_.begin(), day_volumes_.end(), index,
        [](const DayVolume& entry, std::size_t wanted) { return entry.index < wanted; });
    return found != day_volumes_.end() && found->index == index ? found->volume : Size{};
}

}  // namespace tickstock
