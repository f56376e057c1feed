// SymbolTracer: where an epoch or the input ends, and what it all adds up to.

#include "inspection/symbol_tracer.hpp"

namespace tickstock {
namespace {

constexpr std::array all_channels{ChannelType::Tick, ChannelType::Ohlcv, ChannelType::Fmv};

}  // namespace

void SymbolTracer::begin_epoch(BeginEpoch::State state, Sequence as) {
    if (state == BeginEpoch::State::Keep) {
        return;
    }
    run_events_.clear();
    pipeline_->finish(as, run_events_);
    if (in_range_ && !silent_) {
        unheard_ = state != BeginEpoch::State::Again;
        attribute(as, time_never, nullptr);
        unheard_ = false;
    }
    make_pipeline(true);
}

void SymbolTracer::begin_warm_up() {
    silent_ = true;
    pipeline_->ignore_changes_through(sequence_end);
    for (const ChannelType type : all_channels) {
        statuses_[static_cast<std::size_t>(type)] = pipeline_->status(type);
        pipeline_->set_status(type, ChannelStatus::Active);
    }
}

void SymbolTracer::end_warm_up() {
    silent_ = false;
    pipeline_->ignore_changes_through(Sequence{});
    for (const ChannelType type : all_channels) {
        pipeline_->set_status(type, statuses_[static_cast<std::size_t>(type)]);
    }
    remember_held();
    if (in_range_) {  // what the warm-up counted is none of the range
        const Ledgers now = ledgers();
        for (std::size_t i = 0; i < ledger_count; ++i) {
            begin_[i].in += now[i].in - last_[i].in;
            begin_[i].out += now[i].out - last_[i].out;
            begin_[i].held += now[i].held - last_[i].held;
            for (std::size_t reason = 0; reason < reason_count; ++reason) {
                begin_[i].dropped[reason] += now[i].dropped[reason] - last_[i].dropped[reason];
            }
        }
        last_ = now;
    }
}

void SymbolTracer::finish() {
    begin_range();
    run_events_.clear();
    pipeline_->finish(sequence_end, run_events_);
    attribute(sequence_end, time_never, nullptr);
}

TraceSum SymbolTracer::ledger_sum() const {
    TraceSum sum{};
    for (const Stage stage : {Stage::Sources, Stage::Router}) {
        StageSum& one = sum[static_cast<std::size_t>(stage)];
        one.in = one.out = traced_;
    }
    for (std::size_t i = 0; in_range_ && i < ledger_count; ++i) {
        StageSum& one = sum[i + static_cast<std::size_t>(Stage::Intake)];
        one.in = last_[i].in - begin_[i].in;
        one.out = last_[i].out - begin_[i].out;
        one.held_before = begin_[i].held;
        one.held_after = last_[i].held;
        for (std::size_t reason = 0; reason < reason_count; ++reason) {
            one.dropped[reason] = last_[i].dropped[reason] - begin_[i].dropped[reason];
        }
    }
    StageSum& publishing = sum[static_cast<std::size_t>(Stage::Publishing)];
    publishing.in = published_ + untold_;
    publishing.out = published_;
    publishing.dropped[static_cast<std::size_t>(Reason::ToldBefore)] = untold_;
    return sum;
}

TraceSum SymbolTracer::fate_sum() const {
    TraceSum sum = forgotten_;
    for (std::size_t i = 0; in_range_ && i < ledger_count; ++i) {
        StageSum& one = sum[i + static_cast<std::size_t>(Stage::Intake)];
        one.held_before = begin_[i].held;
        one.held_after += begin_[i].held;  // unsigned: what was let go before is less than this
    }
    add(sum, earlier_.fate);
    for (const TracedRecord& record : records_) {
        add(sum, record.fate);
    }
    return sum;
}

std::string SymbolTracer::check() const {
    const TraceSum by_ledger = ledger_sum();
    std::string wrong = differences(by_ledger, "the ledgers", fate_sum(), "the fates");
    for (std::size_t i = 0; i < stage_count; ++i) {
        if (!by_ledger[i].closes()) {
            wrong += std::string(to_string(static_cast<Stage>(i))) + " does not close\n";
        }
    }
    return wrong;
}

}  // namespace tickstock
