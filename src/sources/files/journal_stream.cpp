#include "sources/files/journal_stream.hpp"

namespace tickstock {

bool JournalStream::fill(std::vector<Record>& out, std::size_t) {
    const std::size_t before = out.size();
    while (out.size() == before && reader_->read(batch_)) {
        for (const SymbolText& text : batch_.new_symbols) {
            SymbolId id = symbol_none;
            symbols_.intern(text.view(), id);
            ids_.push_back(id);
        }
        for (Record& record : batch_.records) {
            SymbolId& symbol = record.header().symbol;
            if (symbol != symbol_none) {
                TS_ASSERT(symbol.value() < ids_.size());
                symbol = ids_[symbol.value()];
                if (symbol == symbol_none) {
                    ++refused_;
                    continue;
                }
            }
            out.push_back(record);
        }
    }
    return out.size() > before;
}

StageCounts JournalStream::counts() const {
    // What the journal's reader holds is not decoded yet, seen from here.
    StageCounts counts = reader_->counts();
    counts.in -= counts.held;
    counts.held = 0;
    counts.out -= refused_;
    counts.dropped[static_cast<std::size_t>(Reason::SymbolTableFull)] += refused_;
    return counts;
}

}  // namespace tickstock
