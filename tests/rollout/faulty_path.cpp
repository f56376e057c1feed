#include "rollout/faulty_path.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace tickstock::rollout_walk {

std::string_view to_string(FaultKind kind) {
    static constexpr std::array<std::string_view, fault_kind_count> names{
        "Fails", "Swallows", "AltersPrice", "AltersPlace", "AltersOwner", "Adds", "Stalls"};
    return names[static_cast<std::size_t>(kind)];
}

bool FaultWindow::hits(std::uint64_t sequence) const {
    if (sequence < first || sequence > last) {
        return false;
    }
    std::uint64_t mixed = (sequence ^ (seed << 20)) * 0x9E3779B97F4A7C15U;
    mixed ^= mixed >> 29;
    mixed *= 0xBF58476D1CE4E5B9U;
    return (mixed >> 20) % one_in == 0;
}

const FaultWindow* FaultyPath::hit(FaultKind kind, std::uint64_t sequence) const {
    const auto found = std::ranges::find_if(windows, [&](const FaultWindow& window) {
        return window.kind == kind && window.hits(sequence);
    });
    return found == windows.end() ? nullptr : &*found;
}

void FaultyPath::sees(unsigned shard, const Run& run) {
    runs_[shard] = run.decision || run.warm_up || run.records.empty() ? nullptr : &run;
}

/// A batch of the run that the shard has in hand; a start works without one, and is not timed.
void FaultyPath::begins(unsigned shard) {
    const Run* run = std::exchange(runs_[shard], nullptr);
    if (run == nullptr || hit(FaultKind::Stalls, run->first().value()) == nullptr) {
        return;
    }
    clock_.advance(stall);
    std::set<SymbolId> known;
    for (std::size_t i = 0; i < run->records.size(); ++i) {
        const RecordHeader& header = run->records[i].header();
        if (run->shard_of[i] == shard &&
            (header.kind == RecordKind::Trade || header.kind == RecordKind::TradingStatus) &&
            known.insert(header.symbol).second) {
            faults.insert({header.symbol, header.sequence, FallbackCause::Timeout});
        }
    }
}

bool FaultyPath::fails(const Record& record) {
    const RecordHeader& header = record.header();
    if (hit(FaultKind::Fails, header.sequence.value()) == nullptr) {
        return false;
    }
    faults.insert({header.symbol, header.sequence, FallbackCause::Error});
    return true;
}

void FaultyPath::found(std::vector<Detection>& detections) {
    for (std::size_t at = 0; at < detections.size();) {
        at += spoil(detections, at) ? 0U : 1U;
    }
    std::move(added_.begin(), added_.end(), std::back_inserter(detections));
    added_.clear();
}

/// True when the detection is gone.
bool FaultyPath::spoil(std::vector<Detection>& detections, std::size_t at) {
    Detection& found = detections[at];
    const std::uint64_t sequence = found.key.sequence.value();
    if (found.key.sequence == sequence_end) {
        return false;  // of an end of all input: nothing comes behind it
    }
    const auto note = [&](SymbolId symbol, std::uint64_t from) {
        faults.insert({symbol, Sequence{from}, FallbackCause::Difference});
    };
    if (hit(FaultKind::Swallows, sequence) != nullptr) {
        note(found.symbol, sequence);
        detections.erase(detections.begin() + static_cast<std::ptrdiff_t>(at));
        return true;
    }
    if (const FaultWindow* window = hit(FaultKind::AltersPrice, sequence)) {
        note(found.symbol, sequence);
        const std::int64_t by = (sequence + window->seed) % 2 == 0 ? 1 : found.price.raw();
        found.price = Price::from_raw(found.price.raw() + by);
    } else if (hit(FaultKind::AltersPlace, sequence) != nullptr && sequence > 1) {
        note(found.symbol, sequence - 1);
        found.key.sequence = Sequence{sequence - 1};
    } else if (hit(FaultKind::AltersOwner, sequence) != nullptr && symbols_ > 1) {
        note(found.symbol, sequence);
        found.symbol = SymbolId{(found.symbol.value() + 1) % symbols_};
        note(found.symbol, sequence);
    } else if (hit(FaultKind::Adds, sequence) != nullptr) {
        note(found.symbol, sequence);
        Detection more = found;
        more.price = Price::from_cents(1);
        added_.push_back(std::move(more));
    }
    return false;
}

}  // namespace tickstock::rollout_walk
