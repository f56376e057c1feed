#include "sources/feed/duplicate_filter.hpp"

#include <algorithm>

namespace tickstock {
namespace {

constexpr std::uint64_t distance_max = std::uint64_t{1} << 31;

}  // namespace

DuplicateFilter::Seen* DuplicateFilter::find(const RecordHeader& header) {
    std::size_t kind = 0;
    switch (header.kind) {
        case RecordKind::Trade: break;
        case RecordKind::Quote: kind = 1; break;
        case RecordKind::TradingStatus: kind = 2; break;
        default: return nullptr;
    }
    std::vector<std::uint32_t>& index = index_[kind];
    const std::size_t symbol = header.symbol.value();
    if (symbol >= index.size()) {
        index.resize(std::max(symbol + 1, index.size() * 2));
    }
    if (index[symbol] == 0) {
        seen_.emplace_back();
        index[symbol] = static_cast<std::uint32_t>(seen_.size());
    }
    return &seen_[index[symbol] - 1];
}

DuplicateFilter::Verdict DuplicateFilter::look(const Record& record) {
    return look(record.header(),
                record.kind() == RecordKind::Trade ? record.trade().correction : std::uint8_t{0});
}

DuplicateFilter::Verdict DuplicateFilter::look(const RecordHeader& header,
                                               std::uint8_t correction) {
    Seen* const seen = header.source_sequence == 0 ? nullptr : find(header);
    if (seen == nullptr) {
        return Verdict::New;
    }
    const std::chrono::local_days date = sessions_.at(header.ts_event).date;
    if (date < seen->date) {
        return Verdict::New;
    }
    if (date > seen->date) {
        seen->date = date;
        seen->newest_time = time_unknown;
        seen->newest = 0;
        seen->full = false;
        seen->numbers.clear();
    }
    // The number, with that of a correction beside the print that it corrects.
    const bool is_newer = header.ts_event > seen->newest_time;
    seen->newest_time = std::max(seen->newest_time, header.ts_event);
    return note(*seen, header.source_sequence * 4 + std::min<unsigned>(correction, 3U), is_newer);
}

/// For a number above the newest: of the smallest those go that are too many, or too far away to be
/// told from the new one by their low bits.
void DuplicateFilter::make_room(Seen& seen, std::uint64_t number) {
    std::vector<std::uint32_t>& numbers = seen.numbers;
    const auto newest = static_cast<std::uint32_t>(seen.newest);
    auto keep = numbers.size() < 2 * window ? numbers.begin() : numbers.end() - window;
    while (keep != numbers.end() && number - seen.newest + (newest - *keep) > distance_max) {
        ++keep;
    }
    if (keep != numbers.begin()) {
        numbers.erase(numbers.begin(), keep);
        seen.full = true;
    }
}

DuplicateFilter::Verdict DuplicateFilter::note(Seen& seen, std::uint64_t number, bool is_newer) {
    std::vector<std::uint32_t>& numbers = seen.numbers;
    if (numbers.empty() || number > seen.newest) {
        make_room(seen, number);
        numbers.push_back(static_cast<std::uint32_t>(number));
        seen.newest = number;
        return Verdict::New;
    }
    // How far each lies behind the newest: descending.
    const auto newest = static_cast<std::uint32_t>(seen.newest);
    const std::uint64_t distance = seen.newest - number;
    const auto at = std::lower_bound(
        numbers.begin(), numbers.end(), distance,
        [newest](std::uint32_t known, std::uint64_t wanted) { return newest - known > wanted; });
    if (at != numbers.end() && newest - *at == distance) {
        return Verdict::Duplicate;
    }
    const bool below_all = at == numbers.begin();
    if (below_all && (seen.full || distance > distance_max)) {
        if (!is_newer) {
            return Verdict::Duplicate;
        }
        numbers.assign(1, static_cast<std::uint32_t>(number));  // a new numbering
        seen.newest = number;
        seen.full = false;
        return Verdict::OutOfOrder;
    }
    numbers.insert(at, static_cast<std::uint32_t>(number));
    return Verdict::OutOfOrder;
}

}  // namespace tickstock
