#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/lane_totals.hpp"
#include "engine/tick_lane.hpp"

namespace tickstock {
namespace {

/// Each detector's part stands under its name with its length, so that a part that nobody wants any
/// more is passed over.
template <class Save>
void save_parts(const std::vector<std::unique_ptr<SampleDetector>>& detectors, StateWriter& out,
                Save&& save) {
    out(static_cast<std::uint32_t>(detectors.size()));
    StateWriter part;
    for (const auto& detector : detectors) {
        part.clear();
        save(*detector, part);
        out(std::string(detector->name()), part.text());
    }
}

/// `load` gets a part's name and reader.
template <class Load>
void load_parts(StateReader& in, Load&& load) {
    std::uint32_t count = 0;
    in(count);
    std::string name;
    std::string text;
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        in(name, text);
        StateReader part(text);
        if (in.ok() && !load(std::string_view(name), part)) {
            continue;  // no such detector here
        }
        if (!part.ok()) {
            in.fail();
        }
    }
}

}  // namespace

SampleDetector* TickLane::sample_detector(std::string_view name) const {
    const auto found = std::ranges::find_if(
        sample_detectors_, [&](const auto& detector) { return detector->name() == name; });
    return found == sample_detectors_.end() ? nullptr : found->get();
}

void TickLane::save_symbol(SymbolId symbol, StateWriter& out) const {
    out(symbol.value() < stats_.size() ? stats_[symbol.value()] : SessionStats{});
    const auto kept =
        std::ranges::find(resume_reasons_, symbol, &std::pair<SymbolId, StatusReason>::first);
    out(kept == resume_reasons_.end() ? std::nullopt : std::optional(kept->second));
    out(symbol.value() < newest_feed_seconds_.size() ? newest_feed_seconds_[symbol.value()]
                                                     : std::int64_t{INT64_MIN});
    high_low_.save_symbol(symbol, out);
    second_bars_.save_symbol(symbol, out);
    save_parts(sample_detectors_, out, [&](const SampleDetector& detector, StateWriter& part) {
        detector.save_symbol(symbol, part);
    });
}

void TickLane::load_symbol(SymbolId symbol, StateReader& in) {
    SessionStats stats;
    std::optional<StatusReason> resume_reason;
    std::int64_t feed_second = INT64_MIN;
    in(stats, resume_reason, feed_second);
    if (!in.ok()) {
        return;
    }
    stats_of(symbol) = stats;
    if (resume_reason) {
        resume_reasons_.emplace_back(symbol, *resume_reason);
    }
    if (feed_second != INT64_MIN) {
        newest_feed_second(symbol) = feed_second;
    }
    high_low_.load_symbol(symbol, in, sink_);
    second_bars_.load_symbol(symbol, in);
    load_parts(in, [&](std::string_view name, StateReader& part) {
        SampleDetector* detector = sample_detector(name);
        if (detector != nullptr) {
            detector->load_symbol(symbol, part);
        }
        return detector != nullptr;
    });
}

void TickLane::forget_symbol(SymbolId symbol) {
    if (symbol.value() < stats_.size()) {
        stats_[symbol.value()] = SessionStats{};
    }
    take_resume_reason(symbol);
    if (symbol.value() < newest_feed_seconds_.size()) {
        newest_feed_seconds_[symbol.value()] = INT64_MIN;
    }
    high_low_.forget_symbol(symbol);
    sink_.forget_symbol(symbol);
    second_bars_.forget_symbol(symbol);
    for (const auto& detector : sample_detectors_) {
        detector->forget_symbol(symbol);
    }
}

void TickLane::restore(const SessionRestore& session, const SessionSpan& span) {
    SessionStats& stats = stats_of(session.symbol);
    if (stats.session_key != 0) {
        return;
    }
    stats.session_key = span.session_key;
    stats.session_end = span.session_end;
    stats.session = span.session;
    high_low_.reset(session.symbol);
    high_low_.restore(session);
    for (const auto& detector : sample_detectors_) {
        detector->reset(session.symbol);
        detector->restore(session);
    }
}

void TickLane::save_totals(StateWriter& out) const {
    save_lane_totals(out, counts_, guard_);
    out(feed_samples_);
    second_bars_.save_totals(out);
    save_parts(sample_detectors_, out, [](const SampleDetector& detector, StateWriter& part) {
        detector.save_totals(part);
    });
}

void TickLane::add_totals(StateReader& in) {
    add_lane_totals(in, counts_, guard_);
    std::uint64_t feed_samples = 0;
    in(feed_samples);
    feed_samples_ += feed_samples;
    second_bars_.add_totals(in);
    load_parts(in, [&](std::string_view name, StateReader& part) {
        SampleDetector* detector = sample_detector(name);
        if (detector != nullptr) {
            detector->add_totals(part);
        }
        return detector != nullptr;
    });
}

}  // namespace tickstock
