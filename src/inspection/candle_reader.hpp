#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/disk.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "inspection/inspector.hpp"
#include "inspection/journal_segments.hpp"
#include "inspection/print_tape.hpp"
#include "inspection/symbol_candles.hpp"
#include "journal/journal.hpp"

namespace tickstock {

/// Candles of the symbols that somebody looks at, from the journal. The first question for a symbol
/// reads backwards, segment by segment, as far as its candles need; from then on one pass over what
/// is written keeps all watched symbols up to date. All work is done in steps. One thread.
class CandleReader {
public:
    struct Limits {
        std::size_t symbols = 64;                   ///< watched at a time
        Nanos idle = std::chrono::minutes(2);       ///< unasked so long: forgotten
        std::size_t prints = std::size_t{1} << 20;  ///< read backwards at most, of one symbol
    };
    /// `journal`: its directory. An error names the condition table's file and line.
    static Result<std::unique_ptr<CandleReader>> create(Disk& disk, std::string journal,
                                                        const PipelineSettings& settings,
                                                        Limits limits);
    static Result<std::unique_ptr<CandleReader>> create(Disk& disk, std::string journal,
                                                        const PipelineSettings& settings) {
        return create(disk, std::move(journal), settings, Limits{});
    }
    ~CandleReader();

    /// The symbol is watched from now on; one that nobody has asked for longest is let go for it.
    /// Begins to read backwards when what is known does not reach as far as the question.
    void watch(const CandleRequest& request, Nanos now);
    /// Somebody has asked since `idle`; lets go what nobody has.
    bool watches_any(Nanos now);

    /// Reads what has been written since, about so many entries at most. True: there may be more.
    /// An error when the journal cannot be read; it is begun anew with the next call.
    Result<bool> read_on(std::size_t entries);
    /// Reads backwards for the question that was first. True: there is more to do.
    Result<bool> read_back(std::size_t entries);
    /// Nothing more is to be read backwards for this symbol.
    bool is_complete(const std::string& symbol) const;

    /// With what is known by now. REQUIRES: watch() was called.
    std::string answer(const CandleRequest& request);

    std::uint64_t entries_read() const { return entries_read_; }
    /// The values that act on records from now on.
    std::optional<Error> reconfigure(const PipelineSettings& settings);

private:
    struct Watch;
    struct Backfill;

    CandleReader(Disk& disk, std::string journal, std::shared_ptr<const CandleRules> rules,
                 Limits limits);

    Result<bool> open_tail();
    void take(const JournalEntry& entry);
    void forget(std::map<std::string, std::unique_ptr<Watch>>::iterator watch);
    void forget_all();
    void learn(JournalCursor& cursor);
    void begin_back(Watch& watch, const CandleRequest& request);
    std::optional<Error> begin_segment(Backfill& job);
    bool end_segment(Backfill& job);
    void install(Backfill& job);

    Disk& disk_;
    const std::string journal_;
    std::shared_ptr<const CandleRules> rules_;
    const Limits limits_;
    std::map<std::string, std::unique_ptr<Watch>> watches_;
    std::vector<Watch*> by_id_;              // of the journal; null = nobody watches it
    std::map<std::string, SymbolId> known_;  // by text, as far as the tail has met them
    std::unique_ptr<JournalCursor> tail_;    // null: nothing is read
    Sequence next_;                          // of the tail
    UnixNanos clock_;                        // of its newest entry
    std::list<Backfill> back_;               // the first is worked
    std::uint64_t entries_read_ = 0;
};

}  // namespace tickstock
