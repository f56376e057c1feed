// Pipeline: the linear path beside the channels, and whose finds go on (SPEC 15).

#include <iterator>
#include <utility>

#include "base/assert.hpp"
#include "base/mutant.hpp"
#include "engine/pipeline.hpp"

namespace tickstock {

/// The linear path gets every trade; the channels, what they are in charge of or stand by for.
bool Pipeline::goes_to_channel(const IntakeItem& item, ChannelType type) {
    if (type == ChannelType::Tick) {
        return integrator_->take(item, tick_channel_);
    }
    const RecordHeader& header = item.record->header();
    if (integrator_->is_rolled_out(header.symbol, header.sequence)) {
        return true;
    }
    integrator_->count_not_rolled_out();
    return false;
}

void Pipeline::work_linear(OpenRun& open, const ClockIndex& clocks) {
    if (watch_ != nullptr) {
        watch_->begins(ProcessingPath::Linear);
    }
    integrator_->work(clocks);
    if (watch_ != nullptr) {
        watch_->ends(ProcessingPath::Linear);
    }
    std::vector<Detection>& found = integrator_->linear_detections();
    std::move(found.begin(), found.end(), std::back_inserter(open.linear));
    found.clear();
}

void Pipeline::work_tick_batch(std::span<const IntakeItem> batch, const ClockIndex& clocks) {
    if (tap_ == nullptr || !integrator_) {
        tick_lane_.work(batch, clocks);
        return;
    }
    tap_->begins(shard_);
    tapped_.clear();
    for (const IntakeItem& item : batch) {
        const RecordHeader& header = item.record->header();
        if (!item.note.session_only && tap_->fails(*item.record)) {
            integrator_->fail(header.symbol, header.sequence, FallbackCause::Error);
            tick_lane_.set_aside().push_back({ChannelType::Tick, "tap", header.symbol,
                                              header.sequence, header.ts_event, "injected"});
            tick_lane_.pass_over(Reason::SetAside);
        } else {
            tapped_.push_back(item);
        }
    }
    tick_lane_.work(tapped_, clocks);
}

/// After faults the multi-channel lane may know another story than the linear one.
void Pipeline::resync(SymbolId symbol) {
    if (TICKSTOCK_MUTANT(37)) {
        return;
    }
    StateWriter state;
    integrator_->linear().save_symbol(symbol, state);
    tick_lane_.forget_symbol(symbol);
    StateReader in(state.text());
    tick_lane_.load_symbol(symbol, in);
    TS_ASSERT(in.ok());
}

/// Of both paths' finds those of the path in charge.
void Pipeline::select(OpenRun& open, const ClockIndex& clocks) {
    integrator_->count_passed(open.detections.size());
    const std::span<const Record> records =
        open.run ? std::span<const Record>(open.run->records) : std::span<const Record>();
    integrator_->select(open.multi_channel, open.linear, clocks, records, open.comparable);
    std::move(open.multi_channel.begin(), open.multi_channel.end(),
              std::back_inserter(open.detections));
    open.multi_channel.clear();
    open.comparable = true;
}

}  // namespace tickstock
