#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/price.hpp"
#include "base/time.hpp"
#include "config/config.hpp"
#include "detectors/detection_sink.hpp"
#include "detectors/session_stats.hpp"
#include "model/enums.hpp"
#include "model/rule_activity.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// A closed second bar as trend and surge see it (SPEC 7.2).
struct Sample {
    SymbolId symbol;
    UnixNanos t;      ///< the second's end
    Price price;      ///< close
    Size volume;      ///< volume-eligible, with what seconds without a close left over
    double vwap = 0;  ///< the session's at the closing; the price before any volume
    MarketPeriod period = MarketPeriod::Base;  ///< of the second's start
    TradingSession session = TradingSession::Closed;
    // As the session stands at the closing; 0 before any trade that may make a high or low, and
    // where no detector needs them.
    Price session_open;
    Price session_high;
    Price session_low;
    SourceKind source = SourceKind::Tick;  ///< of the trade that made the close
};

/// A detector that works on second bars. One instance a shard, all its symbols; one thread.
class SampleDetector {
public:
    virtual ~SampleDetector() = default;

    /// A new trading session of the symbol begins.
    virtual void reset(SymbolId symbol) = 0;

    /// Samples of a symbol come in order of time. May set its flag in `stats`.
    virtual void on_sample(const Sample& sample, SessionStats& stats, const Moment& moment,
                           DetectionSink& sink) = 0;

    /// A sample of the symbol comes soon, or very soon: what the processor should fetch, and what
    /// that points to. Changes nothing.
    virtual void prefetch(SymbolId /*symbol*/) const {}
    virtual void prefetch_pointed(SymbolId /*symbol*/) const {}

    /// True when Sample::session_open, session_high and session_low are to be filled.
    virtual bool needs_session_prices() const { return false; }

    /// Adds what user rules did here; `by_rule` is by place in RuleSettings::user.
    virtual void add_rule_activity(std::span<RuleActivity> /*by_rule*/) const {}
};

/// The registry: every sample detector that the settings enable, in the order in which they see a
/// sample. A new detector is a file pair and a line here.
std::vector<std::unique_ptr<SampleDetector>> make_sample_detectors(
    const PipelineSettings& settings);

}  // namespace tickstock
