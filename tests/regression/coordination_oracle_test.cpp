// MultiSourceCoordinator against the naive oracle (tests/support/naive_coordination.hpp) on random
// detections of several sources, in both modes: the same events in the same order, however the
// journal is cut into runs and however often the coordinator is told the time.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "coordination/multi_source_coordinator.hpp"
#include "model/clock_index.hpp"
#include "regression/random_tape.hpp"
#include "support/engine_run.hpp"
#include "support/naive_coordination.hpp"

namespace tickstock::naive {
namespace {

constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t second = 1000 * ms;

// ---------------------------------------------------------------- random detections

/// A journal and the detections of its records and of deadlines between them, in key order.
class DetectionTapeMaker {
public:
    explicit DetectionTapeMaker(std::uint64_t seed) {
        Dice dice(seed);
        tape_.symbols = {"MID", "ZED", "ABC"};
        tape_.symbols.resize(1 + dice.below(3));
        clock_ = 1'709'917'200 * second + static_cast<std::int64_t>(dice.below(7));
        static constexpr std::int64_t lengths[] = {3 * second, 20 * second, 100'000 * second};
        session_length_ = dice.pick(lengths);
        sources_ = 1 + dice.below(5);
        types_ = 1 + dice.below(5);
    }

    /// One journal entry, the deadlines before it and what it makes.
    void add(std::uint64_t word) {
        Dice dice(word);
        static constexpr std::int64_t steps[] = {0,
                                                 0,
                                                 1,
                                                 50 * ms,
                                                 100 * ms,
                                                 100 * ms,
                                                 200 * ms,
                                                 200 * ms - 1,
                                                 500 * ms,
                                                 500 * ms - 1,
                                                 500 * ms + 1,
                                                 second,
                                                 2 * second};
        const std::int64_t before = clock_;
        clock_ += dice.pick(steps);
        tape_.clocks.push_back(clock_);
        const auto sequence = static_cast<std::uint64_t>(tape_.clocks.size());
        if (clock_ > before && dice.one_in(5)) {
            const std::int64_t deadline =
                dice.one_in(2) ? clock_ : before + (clock_ - before + 1) / 2;
            detect(dice, deadline, sequence, 0);
        }
        const std::size_t symbol = dice.below(tape_.symbols.size());
        for (std::size_t i = 0; i < dice.below(3); ++i) {
            detect(dice, clock_, sequence, 1, symbol);
        }
        sort_newest(sequence);
    }

    DetectionTape take() {
        for (Dice dice(static_cast<std::uint64_t>(clock_)); dice.one_in(2);) {
            clock_ += 300 * ms;
            detect(dice, clock_, sequence_end.value(), 0);
            correctable_.clear();
        }
        for (std::size_t i = 0; i < tape_.detections.size(); ++i) {
            Detection& detection = tape_.detections[i];
            detection.evidence.source_sequence = i + 1;  // tells the content apart
        }
        return std::move(tape_);
    }

private:
    void detect(Dice& dice, std::int64_t fire, std::uint64_t sequence, int phase,
                std::optional<std::size_t> of_symbol = {}) {
        const std::size_t symbol = of_symbol.value_or(dice.below(tape_.symbols.size()));
        Detection detection;
        detection.symbol = SymbolId(static_cast<std::uint32_t>(symbol));
        detection.session_key = fire / session_length_;
        if (dice.one_in(10) && !correctable_.empty()) {
            const std::size_t back = dice.below(std::min<std::size_t>(correctable_.size(), 3));
            const auto chosen = correctable_.end() - 1 - static_cast<std::ptrdiff_t>(back);
            detection = tape_.detections[*chosen];
            correctable_.erase(chosen);
            if (detection.session_key != fire / session_length_ || detection.revises_last) {
                return;
            }
            detection.revises_last = true;
            detection.price = detection.price - Price::from_cents(1);
            if (auto* data = std::get_if<HighLowData>(&detection.data)) {
                data->cancelled = true;
            }
            if (dice.one_in(8)) {
                detection.ts += Nanos{1};  // means no detection that there was
            }
        } else {
            fill(dice, detection, fire);
            const bool lags = detection.source == SourceKind::Ohlcv && dice.one_in(8);
            detection.session_key -= lags ? 1 : 0;
        }
        detection.key.fire = unix_nanos(fire);
        detection.key.sequence = Sequence{sequence};
        detection.key.phase = static_cast<std::uint8_t>(phase);
        detection.key.rank =
            detection.source == SourceKind::Ohlcv ? EventRank::Bar : rank_of(detection.type);
        detection.key.k = ++outputs_[{detection.symbol, detection.key.rank}];
        tape_.detections.push_back(detection);
        const bool of_trades =
            detection.source == SourceKind::Tick || detection.source == SourceKind::WebSocket;
        const bool extreme = detection.type == EventType::High || detection.type == EventType::Low;
        if (of_trades && extreme && !detection.revises_last) {
            note_correctable_ = true;
            // The detector takes back its newest one only.
            std::erase_if(correctable_, [&](std::size_t earlier) {
                return tape_.detections[earlier].type == detection.type &&
                       tape_.detections[earlier].symbol == detection.symbol;
            });
        }
    }

    void fill(Dice& dice, Detection& detection, std::int64_t fire) {
        static constexpr EventType types[] = {EventType::High, EventType::Trend, EventType::Low,
                                              EventType::Valuation, EventType::Surge};
        static constexpr SourceKind kinds[] = {SourceKind::Tick, SourceKind::Ohlcv,
                                               SourceKind::WebSocket, SourceKind::Fmv,
                                               SourceKind::Channel};
        detection.source = kinds[dice.below(sources_)];
        const std::size_t what = dice.below(40);
        detection.type = what == 0   ? EventType::Control
                         : what == 1 ? EventType::Rule
                                     : types[dice.below(types_)];
        static constexpr std::int64_t ages[] = {0, 0, 0, ms, 250 * ms, 600 * ms};
        detection.ts = unix_nanos((fire - dice.pick(ages)) / (100 * ms) * (100 * ms));
        static constexpr std::int64_t cents[] = {10'000, 10'001, 10'002};
        detection.price = Price::from_cents(dice.pick(cents));
        detection.confidence = dice.one_in(4) ? 0.75 : 1;
        static constexpr double scores[] = {10, 20, 20.5};
        detection.score = dice.pick(scores);
        detection.direction = dice.one_in(3) ? Direction::Down : Direction::Up;
        if (detection.source == SourceKind::Ohlcv) {
            detection.timeframe = dice.one_in(3) ? Timeframe::Minute5 : Timeframe::Minute1;
            detection.data = BarData{0.3, detection.score};
        }
        switch (detection.type) {
            case EventType::High: detection.direction = Direction::Up; break;
            case EventType::Low: detection.direction = Direction::Down; break;
            case EventType::Control:
                detection.source = SourceKind::Tick;
                detection.direction = Direction::None;
                detection.timeframe = Timeframe::None;
                detection.data = ControlData{};
                return;
            case EventType::Rule: {
                detection.source = SourceKind::Channel;
                detection.direction = Direction::None;
                detection.timeframe = Timeframe::None;
                RuleData rule;
                rule.rule = RuleName(dice.one_in(2) ? "mine" : "yours");
                detection.data = rule;
                return;
            }
            default: break;
        }
        const bool extreme = detection.type == EventType::High || detection.type == EventType::Low;
        if (detection.source == SourceKind::Ohlcv) {
            detection.known_from_trades = extreme && dice.one_in(4);
        } else if (extreme) {
            detection.data = HighLowData{};
        } else if (detection.type == EventType::Trend) {
            TrendData data;
            data.score = detection.direction == Direction::Up ? detection.score : -detection.score;
            detection.data = data;
        } else if (detection.type == EventType::Surge) {
            SurgeData data;
            data.score = detection.score;
            detection.data = data;
        } else {
            ValuationData data;
            data.strength = detection.score;
            detection.data = data;
        }
    }

    /// Detections of one journal entry and its deadlines come in key order.
    void sort_newest(std::uint64_t sequence) {
        std::vector<Detection>& all = tape_.detections;
        const auto first = std::find_if(all.begin(), all.end(), [&](const Detection& detection) {
            return detection.key.sequence.value() == sequence;
        });
        std::stable_sort(first, all.end(), [&](const Detection& a, const Detection& b) {
            return std::tuple(a.key.fire, a.key.sequence, a.key.phase,
                              tape_.symbols[a.symbol.value()], a.key.rank, a.key.k) <
                   std::tuple(b.key.fire, b.key.sequence, b.key.phase,
                              tape_.symbols[b.symbol.value()], b.key.rank, b.key.k);
        });
        if (std::exchange(note_correctable_, false)) {
            for (auto i = static_cast<std::size_t>(first - all.begin()); i < all.size(); ++i) {
                const bool of_trades =
                    all[i].source == SourceKind::Tick || all[i].source == SourceKind::WebSocket;
                const bool extreme =
                    all[i].type == EventType::High || all[i].type == EventType::Low;
                if (of_trades && extreme && !all[i].revises_last) {
                    std::erase_if(correctable_, [&](std::size_t earlier) {
                        return all[earlier].type == all[i].type &&
                               all[earlier].symbol == all[i].symbol;
                    });
                    correctable_.push_back(i);
                }
            }
        }
    }

    DetectionTape tape_;
    std::map<std::pair<SymbolId, EventRank>, std::uint32_t> outputs_;
    std::vector<std::size_t> correctable_;
    bool note_correctable_ = false;
    std::int64_t clock_ = 0;
    std::int64_t session_length_ = 0;
    std::size_t sources_ = 1;
    std::size_t types_ = 1;
};

// ---------------------------------------------------------------- running the coordinator

struct CoordinatorRun {
    std::vector<Event> events;  // in stream order
    bool closes = true;         // the ledger, after every step
    StageCounts counts;
    bool deadline_left = false;
};

/// As the pipeline does it, but cut into runs at random and with more words about the time.
CoordinatorRun run_coordinator(const DetectionTape& tape, const CoordinationSettings& settings,
                               std::uint64_t cut_seed) {
    SymbolTable symbols;
    for (const std::string& symbol : tape.symbols) {
        symbols.intern(symbol);
    }
    std::vector<Record> journal;
    for (std::size_t i = 0; i < tape.clocks.size(); ++i) {
        Record record = Record::clock_tick(unix_nanos(tape.clocks[i]));
        record.header().clock = unix_nanos(tape.clocks[i]);
        record.header().sequence = Sequence{i + 1};
        journal.push_back(record);
    }
    MultiSourceCoordinator coordinator(settings, symbols);
    CoordinatorRun run;
    Dice dice(cut_seed);
    std::vector<Event>& out = run.events;
    std::int64_t told = 0;
    const auto advance = [&](std::int64_t to, const ClockIndex& clocks) {
        for (std::size_t pieces = dice.below(3); pieces > 0 && told != 0 && to > told; --pieces) {
            told += static_cast<std::int64_t>(
                dice.below(static_cast<std::size_t>(std::min(to - told, 10 * second))));
            coordinator.advance(unix_nanos(told), clocks, out);
        }
        coordinator.advance(unix_nanos(to), clocks, out);
        told = to;
    };
    std::size_t next = 0;
    const auto feed = [&](std::uint64_t last_sequence, const ClockIndex& clocks) {
        for (; next < tape.detections.size() &&
               tape.detections[next].key.sequence.value() <= last_sequence;
             ++next) {
            advance(to_ns(tape.detections[next].key.fire), clocks);
            coordinator.add(Detection(tape.detections[next]), out);
            const StageCounts& counts = coordinator.counts();
            run.closes =
                run.closes && counts.closes() && counts.in == next + 1 && counts.out == out.size();
        }
    };
    for (std::size_t at = 0; at < journal.size();) {
        const std::size_t count = std::min(journal.size() - at, 1 + dice.below(20));
        const ClockIndex clocks(std::span<const Record>(journal).subspan(at, count));
        at += count;
        feed(at, clocks);
        advance(to_ns(clocks.through()), clocks);
    }
    const ClockIndex end({});
    feed(sequence_end.value(), end);
    coordinator.advance(end.through(), end, out);
    std::stable_sort(out.begin(), out.end(), [&](const Event& a, const Event& b) {
        const OrderKey& x = a.detection.key;
        const OrderKey& y = b.detection.key;
        return std::tuple(x.fire, x.sequence, x.phase, tape.symbols[a.detection.symbol.value()],
                          x.rank) < std::tuple(y.fire, y.sequence, y.phase,
                                               tape.symbols[b.detection.symbol.value()], y.rank);
    });
    run.counts = coordinator.counts();
    run.deadline_left = coordinator.next_deadline() != time_never;
    return run;
}

// ---------------------------------------------------------------- comparing

std::string compare(const CoordinatedFact& fact, const Event& event, const DetectionTape& tape) {
    const Detection& told = event.detection;
    const Detection& expected = tape.detections[fact.content];
    Comparison comparison;
    comparison.field("content", fact.content + 1, told.evidence.source_sequence);
    comparison.field("id", fact.id, event.id);
    comparison.field("rev", fact.revision, event.revision);
    comparison.field("corroborated_by", int{fact.corroborated_by}, int{event.corroborated_by});
    comparison.field("suppressed", int{fact.suppressed}, int{event.suppressed});
    comparison.field("fire", fact.fire, to_ns(told.key.fire));
    comparison.field("sequence", fact.sequence, told.key.sequence.value());
    comparison.field("phase", fact.phase, int{told.key.phase});
    comparison.field("rank", int(expected.key.rank), int(told.key.rank));
    comparison.field("symbol", expected.symbol.value(), told.symbol.value());
    comparison.field("type", to_string(expected.type), to_string(told.type));
    comparison.field("direction", to_string(expected.direction), to_string(told.direction));
    comparison.field("source", to_string(expected.source), to_string(told.source));
    comparison.field("timeframe", to_string(expected.timeframe), to_string(told.timeframe));
    comparison.field("ts", to_ns(expected.ts), to_ns(told.ts));
    comparison.field("price", expected.price.raw(), told.price.raw());
    comparison.number("confidence", expected.confidence, told.confidence);
    comparison.number("score", expected.score, told.score);
    comparison.field("data", expected.data.index(), told.data.index());
    return comparison.text();
}

std::string first_difference(const std::vector<CoordinatedFact>& facts, const CoordinatorRun& run,
                             const DetectionTape& tape) {
    for (std::size_t i = 0; i < std::min(facts.size(), run.events.size()); ++i) {
        const std::string text = compare(facts[i], run.events[i], tape);
        if (!text.empty()) {
            return "event " + std::to_string(i) + ", oracle tells detection " +
                   std::to_string(facts[i].content + 1) + ", engine " +
                   std::to_string(run.events[i].detection.evidence.source_sequence) + ":\n" + text;
        }
    }
    if (facts.size() > run.events.size()) {
        return "only the oracle tells detection " +
               std::to_string(facts[run.events.size()].content + 1) + "\n";
    }
    if (facts.size() < run.events.size()) {
        return "only the engine tells detection " +
               std::to_string(run.events[facts.size()].detection.evidence.source_sequence) + "\n";
    }
    return "";
}

std::string text_of(const DetectionTape& tape) {
    std::ostringstream out;
    for (std::size_t i = 0; i < tape.clocks.size(); ++i) {
        out << "entry " << i + 1 << " clock " << tape.clocks[i] << "\n";
    }
    for (std::size_t i = 0; i < tape.detections.size(); ++i) {
        const Detection& d = tape.detections[i];
        out << "detection " << i + 1 << " fire " << to_ns(d.key.fire) << " seq "
            << d.key.sequence.value() << " phase " << int{d.key.phase} << " "
            << tape.symbols[d.symbol.value()] << " " << to_string(d.type) << " "
            << to_string(d.source) << " " << to_string(d.direction) << " " << to_string(d.timeframe)
            << " ts " << to_ns(d.ts) << " session " << d.session_key << " price " << d.price.raw()
            << " score " << d.score << " confidence " << d.confidence
            << (d.revises_last ? " REVISES" : "") << (d.known_from_trades ? " known" : "") << "\n";
    }
    return out.str();
}

// ---------------------------------------------------------------- checking

/// More tapes than RapidCheck's hundred, unless RC_PARAMS says otherwise.
[[maybe_unused]] const int more_tapes = setenv("RC_PARAMS", "max_success=1500", 0);

std::map<std::string, std::uint64_t> check_tapes(CoordinationMode mode) {
    CoordinationSettings settings;
    settings.mode = mode;
    std::map<std::string, std::uint64_t> story;
    const bool good = rc::check([&](std::uint64_t seed) {
        const auto words = *rc::gen::scale(4.0, rc::gen::container<std::vector<std::uint64_t>>(
                                                    rc::gen::arbitrary<std::uint64_t>()));
        DetectionTapeMaker maker(seed);
        for (const std::uint64_t word : words) {
            maker.add(word);
        }
        const DetectionTape tape = maker.take();
        const CoordinationRun expected = coordinated(tape, settings);
        for (const std::uint64_t cut : {seed, seed + 1}) {
            const CoordinatorRun run = run_coordinator(tape, settings, cut);
            const std::string difference = first_difference(expected.facts, run, tape);
            if (!difference.empty()) {
                RC_LOG() << difference << text_of(tape);
                RC_FAIL();
            }
            RC_ASSERT(run.closes);
            RC_ASSERT(run.counts.closes());
            RC_ASSERT(run.counts.held == 0U);
            RC_ASSERT(run.counts.in == tape.detections.size());
            RC_ASSERT(run.counts.out == expected.facts.size());
            RC_ASSERT(run.counts.dropped_total() == run.counts.dropped_for(Reason::Corroboration) +
                                                        run.counts.dropped_for(Reason::Superseded));
            RC_ASSERT(!run.deadline_left);
        }
        for (const auto& [what, count] : expected.story) {
            story[what] += count;
        }
    });
    EXPECT_TRUE(good);
    return story;
}

/// Fails for what was not seen often enough; prints all.
void expect_seen(std::map<std::string, std::uint64_t> story, std::vector<std::string> wanted) {
    std::map<std::string, std::uint64_t> counts;
    for (const std::string& what : wanted) {
        counts[what] = story[what];
        story.erase(what);
    }
    expect_all_seen(counts, 30);
    expect_all_seen(story, 0);
}

TEST(RandomDetections, InEagerModeGiveTheOraclesEvents) {
    expect_seen(check_tapes(CoordinationMode::Eager),
                {"alone",
                 "passes",
                 "passes as revision",
                 "passes again in a window",
                 "held",
                 "several held at the end",
                 "emitted at the window's end",
                 "held in vain",
                 "emitted at the end of input",
                 "window ended by the next session",
                 "of an old session",
                 "known from trades",
                 "known from trades, in a window",
                 "corroborated",
                 "other direction suppressed",
                 "tie decided by id",
                 "correction of nothing",
                 "correction of a published one",
                 "correction of a held one",
                 "correction of a lost one",
                 "correction of one that another source has followed"});
}

TEST(RandomDetections, InStrictModeGiveTheOraclesEvents) {
    expect_seen(
        check_tapes(CoordinationMode::Strict),
        {"alone", "held", "of an old session", "several held at the end",
         "emitted at the window's end", "emitted at the end of input",
         "window ended by the next session", "known from trades", "known from trades, in a window",
         "corroborated", "other direction suppressed", "tie decided by id", "correction of nothing",
         "correction of a published one", "correction of a held one", "correction of a lost one",
         "correction of one that another source has followed"});
}

}  // namespace
}  // namespace tickstock::naive
