#include "support/naive_valuation.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "base/decimal.hpp"
#include "support/naive_bars.hpp"

namespace tickstock::naive {
namespace {

struct Reference {
    std::int64_t price = 0;
    std::int64_t ts = 0;
    double spread_percent = 0;
    enum class From : std::uint8_t { Given, Trade, Quote } from = From::Given;
};

struct Priced {
    std::int64_t price;
    std::int64_t ts;
};

struct BestQuote {
    std::int64_t bid;
    std::int64_t ask;
    std::int64_t ts;
};

struct Told {
    std::int64_t clock = 0;
    std::int64_t fair_value = 0;
    std::int64_t reference = 0;
};

/// A trading session, or the stretch without trading that follows it: its begin names it.
std::int64_t stretch_of(std::int64_t ts, TradingCalendar::Kind calendar) {
    const Session session = bar_session_at(ts, calendar);
    if (session.number != 0) {
        return session.number;
    }
    constexpr std::int64_t half_hour = 1800LL * 1'000'000'000;
    std::int64_t before = ts;
    while (bar_session_at(before, calendar).number == 0) {
        before -= half_hour;
    }
    return bar_session_at(before, calendar).number + 1;  // after it, before any other
}

class SymbolValues {
public:
    SymbolValues(std::string symbol, const PipelineSettings& settings, ValuationRun& out)
        : symbol_(std::move(symbol)), settings_(settings), out_(out), story_(out.story) {}

    void on_record(const Record& record, std::int64_t clock, std::uint64_t sequence) {
        switch (record.kind()) {
            case RecordKind::Trade: on_trade(record.trade()); break;
            case RecordKind::Quote: on_quote(record.quote()); break;
            case RecordKind::TradingStatus: on_status(record.status()); break;
            case RecordKind::FairValue: on_value(record.fair_value(), clock, sequence); break;
            default: break;
        }
    }

private:
    void on_trade(const Trade& trade) {
        const std::int64_t ts = to_ns(trade.header.ts_event);
        const Session session = bar_session_at(ts, settings_.calendar);
        if (session.number == 0 || session.number < trade_session_) {
            return;
        }
        trade_session_ = session.number;
        const Rights rights = rights_of(trade, session.name);
        if (rights.last) {
            trades_.push_back({trade.price.raw(), ts});
        }
        if ((rights.last || rights.high_low) && resume_announced_) {
            halted_ = resume_announced_ = false;
        }
    }

    void on_quote(const Quote& quote) {
        quotes_.push_back({quote.bid.raw(), quote.ask.raw(), to_ns(quote.header.ts_event)});
    }

    void on_status(const TradingStatus& status) {
        using Action = TradingStatus::Action;
        if (status.action == Action::Halt || status.action == Action::Pause) {
            halted_ = true;
            resume_announced_ = false;
        } else if (status.action == Action::Resume && halted_) {
            resume_announced_ = true;
        }
    }

    std::optional<Reference> reference_for(const FairValue& value) const {
        if (value.market_price.raw() > 0) {
            return Reference{value.market_price.raw(), to_ns(value.header.ts_event), 0,
                             Reference::From::Given};
        }
        Reference reference;
        // A crossed quote counts as none (the lead's decision: SPEC is silent).
        const bool quoted =
            !quotes_.empty() && quotes_.back().bid > 0 && quotes_.back().ask >= quotes_.back().bid;
        std::int64_t mid = 0;
        if (quoted) {
            mid = (quotes_.back().bid + quotes_.back().ask) / 2;
            reference.spread_percent =
                100.0 * static_cast<double>(quotes_.back().ask - quotes_.back().bid) /
                (static_cast<double>(quotes_.back().bid + quotes_.back().ask) / 2);
        }
        if (quoted && (trades_.empty() || quotes_.back().ts > trades_.back().ts)) {
            reference.price = mid;
            reference.ts = quotes_.back().ts;
            reference.from = Reference::From::Quote;
        } else if (!trades_.empty()) {
            reference.price = trades_.back().price;
            reference.ts = trades_.back().ts;
            reference.from = Reference::From::Trade;
        } else {
            return std::nullopt;
        }
        return reference;
    }

    /// |fair value − reference| in percent of the reference ≥ micro / 1e6, exactly.
    static bool reaches(std::int64_t fair_value, std::int64_t reference, Micro micro) {
        const int128 distance = fair_value > reference ? int128{fair_value} - reference
                                                       : int128{reference} - fair_value;
        return distance * 100 * 1'000'000 >= int128{micro} * reference;
    }

    /// Signed percent × 1e15, cut.
    static int128 percent_e15(std::int64_t fair_value, std::int64_t reference) {
        return (int128{fair_value} - reference) * 100 * 1'000'000'000'000'000 / reference;
    }

    void on_value(const FairValue& value, std::int64_t clock, std::uint64_t sequence) {
        const ValuationSettings& limits = settings_.valuation;
        const std::int64_t ts = to_ns(value.header.ts_event);
        const std::optional<Reference> reference = reference_for(value);
        if (!reference) {
            ++story_.no_reference;
            return;
        }
        double confidence = value.confidence;
        if (confidence < 0) {
            const double age =
                static_cast<double>(std::max<std::int64_t>(0, ts - reference->ts)) / 1e9;
            confidence = std::clamp(1.0 - age / 600.0 - reference->spread_percent / 4.0, 0.0, 1.0);
        }
        if (confidence < static_cast<double>(limits.min_confidence) / 1e6) {
            ++story_.low_confidence;
            return;
        }
        const std::int64_t fair_value = value.value.raw();
        if (reaches(fair_value, reference->price, limits.max_deviation) &&
            !is_exactly(fair_value, reference->price, limits.max_deviation)) {
            ++story_.implausible;
            return;
        }
        story_.by_given_price += reference->from == Reference::From::Given ? 1U : 0U;
        story_.by_trade += reference->from == Reference::From::Trade ? 1U : 0U;
        story_.by_quote += reference->from == Reference::From::Quote ? 1U : 0U;
        ++(value.confidence < 0 ? story_.confidence_computed : story_.confidence_given);

        const std::int64_t stretch = stretch_of(ts, settings_.calendar);
        if (stretch != stretch_) {
            story_.session_changes += stretch_ != 0 ? 1U : 0U;
            stretch_ = stretch;
            told_.clear();
            armed_ = true;
        }
        if (!reaches(fair_value, reference->price, limits.rearm_deviation)) {
            story_.rearmed += armed_ ? 0 : 1;
            armed_ = true;
        }
        if (!reaches(fair_value, reference->price, limits.min_deviation)) {
            story_.small += reaches(fair_value, reference->price, limits.rearm_deviation) ? 1U : 0U;
            return;
        }
        const bool up = fair_value > reference->price;
        bool turned = false;
        bool further = false;
        if (!told_.empty()) {
            const Told& last = told_.back();
            turned = up != (last.fair_value > last.reference);
            const int128 out = abs_of(percent_e15(fair_value, reference->price)) -
                               abs_of(percent_e15(last.fair_value, last.reference));
            further = !turned && out >= int128{limits.deviation_step} * 1'000'000'000;
        }
        if (!armed_ && !turned && !further) {
            ++story_.told_already;
            return;
        }
        if (!told_.empty() && clock - told_.back().clock < limits.cooldown.count()) {
            ++story_.cooling;
            return;
        }
        if (halted_) {
            ++story_.muted;
            return;
        }
        ++(armed_ ? story_.emitted_armed : turned ? story_.emitted_turned : story_.emitted_further);
        story_.in_closed += bar_session_at(ts, settings_.calendar).number == 0 ? 1U : 0U;
        armed_ = false;
        told_.push_back({clock, fair_value, reference->price});
        publish(value, *reference, confidence, clock, sequence);
    }

    static int128 abs_of(int128 value) { return value < 0 ? -value : value; }

    static bool is_exactly(std::int64_t fair_value, std::int64_t reference, Micro micro) {
        const int128 distance = abs_of(int128{fair_value} - reference);
        return distance * 100 * 1'000'000 == int128{micro} * reference;
    }

    void publish(const FairValue& value, const Reference& reference, double confidence,
                 std::int64_t clock, std::uint64_t sequence) {
        ValuationFact fact;
        fact.fire = clock;
        fact.sequence = sequence;
        fact.symbol = symbol_;
        fact.direction = value.value.raw() > reference.price ? Direction::Up : Direction::Down;
        fact.ts = to_ns(value.header.ts_event);
        fact.session = bar_session_at(fact.ts, settings_.calendar).name;
        fact.fair_value = value.value.raw();
        fact.reference = reference.price;
        fact.confidence = confidence;
        fact.deviation = static_cast<double>(fact.fair_value - fact.reference) /
                         static_cast<double>(fact.reference) * 100;
        fact.strength = confidence * std::min(std::fabs(fact.deviation) / 10, 1.0);
        fact.source_sequence = value.header.source_sequence;
        std::string parts = symbol_ + "|valuation||fmv|" + std::string(to_string(fact.direction)) +
                            "|" + std::to_string(fact.ts);
        parts += "|" + std::to_string(told_ids_[parts]++);
        fact.id = xxh64(parts);
        out_.facts.push_back(fact);
    }

    const std::string symbol_;
    const PipelineSettings& settings_;
    ValuationRun& out_;
    ValuationStory& story_;
    std::vector<Priced> trades_;  // last-eligible
    std::vector<BestQuote> quotes_;
    std::vector<Told> told_;  // of the session
    std::map<std::string, int> told_ids_;
    std::int64_t trade_session_ = 0;
    std::int64_t stretch_ = 0;
    bool armed_ = true;
    bool halted_ = false;
    bool resume_announced_ = false;
};

}  // namespace

ValuationRun valuations_of(const Tape& tape, const PipelineSettings& settings) {
    ValuationRun run;
    std::vector<SymbolValues> symbols;
    for (const std::string& symbol : tape.symbols) {
        symbols.emplace_back(symbol, settings, run);
    }
    std::int64_t clock = INT64_MIN;
    for (std::size_t i = 0; i < tape.records.size(); ++i) {
        const RecordHeader& header = tape.records[i].header();
        clock = std::max(clock, to_ns(header.ts_recv) - tape.delay.count());
        symbols[header.symbol.value()].on_record(tape.records[i], clock, i + 1);
    }
    return run;
}

}  // namespace tickstock::naive
