#include "support/naive_sample_market.hpp"

namespace tickstock::naive {

void SampleMarket::reset(std::int64_t session_number) {
    session_number_ = session_number;
    newest_t_ = 0;
    branches["late for its second"] += seconds_.late;
    seconds_ = SecondFold();
    sums_ = VolumeSums();
    trend_.reset();
    surge_.reset();
}

void SampleMarket::on_trade(const Trade& trade, const Rights& rights, std::int64_t clock) {
    if (rights.volume) {
        sums_.notional += int128{trade.price.raw()} * trade.size.raw();
        sums_.volume += trade.size.raw();
    }
    if ((rights.last || rights.volume) && !settings_.intake.second_bars_from_feed) {
        seconds_.add(to_ns(trade.header.ts_event), clock,
                     {trade.price.raw(), trade.size.raw(), rights.last, rights.volume});
    }
}

void SampleMarket::close_next(const Place& place, bool muted) {
    if (const std::optional<PlainSample> sample = seconds_.close_next(sums_)) {
        on_sample(*sample, place, muted);
    } else {
        ++branches["second without a bar"];
    }
}

void SampleMarket::on_feed_bar(const Bar& bar, const Place& place, bool muted) {
    const std::int64_t start = to_ns(bar.header.ts_event);
    PlainSample sample;
    sample.t = start / 1'000'000'000 + 1;
    sample.price = bar.close.raw();
    sample.volume = bar.volume.raw();
    sample.vwap = sums_.volume > 0             ? sums_.vwap()
                  : bar.session_vwap.raw() > 0 ? static_cast<double>(bar.session_vwap.raw()) / 1e9
                                               : sample.p();
    const Session session = session_at(start);
    sample.period = session.period;
    sample.session = session.name;
    on_sample(sample, place, muted);
}

void SampleMarket::on_sample(const PlainSample& sample, const Place& place, bool muted) {
    if (sample.t <= newest_t_) {
        ++branches["feed bar out of order"];
        return;
    }
    newest_t_ = sample.t;
    ++branches["samples"];
    if (settings_.trend.enabled) {
        if (const auto finding = trend_.on_sample(sample, muted, branches)) {
            Fact fact = fact_of(EventType::Trend, finding->direction, sample, place);
            fact.trend = finding->data;
            fact.evidence.thresholds.add("direction_threshold", finding->direction_threshold_e12);
            fact.evidence.thresholds.add("strength_threshold", finding->strength_threshold_e12);
            const auto period = static_cast<std::size_t>(sample.period);
            fact.evidence.configured =
                !(settings_.trend.periods[period] == TrendSettings{}.periods[period]);
            fact.evidence.rule_version = "trend/1";
            out_.push_back(fact);
        }
    }
    if (settings_.surge.enabled) {
        const std::int64_t date = (session_number_ - 1) / 10;
        if (const auto finding = surge_.on_sample(sample, date, muted, branches)) {
            Fact fact = fact_of(EventType::Surge, finding->direction, sample, place);
            fact.surge = finding->data;
            fact.evidence.thresholds.add("min_percent_change", finding->percent_threshold_e12);
            fact.evidence.thresholds.add("min_price_change", finding->price_threshold_e12);
            fact.evidence.thresholds.add("volume_threshold", finding->volume_threshold_e12);
            const auto period = static_cast<std::size_t>(sample.period);
            fact.evidence.configured =
                !(settings_.surge.periods[period] == SurgeSettings{}.periods[period] &&
                  settings_.surge.bands == SurgeSettings{}.bands);
            fact.evidence.rule_version = "surge/1";
            out_.push_back(fact);
        }
    }
}

Fact SampleMarket::fact_of(EventType type, Direction direction, const PlainSample& sample,
                           const Place& place) const {
    Fact fact;
    fact.fire = place.fire;
    fact.sequence = place.sequence;
    fact.phase = place.phase;
    fact.symbol = symbol_;
    fact.type = type;
    fact.direction = direction;
    fact.price = sample.price;
    fact.ts = sample.t * 1'000'000'000;
    fact.session = sample.session;
    fact.volume = sample.volume;
    fact.evidence.period = sample.period;
    return fact;
}

}  // namespace tickstock::naive
