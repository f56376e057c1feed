#include "detectors/surge_window.hpp"

#include <algorithm>

namespace tickstock {

void SurgeWindow::add(std::int64_t second, Price close, Size volume) {
    TS_ASSERT(samples_ == 0 || second > newest_);
    newest_ = second;
    while (samples_ > 0 && at(0).second <= second - window_seconds) {
        int128& sum = span_ > 0 ? span_volume_ : recent_volume_;
        sum -= at(0).volume_raw;
        span_ = span_ > 0 ? static_cast<std::uint16_t>(span_ - 1) : span_;
        oldest_ = (oldest_ + 1) & static_cast<std::uint32_t>(ring_.size() - 1);
        --samples_;
    }
    while (span_ < samples_ && at(span_).second <= second - interval_seconds) {
        span_volume_ += at(span_).volume_raw;
        recent_volume_ -= at(span_).volume_raw;
        ++span_;
    }
    if (samples_ == ring_.size()) {
        grow();
    }
    ring_[(oldest_ + samples_) & (ring_.size() - 1)] = {second, close, volume.raw()};
    recent_volume_ += volume.raw();
    ++samples_;
}

void SurgeWindow::grow() {
    constexpr std::size_t smallest = 8;
    std::vector<Entry> larger(std::max(smallest, ring_.size() * 2));
    for (unsigned n = 0; n < samples_; ++n) {
        larger[n] = at(n);
    }
    ring_.swap(larger);
    oldest_ = 0;
}

void SurgeWindow::clear() {
    span_volume_ = recent_volume_ = 0;
    newest_ = 0;
    oldest_ = 0;
    samples_ = span_ = 0;
}

void SurgeWindow::save(StateWriter& out) const {
    out(newest_, samples_, span_);
    for (unsigned n = 0; n < samples_; ++n) {
        out(at(n));
    }
}

void SurgeWindow::load(StateReader& in) {
    clear();
    std::uint16_t samples = 0;
    std::uint16_t span = 0;
    in(newest_, samples, span);
    if (samples > window_seconds || span > samples) {  // no state of ours
        in.fail();
    }
    for (unsigned n = 0; n < samples && in.ok(); ++n) {
        if (samples_ == ring_.size()) {
            grow();
        }
        in(ring_[n]);
        (n < span ? span_volume_ : recent_volume_) += ring_[n].volume_raw;
        ++samples_;
    }
    span_ = span;
    if (!in.ok()) {
        clear();
    }
}

}  // namespace tickstock
