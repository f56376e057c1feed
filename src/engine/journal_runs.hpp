#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/run.hpp"
#include "journal/journal.hpp"

namespace tickstock {

/// Cuts a journal's entries into runs again: at decisions, at `longest` records, and at a sequence
/// on request. Where a record lives is asked of `place`. One thread.
class JournalRuns {
public:
    using Place = std::function<std::uint16_t(SymbolId)>;

    JournalRuns(std::unique_ptr<JournalCursor> cursor, Place place, std::size_t longest = 1024)
        : cursor_(std::move(cursor)), place_(std::move(place)), longest_(longest) {}

    /// The next run, at most up to `through`; null at the end (see failure()).
    std::shared_ptr<Run> next(Sequence through = sequence_end);

    JournalCursor& cursor() { return *cursor_; }
    std::optional<Error> failure() const { return cursor_->failure(); }

private:
    std::unique_ptr<JournalCursor> cursor_;
    Place place_;
    const std::size_t longest_;
    std::optional<JournalEntry> ahead_;  // read, and not of the run before
};

}  // namespace tickstock
