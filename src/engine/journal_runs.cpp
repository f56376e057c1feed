#include "engine/journal_runs.hpp"

namespace tickstock {

std::shared_ptr<Run> JournalRuns::next(Sequence through) {
    auto run = std::make_shared<Run>();
    while (run->records.size() < longest_) {
        if (!ahead_) {
            JournalEntry entry;
            if (cursor_->next(entry) != JournalCursor::Next::Entry) {
                break;
            }
            ahead_ = std::move(entry);
        }
        if (ahead_->sequence > through) {
            break;
        }
        if (ahead_->is_decision()) {
            if (!run->records.empty()) {
                break;
            }
            run->decision = std::move(ahead_->decision);
            run->shard_of = shards_of(*run->decision, [this](SymbolId symbol) {
                return place_ ? place_(symbol) : std::uint16_t{0};
            });
            ahead_.reset();
            return run;
        }
        const Record& record = ahead_->record;
        run->shard_of.push_back(record.kind() == RecordKind::ClockTick ? Run::no_shard
                                : place_ ? place_(record.header().symbol)
                                         : 0);
        run->records.push_back(record);
        ahead_.reset();
    }
    return run->records.empty() ? nullptr : run;
}

}  // namespace tickstock
