#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/config.hpp"
#include "engine/pipeline.hpp"
#include "engine/pipeline_factory.hpp"
#include "inspection/fate.hpp"
#include "intake/intake.hpp"
#include "model/decision.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// Runs the real pipeline over one symbol's entries and tells the fate of each record, from how the
/// stages' ledgers change with it and from the events and losers that come. Other symbols' entries
/// tell the time only: an entry at which no deadline is due costs a comparison. A fate may come
/// later (a cooldown, a second's end, a window's end, a pause); it goes to the record behind it,
/// or, where a find is about many records (a trend, a surge), to the newest before it. One thread.
class SymbolTracer {
public:
    struct Options {
        SymbolText symbol;
        Sequence from;            ///< records from here on are told of; earlier ones make the state
        std::size_t limit = 100;  ///< the newest so many are kept; the sums are of all
    };
    /// An error names the condition table's file and line.
    static Result<std::unique_ptr<SymbolTracer>> create(const PipelineSettings& settings,
                                                        Options options);

    // The begin.

    /// A snapshot's state of the symbol behind the entry `sequence`. `control` and `state` as the
    /// pipeline saved them (empty state: it was not known yet). False: they are not sound.
    /// `own`: the symbol's id there.
    bool load(Sequence sequence, std::string_view control, std::string_view state,
              SymbolId own = symbol_none);
    /// What its paused channel kept of the symbol, oldest first; after load().
    void load_parked(ChannelType channel, ParkedItem item);
    /// The settings that the entries from here on begin with.
    void use_settings(const PipelineSettings& settings, const std::string& text);
    /// Before the entries that it names.
    void skip(const SkipRecords& skipped) { skips_.push_back(skipped), pipeline_->skip(skipped); }
    /// Of a trace that was made with from = sequence_end: told from here on.
    void tell_from(Sequence from) { options_.from = from; }
    /// A decision before the begin that still holds.
    void apply_control(const Decision& decision, SymbolId own = symbol_none) {
        pipeline_->apply_control(as_own(decision, own));
    }
    /// A decision that may name entries before its own: before those.
    void expect(const Decision& decision, SymbolId own);

    // Entries in the one order.

    /// One of the symbol, whatever id its header has.
    void take(const Record& record);
    /// One of another symbol, or a clock tick.
    void pass(Sequence sequence, UnixNanos clock) {
        if (clock >= next_deadline_) {
            fire_through(sequence, clock);
        }
    }
    /// `own`: the symbol's id in the decision; symbol_none = not known yet.
    void take(const Decision& decision, SymbolId own);
    /// As part of the entry `as`: open deadlines end, all state is emptied.
    void begin_epoch(BeginEpoch::State state, Sequence as);
    /// Around entries that are run for the state alone.
    void begin_warm_up();
    void end_warm_up();
    /// End of input: the clock passes every open deadline.
    void finish();

    // Results.

    const SymbolText& symbol() const { return options_.symbol; }
    /// Oldest first.
    const std::deque<TracedRecord>& records() const { return records_; }
    /// Mutable for tests that plant a wrong fate.
    std::deque<TracedRecord>& records() { return records_; }
    /// What came in the range of records before it, or of ones that are not kept any more.
    const TracedRecord& earlier() const { return earlier_; }
    std::uint64_t traced() const { return traced_; }  ///< records in the range
    std::uint64_t events() const { return published_; }
    /// Over the range, from the pipeline's ledgers.
    TraceSum ledger_sum() const;
    /// The same from the fates told.
    TraceSum fate_sum() const;
    /// Empty = both sums are equal and close; else what is wrong.
    std::string check() const;
    const Pipeline& pipeline() const { return *pipeline_; }

private:
    static constexpr std::size_t ledger_count = 6;  // Intake … Priority
    using Ledgers = std::array<StageCounts, ledger_count>;
    struct Delta;
    /// Of what falls back, the symbol alone, under the id that it has here.
    static Decision as_own(Decision decision, SymbolId own);
    /// A record of which coordination holds a detection.
    struct HeldOne {
        Sequence record;  // 0 = one before the range
        UnixNanos since;  // clock
        Sequence at;      // the entry with which it came
    };

    SymbolTracer(const PipelineSettings& settings, Options options,
                 std::unique_ptr<PipelineFactory> factory, ConditionTable conditions);

    void make_pipeline(bool keeps_control);
    void remember_held();
    Ledgers ledgers() const;
    bool is_in_range(Sequence sequence) const { return !silent_ && sequence >= options_.from; }
    void begin_range();
    void run(Sequence sequence, UnixNanos clock, TracedRecord* self);
    void run_record(const Record& record, TracedRecord* self);
    TracedRecord& keep(const Record& record);
    void fire_through(Sequence sequence, UnixNanos clock);
    void note_intake(const Record& record, TracedRecord* self);

    // Who a change belongs to (symbol_tracer_fates.cpp).
    void attribute(Sequence at, UnixNanos clock, TracedRecord* self);
    TracedRecord& record_of(Sequence sequence);
    TracedRecord* take_held(Sequence record, UnixNanos ts);
    static void hand_over(TracedRecord& from, TracedRecord& to, Stage stage, Sequence at);
    void tell_event(const Event& event, Sequence at, TracedRecord& self, Delta& delta);
    void tell_loser(const Loser& loser, Sequence at, Delta& delta);
    void tell_released(Sequence at, TracedRecord& self, Delta& delta);
    void tell_rest(Sequence at, UnixNanos clock, TracedRecord& self, Delta& delta);
    FateStep& tell(TracedRecord& record, Stage stage, FateStep::Outcome outcome, Sequence at,
                   std::uint64_t count = 1, std::optional<Reason> reason = std::nullopt);

    Options options_;
    PipelineSettings settings_;
    std::string text_;  // of the ConfigurationChange that acts
    const std::unique_ptr<PipelineFactory> factory_;
    const ConditionTable conditions_;
    SymbolTable symbols_;  // the one, as id 0
    std::unique_ptr<Pipeline> pipeline_;
    std::unique_ptr<Intake> shadow_;  // the same records: says what the pipeline's intake noted
    std::shared_ptr<Run> run_;        // reused: nothing of it is open after process()
    std::vector<Event> run_events_;
    std::vector<Loser> run_losers_;
    std::vector<SkipRecords> skips_;
    UnixNanos next_deadline_ = time_never;
    std::uint64_t refused_by_rule_ = 0;
    std::uint64_t late_ = 0;
    std::array<ChannelStatus, channel_type_count> statuses_{};  // before a warm-up
    bool silent_ = false;
    bool in_range_ = false;
    bool unheard_ = false;  // what is found now was never told

    Ledgers begin_;  // of the range
    Ledgers last_;   // behind the entry at hand
    std::deque<TracedRecord> records_;
    TracedRecord earlier_;
    TraceSum forgotten_{};  // of records that are not kept any more
    std::deque<HeldOne> held_;
    std::array<std::deque<Sequence>, channel_type_count> parked_;
    std::uint64_t traced_ = 0;
    std::uint64_t published_ = 0;
    std::uint64_t untold_ = 0;  // events
};

}  // namespace tickstock
