#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/price.hpp"
#include "base/state_archive.hpp"
#include "base/time.hpp"
#include "config/config.hpp"
#include "detectors/detection_sink.hpp"
#include "detectors/session_stats.hpp"
#include "model/decision.hpp"
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

    /// Other settings, between two records; what is known of the symbols stays.
    virtual void reconfigure(const PipelineSettings& /*settings*/) {}

    /// A new trading session of the symbol begins.
    virtual void reset(SymbolId symbol) = 0;

    /// Samples of a symbol come in order of time. May set its flag in `stats`.
    virtual void on_sample(const Sample& sample, SessionStats& stats, const Moment& moment,
                           DetectionSink& sink) = 0;

    /// A sample of the symbol comes soon, or very soon: what the processor should fetch, and what
    /// that points to. Changes nothing.
    virtual void prefetch(SymbolId /*symbol*/) const {}
    virtual void prefetch_pointed(SymbolId /*symbol*/) const {}

    /// How many events an earlier process told of the session that has just been entered.
    virtual void restore(const SessionRestore& /*session*/) {}

    /// True when Sample::session_open, session_high and session_low are to be filled.
    virtual bool needs_session_prices() const { return false; }

    /// Adds what user rules did here; `by_rule` is by place in RuleSettings::user.
    virtual void add_rule_activity(std::span<RuleActivity> /*by_rule*/) const {}

    /// A user rule goes on or off; off it acts as if it were absent. False: none of this name here.
    virtual bool switch_rule(std::string_view /*name*/, bool /*on*/) { return false; }

    /// Of the detector, unique in the lane: dead letters show it, and saved state is found by it
    /// again. A constant that lives for ever.
    virtual const char* name() const = 0;

    // State to bytes and back: snapshots, and symbols that move to another shard. What comes out
    // afterwards must be the same as without, and saving what was loaded gives the same bytes.

    /// All that is known of the symbol; a symbol never seen may be asked for, too.
    virtual void save_symbol(SymbolId symbol, StateWriter& out) const = 0;
    /// What save_symbol() wrote. Nothing changes when `in` fails.
    /// REQUIRES: the symbol is unknown, or forgotten.
    virtual void load_symbol(SymbolId symbol, StateReader& in) = 0;
    /// As if it had never been seen.
    virtual void forget_symbol(SymbolId symbol) = 0;
    /// Counters, and what belongs to no symbol. Loading adds to what is there, because the totals
    /// of several shards may be put into one.
    virtual void save_totals(StateWriter& /*out*/) const {}
    virtual void add_totals(StateReader& /*in*/) {}
};

/// The registry: every sample detector that the settings enable, in the order in which they see a
/// sample. A new detector is a file pair and a line here.
std::vector<std::unique_ptr<SampleDetector>> make_sample_detectors(
    const PipelineSettings& settings);

}  // namespace tickstock
