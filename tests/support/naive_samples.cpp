#include "support/naive_samples.hpp"

#include "support/naive_session_market.hpp"

namespace tickstock::naive {
namespace {
constexpr std::int64_t second_ns = 1'000'000'000;
}

void SecondFold::add(std::int64_t ts_ns, std::int64_t clock_ns, const Print& print) {
    const std::int64_t second = ts_ns / second_ns;
    if (clock_ns >= (second + 1) * second_ns) {
        ++late;
        return;
    }
    open_[second].push_back(print);
}

std::optional<std::int64_t> SecondFold::next_end() const {
    if (open_.empty()) {
        return std::nullopt;
    }
    return (open_.begin()->first + 1) * second_ns;
}

std::optional<PlainSample> SecondFold::close_next(const VolumeSums& sums) {
    const auto [second, prints] = *open_.begin();
    open_.erase(open_.begin());
    PlainSample sample;
    for (const Print& print : prints) {
        sample.price = print.last ? print.price : sample.price;
        sample.volume += print.volume ? print.size : 0;
    }
    if (sample.price == 0) {
        left_over_ += sample.volume;
        return std::nullopt;
    }
    sample.volume += left_over_;
    left_over_ = 0;
    sample.t = second + 1;
    sample.vwap = sums.volume > 0 ? sums.vwap() : sample.p();
    const Session session = session_at(second * second_ns);
    sample.period = session.period;
    sample.session = session.name;
    return sample;
}

void SecondFold::reset() {
    open_.clear();
    left_over_ = 0;
}

}  // namespace tickstock::naive
