#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/state_archive.hpp"
#include "config/config.hpp"
#include "detectors/detection_sink.hpp"
#include "model/accounting.hpp"
#include "model/intake_note.hpp"
#include "model/record.hpp"

namespace tickstock {

/// Gaps between a provider's fair value and the market (SPEC 7.6).
///
/// The deviation is (value − reference) / reference. One of at least `min_deviation` is told, and
/// told again when its sign has changed, when it has gone `deviation_step` further out than the
/// last told one, or after it was below `rearm_deviation` in between; never within the cooldown,
/// which leaves nothing pending. A value that is too unsure or too far off changes no state at all.
/// State starts anew with each trading session, closed nights being sessions of their own. A value
/// of an earlier session than the symbol's works on the state there is. O(1) per value; one thread;
/// called by the value lane in sequence order; never reads a clock. A fair value is no trade: no
/// session's high or low knows it.
class ValuationDetector {
public:
    explicit ValuationDetector(const ValuationSettings& settings) { reconfigure(settings); }

    /// Between two records.
    void reconfigure(const ValuationSettings& settings);

    /// Takes a fair value with the market price that intake attached. A reason when it is filtered.
    /// REQUIRES: reference.price > 0.
    std::optional<Reason> on_fair_value(const FairValue& value, const FairValueReference& reference,
                                        const IntakeNote& note, const Moment& moment,
                                        DetectionSink& sink);

    /// Of the values taken since the start, those that were too unsure included: for monitoring,
    /// no part of the state.
    double confidence_sum() const { return confidence_sum_; }
    std::uint64_t confidences() const { return confidences_; }

    // State to bytes and back. There are no totals.
    void save_symbol(SymbolId symbol, StateWriter& out) const;
    /// Nothing changes when `in` fails. REQUIRES: the symbol is unknown, or forgotten.
    void load_symbol(SymbolId symbol, StateReader& in);
    /// As if it had never been seen.
    void forget_symbol(SymbolId symbol);

private:
    /// value − reference over reference, exact: both in 1e-9 USD.
    struct Deviation {
        std::int64_t gap = 0;
        std::int64_t reference = 1;

        /// |deviation| against a percent.
        bool at_least(Micro percent) const;
        bool exceeds(Micro percent) const;
        /// |deviation| ≥ |other| + `step` percent points.
        bool further_out_than(const Deviation& other, Micro step) const;
        bool same_sign_as(const Deviation& other) const { return (gap > 0) == (other.gap > 0); }
    };
    struct SymbolState {
        std::int64_t session_key = 0;
        bool armed = true;
        bool emitted_before = false;  // this session
        Deviation last_emitted;
        UnixNanos emission_clock;

        template <class Archive>
        void archive(Archive& a) {
            a(session_key, armed, emitted_before, last_emitted, emission_clock);
        }
    };

    static double confidence_of(const FairValue& value, const FairValueReference& reference);
    bool is_news(const SymbolState& state, const Deviation& deviation) const;
    SymbolState& state_of(SymbolId symbol);

    ValuationSettings settings_;
    bool configured_ = false;  // settings differ from the defaults
    std::vector<SymbolState> states_;
    double confidence_sum_ = 0;
    std::uint64_t confidences_ = 0;
};

}  // namespace tickstock
