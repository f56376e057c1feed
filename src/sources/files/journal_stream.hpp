#pragma once

#include <memory>
#include <vector>

#include "sources/files/record_stream.hpp"
#include "sources/formats/symbol_cache.hpp"

namespace tickstock {

/// A journal among other inputs: its records with the symbol ids of the shared cache. (A journal
/// alone is read by its own reader, untouched.)
class JournalStream final : public RecordStream {
public:
    JournalStream(std::unique_ptr<RecordReader> reader, SymbolCache& symbols)
        : reader_(std::move(reader)), symbols_(symbols) {}

    bool fill(std::vector<Record>& out, std::size_t limit) override;
    StageCounts counts() const override;
    ReadProgress progress() const override { return reader_->progress(); }
    std::optional<Error> failure() const override { return reader_->failure(); }

private:
    std::unique_ptr<RecordReader> reader_;
    SymbolCache& symbols_;
    RecordBatch batch_;
    std::vector<SymbolId> ids_;  // journal's id -> ours
    std::uint64_t refused_ = 0;  // records of symbols beyond the cache's capacity
};

}  // namespace tickstock
