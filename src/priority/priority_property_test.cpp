// Random decisions and events: what becomes of each event is what the sentences of the
// specification say of the decisions at or before its key, for any number of shards, any batches,
// decisions that are told early, pasts that are forgotten and state that goes through bytes.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "priority/priority_manager.hpp"
#include "priority/test_support.hpp"

namespace tickstock {
namespace {

constexpr unsigned symbol_count = 12;

struct Told {
    std::uint64_t sequence = 0;
    std::variant<UniverseChange, ShedChange> what;
};

/// What is seen of an event that goes on.
struct Outcome {
    std::uint64_t id = 0;
    int priority = 0;

    friend auto operator<=>(const Outcome&, const Outcome&) = default;
};

struct Day {
    std::vector<Told> decisions;  // by sequence
    std::vector<Event> events;    // by key's sequence; id = place
    bool drop_outside = false;
};

std::string symbol_text(unsigned number) {
    return "S" + std::to_string(number);
}

UniverseChange random_universe() {
    UniverseChange change;
    change.name = *rc::gen::element<std::string>("a", "b", "c");
    change.removed = *rc::gen::inRange(0, 4) == 0;
    if (!change.removed) {
        for (unsigned i = 0; i < symbol_count; ++i) {
            if (*rc::gen::inRange(0, 3) == 0) {
                change.symbols.emplace_back(symbol_text(i));
            }
        }
        std::sort(change.symbols.begin(), change.symbols.end());
        change.priority = *rc::gen::arbitrary<bool>();
    }
    return change;
}

Day random_day(const SymbolTable& symbols) {
    Day day;
    day.drop_outside = *rc::gen::arbitrary<bool>();
    std::uint64_t sequence = 0;
    for (int i = *rc::gen::inRange(0, 12); i > 0; --i) {
        sequence += *rc::gen::inRange(1U, 6U);
        if (*rc::gen::arbitrary<bool>()) {
            day.decisions.push_back({sequence, random_universe()});
        } else {
            const auto level = static_cast<std::uint8_t>(*rc::gen::inRange(0, 5));
            day.decisions.push_back({sequence, ShedChange{level}});
        }
    }
    std::uint64_t key = 1;
    for (int i = *rc::gen::inRange(0, 60); i > 0; --i) {
        key += *rc::gen::inRange(0U, 3U);
        const auto type = static_cast<EventType>(*rc::gen::inRange(0, event_type_count));
        const auto symbol = symbols.find(symbol_text(*rc::gen::inRange(0U, symbol_count)));
        day.events.push_back(event_of(type, *symbol, key));
        day.events.back().id = day.events.size();
    }
    return day;
}

/// The sentences, over all decisions for each event.
std::optional<Outcome> naive(const Day& day, const Event& event, const SymbolTable& symbols) {
    const Detection& detection = event.detection;
    std::map<std::string, UniverseChange> universes;
    int level = 0;
    for (const Told& told : day.decisions) {
        if (told.sequence > detection.key.sequence.value()) {
            continue;
        }
        if (const auto* shed = std::get_if<ShedChange>(&told.what)) {
            level = shed->level;
        } else {
            const auto& change = std::get<UniverseChange>(told.what);
            universes.erase(change.name);
            if (!change.removed) {
                universes[change.name] = change;
            }
        }
    }
    bool inside = false;
    bool priority = false;
    for (const auto& [name, universe] : universes) {
        const auto& texts = universe.symbols;
        if (std::count(texts.begin(), texts.end(), symbols.text(detection.symbol)) > 0) {
            inside = true;
            priority = priority || universe.priority;
        }
    }
    const EventType type = detection.type;
    if (type == EventType::Control) {
        return Outcome{event.id, 1};
    }
    if (day.drop_outside && !universes.empty() && !inside) {
        return std::nullopt;
    }
    const bool extreme = type == EventType::High || type == EventType::Low;
    const int own = extreme ? 2 : type == EventType::Rule ? 4 : 3;
    const int event_class = priority ? own - 1 : own;
    const int shed_from = event_class == 1           ? 5
                          : type == EventType::Surge ? 4
                          : event_class == 4         ? 1
                          : event_class == 3         ? 2
                                                     : 3;
    return level >= shed_from ? std::nullopt : std::optional(Outcome{event.id, event_class});
}

/// One shard's run through the day, its events cut into batches at random; each decision is told
/// before the first batch with a key at or after it, or earlier.
std::vector<Outcome> run(const Day& day, const SymbolTable& symbols, unsigned shard,
                         unsigned shards, StageCounts& counts) {
    const PrioritySettings settings{100, day.drop_outside};
    auto manager = std::make_unique<PriorityManager>(symbols, settings);
    std::vector<Event> mine;
    std::copy_if(day.events.begin(), day.events.end(), std::back_inserter(mine),
                 [&](const Event& e) { return e.detection.symbol.value() % shards == shard; });
    std::vector<Outcome> outcomes;
    std::size_t told = 0;
    for (std::size_t begin = 0; begin < mine.size();) {
        const std::size_t end = std::min(mine.size(), begin + *rc::gen::inRange<std::size_t>(1, 9));
        const std::uint64_t last = mine[end - 1].detection.key.sequence.value();
        const std::uint64_t early = last + *rc::gen::inRange(0U, 20U);
        for (; told < day.decisions.size() && day.decisions[told].sequence <= early; ++told) {
            const Sequence sequence{day.decisions[told].sequence};
            std::visit([&](const auto& change) { manager->apply(change, sequence); },
                       day.decisions[told].what);
        }
        std::vector<Event> batch(mine.begin() + static_cast<std::ptrdiff_t>(begin),
                                 mine.begin() + static_cast<std::ptrdiff_t>(end));
        manager->assign(batch);
        for (const Event& event : batch) {
            outcomes.push_back({event.id, event.priority});
        }
        if (*rc::gen::arbitrary<bool>()) {
            manager->forget_before(Sequence{last});
        }
        if (*rc::gen::inRange(0, 4) == 0) {  // a snapshot and a start
            StateWriter out;
            manager->save_control(out);
            manager->save_totals(out);
            manager = std::make_unique<PriorityManager>(symbols, settings);
            StateReader in(out.text());
            manager->load_control(in);
            manager->add_totals(in);
            RC_ASSERT(in.ok() && in.at_end());
        }
        begin = end;
    }
    counts += manager->counts();
    return outcomes;
}

RC_GTEST_PROP(PriorityProperty, IsWhatTheSentencesSayForAnyShardsAndBatches, ()) {
    SymbolTable symbols;
    for (unsigned i = 0; i < symbol_count; ++i) {
        symbols.intern(symbol_text(i));
    }
    const Day day = random_day(symbols);
    std::vector<Outcome> expected;
    for (const Event& event : day.events) {
        if (const auto outcome = naive(day, event, symbols)) {
            expected.push_back(*outcome);
        }
    }
    for (const unsigned shards : {1U, 3U}) {
        std::vector<Outcome> outcomes;
        StageCounts counts;
        for (unsigned shard = 0; shard < shards; ++shard) {
            const auto part = run(day, symbols, shard, shards, counts);
            RC_ASSERT(std::is_sorted(part.begin(), part.end()));
            outcomes.insert(outcomes.end(), part.begin(), part.end());
        }
        std::sort(outcomes.begin(), outcomes.end());
        RC_ASSERT(outcomes == expected);
        RC_ASSERT(counts.closes());
        RC_ASSERT(counts.in == day.events.size());
        RC_ASSERT(counts.out == expected.size());
    }
}

}  // namespace
}  // namespace tickstock
