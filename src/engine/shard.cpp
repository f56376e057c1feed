#include "engine/shard.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/assert.hpp"
#include "base/mutant.hpp"
#include "engine/multi_channel_system.hpp"

namespace tickstock {
namespace {

constexpr Nanos report_interval = std::chrono::milliseconds(500);
/// In one decision, which has to fit into a frame of the journal; the next run asks for more.
constexpr std::uint64_t most_skipped = 100'000;
constexpr std::array all_channels{ChannelType::Tick, ChannelType::Ohlcv, ChannelType::Fmv};

std::size_t index_of(ChannelType type) {
    return static_cast<std::size_t>(type);
}

/// Trading statuses and corrections stay: they say what others mean.
bool may_be_skipped(const Record& record, ChannelType type) {
    return record.kind() != RecordKind::TradingStatus &&
           !(record.kind() == RecordKind::Trade && record.trade().correction != 0) &&
           DataChannelRouter::channel_of(record) == type;
}

}  // namespace

Shard::Shard(unsigned number, Parts parts, std::unique_ptr<Pipeline> pipeline,
             SymbolPlacement placement, Sequence after)
    : number_(number),
      parts_(std::move(parts)),
      pipeline_(std::move(pipeline)),
      placement_(std::move(placement)),
      stopwatch_(parts_.clock),
      taken_through_(after.value()),
      finished_through_(after.value()),
      next_deadline_(to_ns(pipeline_->next_deadline())),
      channel_timeout_(parts_.channel_timeout.count()) {
    pipeline_->set_watch(&stopwatch_);
    if (const MarketDataServiceIntegrator* integrator = pipeline_->integrator()) {
        run_again_ = integrator->counts();
        compared_again_ = integrator->comparison();
    }
    output_.done_through = after;
    for (const ChannelType type : all_channels) {  // what waits already was admitted
        const std::uint64_t waiting = pipeline_->waiting(type);
        admitted_[index_of(type)].store(waiting);
        seen_[index_of(type)] = waiting;
    }
    update_report(Nanos{0});
}

Shard::Step Shard::step() {
    Step step;
    const Nanos now = parts_.clock.monotonic();
    if (!receiving_.empty() && !receive_symbols()) {
        return step;  // another shard comes to the decision first
    }
    if (state_is_due()) {
        begin_copy();
    }
    if (copy_) {
        step_copy();
        step.worked = true;
    }
    if (work_has_come_.exchange(false)) {
        const std::lock_guard lock(mutex_);
        pipeline_->set_work(*work_);
    }
    if (fetch() && overflow_settled(now)) {
        take_in(now);
        step.worked = true;
    }
    work_lanes(now, step);
    hand_out();
    if (now - last_report_ >= report_interval) {
        update_report(now);
    }
    step.wake_at = std::min(step.wake_at, last_report_ + report_interval);
    return step;
}

/// Makes pending_ the next run. False when there is none, or too much waits to be published.
bool Shard::fetch() {
    if (pending_) {
        return true;
    }
    {
        const std::lock_guard lock(mutex_);
        if (output_size_ >= parts_.event_capacity || failure_) {
            return false;
        }
    }
    const Sequence wanted{taken_through_.load() + 1};
    if (const std::string lost = pipeline_->parking_failure(); !lost.empty()) {
        const std::lock_guard lock(mutex_);
        failure_ = Error{lost};
        return false;
    }
    const RunTail::Found found = parts_.tail.find(wanted);
    if (found.run) {
        TS_ASSERT(found.run->first() == wanted);
        pending_ = found.run;
        file_.reset();
        reading_from_file_ = false;
    } else if (found.behind) {
        pending_ = next_from_file(wanted);
    }
    if (pending_ && state_at_.load() != 0 && pending_->first().value() > state_at_.load()) {
        pending_.reset();  // its state is asked for first
        return false;
    }
    return pending_ != nullptr;
}

RunPtr Shard::next_from_file(Sequence wanted) {
    reading_from_file_ = true;
    if (!file_) {
        auto cursor = JournalCursor::open(parts_.disk, parts_.journal_path, wanted);
        if (!cursor) {
            const std::lock_guard lock(mutex_);
            failure_ = cursor.error();
            return nullptr;
        }
        file_ = std::make_unique<JournalRuns>(std::move(*cursor),
                                              [this](SymbolId symbol) { return shard_of(symbol); });
    }
    // Up to where the tail in memory begins, so that the change-over is at a run's end.
    Sequence through = parts_.tail.before_first();
    if (const std::uint64_t at = state_at_.load(); at != 0) {
        through = std::min(through, Sequence{at});
    }
    if (wanted > through) {
        return nullptr;
    }
    RunPtr run = file_->next(through);
    if (TICKSTOCK_MUTANT(15) && run && run->last() < through && !run->decision) {
        run = file_->next(through);
    }
    if (!run && file_->failure()) {
        const std::lock_guard lock(mutex_);
        failure_ = file_->failure();
    }
    return run;
}

/// With drop_oldest: true once the journal knows what is skipped of the pending run and before.
bool Shard::overflow_settled(Nanos now) {
    (void)now;
    if (waiting_for_skip_) {
        const std::optional<Sequence> decision = skip_requests_.answer();
        if (!decision) {
            return false;
        }
        waiting_for_skip_ = false;
        if (!TICKSTOCK_MUTANT(16)) {
            pipeline_->skip(*skipping_);
        }
        std::deque<Sequence>& ahead = skipped_ahead_[index_of(skipping_->channel)];
        for (const Sequence sequence : skipping_->sequences) {
            if (sequence > taken_through()) {
                ahead.push_back(sequence);
            }
        }
        needs_ = std::max(needs_, *decision);
        return true;
    }
    if (pending_->decision || overflow_checked_ == pending_->last()) {
        return true;
    }
    overflow_checked_ = pending_->last();
    skipping_ = choose_skips();
    if (!skipping_) {
        return true;
    }
    waiting_for_skip_ = true;
    skip_requests_.ask(*skipping_);
    parts_.wake();
    return false;
}

/// The oldest records of a channel that has too many, as far as they are in memory.
std::optional<SkipRecords> Shard::choose_skips() const {
    for (const ChannelType type : all_channels) {
        const ChannelSettings& settings = pipeline_->settings().channels[index_of(type)];
        if (settings.overflow != OverflowAction::DropOldest ||
            queued(type) <= settings.queue_size) {
            continue;
        }
        const std::deque<Sequence>& known = skipped_ahead_[index_of(type)];
        std::uint64_t excess = queued(type) - settings.queue_size;
        excess -= std::min<std::uint64_t>(excess, known.size());
        excess = std::min(excess, most_skipped);
        SkipRecords skip;
        skip.channel = type;
        if (excess > 0) {
            skip.sequences = pipeline_->oldest_parked(type, excess);
            excess -= skip.sequences.size();
        }
        // All of the excess at once: a decision for each run would make more runs than it settles.
        for (RunPtr run = pending_; run && excess > 0;
             run = parts_.tail.find(Sequence{run->last().value() + 1}).run) {
            for (std::size_t i = 0; i < run->records.size() && excess > 0; ++i) {
                const Record& record = run->records[i];
                const Sequence sequence = record.header().sequence;
                if (run->shard_of[i] == number_ && may_be_skipped(record, type) &&
                    (known.empty() || sequence > known.back())) {
                    skip.sequences.push_back(sequence);
                    --excess;
                }
            }
        }
        if (!skip.sequences.empty()) {
            return skip;
        }
    }
    return std::nullopt;
}

void Shard::take_in(Nanos now) {
    if (parts_.extensions.before_run) {
        parts_.extensions.before_run(number_, *pending_);
    }
    const RunPtr run = std::exchange(pending_, nullptr);
    lag_ = run->admitted == Nanos{0} ? lag_ : now - run->admitted;
    warming_up_ = run->warm_up;
    const std::uint64_t ticks_before = pipeline_->channel(ChannelType::Tick).counts().out;
    const std::uint64_t found_before = pipeline_->detections(ChannelType::Tick);
    const Record* first_tick = nullptr;
    for (std::size_t i = 0; i < run->records.size(); ++i) {
        if (run->shard_of[i] == number_) {
            const ChannelType type = *DataChannelRouter::channel_of(run->records[i]);
            ++seen_[index_of(type)];
            if (first_tick == nullptr && type == ChannelType::Tick) {
                first_tick = &run->records[i];
            }
        }
    }
    if (copy_) {
        copy_->before(*run, number_);
    }
    if (run->decision && std::holds_alternative<ManualHalt>(run->decision->action) &&
        run->shard_of.front() == number_) {
        ++seen_[index_of(ChannelType::Tick)];  // it is told as a record
    }
    pipeline_->take_in(run, now);
    const Nanos linear = stopwatch_.took(ProcessingPath::Linear);  // is no time of the channel
    if (pipeline_->integrator() != nullptr) {
        judge_paths(*run);
    }
    const std::uint64_t ticks = pipeline_->channel(ChannelType::Tick).counts().out - ticks_before;
    if (ticks > 0) {
        const Nanos end = parts_.clock.monotonic();
        const Nanos took = end - now - linear;
        note_batch(ChannelType::Tick, ticks,
                   pipeline_->detections(ChannelType::Tick) - found_before, lag_, took, end);
        if (first_tick != nullptr) {
            const RecordHeader& header = first_tick->header();
            note_slow({header.symbol, header.sequence, header.clock}, ChannelType::Tick, ticks,
                      took, end);
        }
    }
    if (run->decision) {
        pipeline_->collect(events_);
        if (const auto* begin = std::get_if<BeginEpoch>(&run->decision->action)) {
            begin_epoch(*begin, run->last());
        } else if (const auto* places = std::get_if<PlaceSymbols>(&run->decision->action)) {
            move_symbols(*places, run->last());
        }
    }
    taken_through_ = run->last().value();
    for (std::deque<Sequence>& ahead : skipped_ahead_) {
        while (!ahead.empty() && ahead.front() <= run->last()) {
            ahead.pop_front();
        }
    }
    if (const std::string lost = pipeline_->parking_failure(); !lost.empty()) {
        const std::lock_guard lock(mutex_);
        failure_ = Error{lost};
    }
}

void Shard::begin_epoch(const BeginEpoch& begin, Sequence at) {
    TS_ASSERT(begin.state != BeginEpoch::State::Warm);  // taken before shards run
    if (begin.state == BeginEpoch::State::Keep || begin.state == BeginEpoch::State::Empty) {
        return;  // taken at a start, with fresh pipelines
    }
    pipeline_->finish(at, events_);
    if (const MarketDataServiceIntegrator* integrator = pipeline_->integrator()) {
        paths_before_.paths += integrator->counts();
        paths_before_.paths -= std::exchange(run_again_, {});
        paths_before_.comparison += integrator->comparison();
        paths_before_.comparison -= std::exchange(compared_again_, {});
    }
    tell_fallen();  // the fresh one knows nothing of it
    pipeline_ = fresh_like(*pipeline_, parts_.factory, parts_.symbols, number_);
    pipeline_->begin_after(at);
    pipeline_->set_watch(&stopwatch_);
}

void Shard::move_symbols(const PlaceSymbols& places, Sequence at) {
    for (const auto& [symbol, to] : places.places) {
        const unsigned from = shard_of(symbol);
        placement_.apply({{{symbol, to}}}, parts_.symbols);
        const unsigned now = shard_of(symbol);
        if (from == now) {
            continue;
        }
        if (from == number_) {
            StateWriter state;
            pipeline_->save_symbol(symbol, state);
            if (TICKSTOCK_MUTANT(14)) {
                state.clear();
                pipeline_->forget_symbol(symbol);
                pipeline_->save_symbol(symbol, state);
            }
            parts_.transfers.put(at, symbol, state.take());
            pipeline_->forget_symbol(symbol);
            parts_.wake();
        } else if (now == number_) {
            receiving_.emplace_back(at, symbol);
        }
    }
}

/// True when nothing is on its way here any more.
bool Shard::receive_symbols() {
    std::erase_if(receiving_, [this](const auto& expected) {
        const auto state = parts_.transfers.take(expected.first, expected.second);
        if (!state) {
            return false;
        }
        StateReader in(*state);
        pipeline_->load_symbol(expected.second, in);
        TS_ASSERT(in.ok());
        return true;
    });
    return receiving_.empty();
}

bool Shard::state_is_due() const {
    const std::uint64_t at = state_at_.load();
    return at != 0 && taken_through_.load() == at && !waiting_for_skip_ && receiving_.empty();
}

void Shard::begin_copy() {
    while (pipeline_->work(true)) {
    }
    pipeline_->collect(events_);
    std::vector<SymbolId> here;
    const std::size_t known = parts_.symbols.size();
    for (std::uint32_t id = 0; id < known; ++id) {
        const SymbolId symbol{id};
        // Without a text: its records never reached the journal, and it lives nowhere.
        if (!parts_.symbols.text(symbol).view().empty() && shard_of(symbol) == number_) {
            here.push_back(symbol);
        }
    }
    copy_.emplace(*pipeline_, std::move(here), number_ == 0);
    state_at_ = 0;
}

/// A slice of the state that was asked for; the last one hands it over.
void Shard::step_copy() {
    if (!copy_->step(parts_.extensions.symbols_a_slice)) {
        return;
    }
    std::function<void(StateParts)> done;
    {
        const std::lock_guard lock(mutex_);
        done = std::exchange(state_done_, nullptr);
    }
    done(copy_->take());
    copy_.reset();
}

void Shard::request_state(Sequence at, std::function<void(StateParts)> done) {
    {
        const std::lock_guard lock(mutex_);
        TS_ASSERT(!state_done_);
        state_done_ = std::move(done);
    }
    state_at_ = at.value();
}

void Shard::set_work(std::shared_ptr<const PipelineSettings> settings) {
    {
        const std::lock_guard lock(mutex_);
        work_ = std::move(settings);
    }
    work_has_come_ = true;
}

void Shard::work_lanes(Nanos now, Step& step) {
    const bool at_tail = taken_through_.load() == parts_.tail.last().value();
    if (at_tail) {
        lag_ = Nanos{0};
        while (work_batch(true, now, step)) {
        }
        return;
    }
    // Behind the tail: one batch of a lower lane between two runs, more when it has too many.
    while (work_batch(false, now, step)) {
        const bool crowded = std::ranges::any_of(
            std::array{ChannelType::Ohlcv, ChannelType::Fmv}, [&](ChannelType type) {
                return pipeline_->channel(type).counts().held >
                       pipeline_->settings().channels[index_of(type)].queue_size / 2;
            });
        if (!crowded) {
            break;
        }
    }
}

void Shard::hand_out() {
    pipeline_->collect(events_);
    tell_fallen();
    next_deadline_ = to_ns(pipeline_->next_deadline());
    for (const ChannelType type : all_channels) {
        const std::uint64_t waiting = pipeline_->waiting(type);
        TS_ASSERT(waiting <= seen_[index_of(type)]);
        finished_[index_of(type)] = seen_[index_of(type)] - waiting;
    }
    const Sequence done = pipeline_->done_through();
    if (receiving_.empty()) {  // deadlines of symbols on their way are not known yet
        finished_through_ = done.value();
    }
    bool news = false;
    {
        const std::lock_guard lock(mutex_);
        news = done != output_.done_through || !events_.empty();
        std::move(events_.begin(), events_.end(), std::back_inserter(output_.events));
        output_.done_through = std::max(output_.done_through, done);
        output_.needs = std::max(output_.needs, needs_);
        output_size_ = output_.events.size();
    }
    events_.clear();
    if (news) {
        parts_.wake();
    }
}

std::uint64_t Shard::output_size() const {
    const std::lock_guard lock(mutex_);
    return output_size_;
}

bool Shard::take_output(Sequence gate, Output& out) {
    const std::lock_guard lock(mutex_);
    if (fallback_asked_ || output_.needs > gate) {
        return false;
    }
    out.events.clear();
    out.events.swap(output_.events);
    out.done_through = output_.done_through;
    out.needs = output_.needs;
    out.was_full = output_size_ >= parts_.event_capacity;
    output_size_ = 0;
    return true;
}

void Shard::update_report(Nanos now) {
    last_report_ = now;
    auto report = std::make_shared<ShardReport>(make_report(*pipeline_, pipeline_->settings()));
    update_vitals(*report, now);
    report->integration = integration_report(now);
    const std::lock_guard lock(mutex_);
    report_ = std::move(report);
}

void Shard::refresh_report() {
    update_report(parts_.clock.monotonic());
}

std::shared_ptr<const ShardReport> Shard::report() const {
    const std::lock_guard lock(mutex_);
    return report_;
}

std::optional<Error> Shard::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

}  // namespace tickstock
