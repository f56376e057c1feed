#include "engine/paced_live_source.hpp"

#include "base/assert.hpp"

namespace tickstock {

LiveSource::Poll PacedLiveSource::poll(Nanos monotonic_now, RecordBatch& batch) {
    const PacedSource::Poll poll = source_->poll(monotonic_now, batch);
    Poll result;
    switch (poll.status) {
        case PacedSource::Status::Records: result.status = Status::Records; break;
        case PacedSource::Status::Wait: result.status = Status::Wait; break;
        case PacedSource::Status::Restarted: result.status = Status::Restarted; break;
        case PacedSource::Status::End: result.status = Status::End; break;
    }
    result.wait_until = poll.wait_until;
    result.market_clock = poll.market_clock;
    result.warming_up = poll.warming_up;
    return result;
}

}  // namespace tickstock
