#include "engine/feed_live_source.hpp"

namespace tickstock {

LiveSource::Poll FeedLiveSource::poll(Nanos monotonic_now, RecordBatch& batch) {
    Feed::Poll poll = feed_->poll(monotonic_now, batch);
    Poll result;
    switch (poll.status) {
        case Feed::Status::Records: result.status = Status::Records; break;
        case Feed::Status::Gap: result.status = Status::Gap; break;
        case Feed::Status::Wait: result.status = Status::Wait; break;
        case Feed::Status::End: result.status = Status::End; break;
    }
    result.wait_until = poll.wait_until;
    result.market_clock = poll.market_clock;
    result.gap = std::move(poll.gap);
    return result;
}

}  // namespace tickstock
