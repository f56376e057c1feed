#include "support/naive_coordination.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace tickstock::naive {
namespace {

struct Moment {
    std::int64_t fire;
    std::uint64_t sequence;
    int phase;
};

/// A detection heard in a window.
struct Heard {
    std::size_t detection;
    bool published = false;
    bool only_corroborates = false;  // trades had reached it before
};

struct Window {
    std::int64_t end = 0;
    std::vector<Heard> heard;
    std::optional<std::size_t> last_published;  // index of Key::published
};

struct Published {
    std::size_t content;
    std::uint64_t id;
    std::uint32_t revision;
    std::uint8_t corroborated_by;
    std::uint8_t suppressed;
};

/// All of one symbol and type.
struct Key {
    std::int64_t session = 0;
    std::set<SourceKind> producers;  // of the session
    std::optional<Window> window;
    std::vector<Published> published;
    std::vector<std::size_t> received;  // detections that told a fact, corrections left out
};

unsigned bit_of(SourceKind source) {
    return 1U << static_cast<unsigned>(source);
}

class Coordination {
public:
    Coordination(const DetectionTape& tape, const CoordinationSettings& settings)
        : tape_(tape), settings_(settings) {}

    CoordinationRun run() {
        for (std::size_t i = 0; i < tape_.detections.size(); ++i) {
            end_windows(to_ns(tape_.detections[i].key.fire));
            hear(i);
        }
        end_windows(INT64_MAX);
        std::stable_sort(
            run_.facts.begin(), run_.facts.end(),
            [&](const CoordinatedFact& a, const CoordinatedFact& b) { return key(a) < key(b); });
        return std::move(run_);
    }

private:
    const Detection& at(std::size_t i) const { return tape_.detections[i]; }
    const std::string& symbol_of(std::size_t i) const {
        return tape_.symbols[at(i).symbol.value()];
    }
    std::tuple<std::int64_t, std::uint64_t, int, std::string, EventRank> key(
        const CoordinatedFact& fact) const {
        return {fact.fire, fact.sequence, fact.phase, symbol_of(fact.content),
                at(fact.content).key.rank};
    }

    std::int64_t length_of(EventType type) const {
        switch (type) {
            case EventType::Trend: return settings_.window_trend.count();
            case EventType::Surge: return settings_.window_surge.count();
            case EventType::Valuation: return settings_.window_valuation.count();
            default: return settings_.window_high_low.count();
        }
    }

    // ------------------------------------------------------------ ids

    std::string parts_of(std::size_t i) const {
        const Detection& detection = at(i);
        std::string place(to_string(detection.timeframe));
        if (const auto* control = std::get_if<ControlData>(&detection.data)) {
            place = to_string(control->kind);
        } else if (const auto* rule = std::get_if<RuleData>(&detection.data)) {
            place = rule->rule.view();
        }
        return symbol_of(i) + "|" + std::string(to_string(detection.type)) + "|" + place + "|" +
               std::string(to_string(detection.source)) + "|" +
               std::string(to_string(detection.direction)) + "|" +
               std::to_string(to_ns(detection.ts)) + "|";
    }
    std::uint64_t id_now(std::size_t i) const {
        const std::string parts = parts_of(i);
        const auto told = std::count(told_.begin(), told_.end(), parts);
        return xxh64(parts + std::to_string(told));
    }

    // ------------------------------------------------------------ which is better

    static double own_rule(const Detection& detection) {
        switch (detection.type) {
            case EventType::High: return static_cast<double>(detection.price.raw());
            case EventType::Low: return -static_cast<double>(detection.price.raw());
            default: return detection.score < 0 ? -detection.score : detection.score;
        }
    }
    /// Larger = better; the smaller id is the last word.
    std::tuple<int, std::int64_t, double, double> rank_of(std::size_t i) const {
        return {-static_cast<int>(at(i).source), to_ns(at(i).ts), at(i).confidence,
                own_rule(at(i))};
    }
    bool better(std::size_t a, std::size_t b) {
        if (rank_of(a) == rank_of(b)) {
            ++run_.story["tie decided by id"];
            return id_now(a) < id_now(b);
        }
        return rank_of(a) > rank_of(b);
    }

    // ------------------------------------------------------------ publishing

    void tell(const Moment& moment, const Published& published) {
        run_.facts.push_back({moment.fire, moment.sequence, moment.phase, published.content,
                              published.id, published.revision, published.corroborated_by,
                              published.suppressed});
    }

    /// What other sources said in the window before.
    std::pair<std::uint8_t, std::uint8_t> others_on(std::size_t i, const Window& window) const {
        unsigned same = 0;
        unsigned other = 0;
        for (const Heard& heard : window.heard) {
            if (at(heard.detection).source == at(i).source) {
                continue;
            }
            (at(heard.detection).direction == at(i).direction ? same : other) |=
                bit_of(at(heard.detection).source);
        }
        return {static_cast<std::uint8_t>(same), static_cast<std::uint8_t>(other)};
    }

    void publish_new(Key& key, std::size_t i, const Moment& moment) {
        const auto [same, other] = others_on(i, *key.window);
        run_.story["corroborated"] += same != 0 ? 1U : 0U;
        run_.story["other direction suppressed"] += other != 0 ? 1U : 0U;
        key.window->last_published = key.published.size();
        key.published.push_back({i, id_now(i), 0, same, other});
        told_.push_back(parts_of(i));
        tell(moment, key.published.back());
    }

    void publish_revision(Key& key, std::size_t i, const Moment& moment) {
        const auto [same, other] = others_on(i, *key.window);
        run_.story["other direction suppressed"] += other != 0 ? 1U : 0U;
        Published& published = key.published[*key.window->last_published];
        published = {i, published.id, published.revision + 1, same, other};
        tell(moment, published);
    }

    // ------------------------------------------------------------ hearing

    void hear(std::size_t i) {
        const Detection& detection = at(i);
        const Moment moment{to_ns(detection.key.fire), detection.key.sequence.value(),
                            detection.key.phase};
        if (detection.type == EventType::Control || detection.type == EventType::Rule) {
            ++run_.story["alone"];
            Published alone{i, id_now(i), 0, 0, 0};
            told_.push_back(parts_of(i));
            tell(moment, alone);
            return;
        }
        Key& key = keys_[{symbol_of(i), detection.type}];
        // A bar of an old session may come after events of the new one: it joins them.
        run_.story["of an old session"] += detection.session_key < key.session ? 1U : 0U;
        if (detection.session_key > key.session) {
            if (key.window) {
                ++run_.story["window ended by the next session"];
                end_window(key, {moment.fire, moment.sequence, 0});
            }
            key.session = detection.session_key;
            key.producers.clear();
        }
        if (detection.revises_last) {
            correct(key, i, moment);
            return;
        }
        if (detection.known_from_trades) {
            ++run_.story["known from trades"];
            if (key.window) {
                ++run_.story["known from trades, in a window"];
                key.window->heard.push_back({i, false, true});
            }
            return;
        }
        key.received.push_back(i);
        if (!key.window) {
            key.window = Window{moment.fire + length_of(detection.type), {}, {}};
        }
        if (settings_.mode == CoordinationMode::Strict || is_worse_than_producers(key, i)) {
            ++run_.story["held"];
            key.window->heard.push_back({i, false, false});
            return;
        }
        key.producers.insert(detection.source);
        Window& window = *key.window;
        const bool after_worse =
            window.last_published &&
            at(key.published[*window.last_published].content).source > detection.source;
        if (after_worse) {
            ++run_.story["passes as revision"];
            publish_revision(key, i, moment);
        } else {
            ++run_.story[window.last_published ? "passes again in a window" : "passes"];
            publish_new(key, i, moment);
        }
        window.heard.push_back({i, true, false});
    }

    bool is_worse_than_producers(const Key& key, std::size_t i) const {
        return std::any_of(key.producers.begin(), key.producers.end(),
                           [&](SourceKind producer) { return producer < at(i).source; });
    }

    /// A correction means the newest detection of its source with its time.
    void correct(Key& key, std::size_t i, const Moment& moment) {
        const auto meant =
            std::find_if(key.received.rbegin(), key.received.rend(), [&](std::size_t earlier) {
                return at(earlier).source == at(i).source && at(earlier).ts == at(i).ts &&
                       at(earlier).session_key == at(i).session_key;
            });
        if (meant == key.received.rend()) {
            ++run_.story["correction of nothing"];
            return;
        }
        const auto published =
            std::find_if(key.published.begin(), key.published.end(),
                         [&](const Published& told) { return told.content == *meant; });
        if (published != key.published.end()) {
            ++run_.story["correction of a published one"];
            if (at(key.published.back().content).source != at(i).source) {
                ++run_.story["correction of one that another source has followed"];
            }
            published->content = i;
            ++published->revision;
            tell(moment, *published);
            return;
        }
        if (key.window) {
            std::vector<Heard>& heard = key.window->heard;
            const auto held = std::find_if(heard.begin(), heard.end(), [&](const Heard& one) {
                return one.detection == *meant;
            });
            if (held != heard.end()) {
                ++run_.story["correction of a held one"];
                heard.erase(held);
                return;
            }
        }
        ++run_.story["correction of a lost one"];
    }

    // ------------------------------------------------------------ window ends

    void end_windows(std::int64_t through) {
        for (;;) {
            Key* next = nullptr;
            for (auto& [name, key] : keys_) {
                if (key.window && key.window->end <= through &&
                    (next == nullptr || key.window->end < next->window->end)) {
                    next = &key;
                }
            }
            if (next == nullptr) {
                return;
            }
            const std::int64_t end = next->window->end;
            end_window(*next, {end, first_sequence_at_or_after(end), 0});
        }
    }

    void end_window(Key& key, const Moment& moment) {
        std::optional<std::size_t> best;
        std::size_t candidates = 0;
        for (const Heard& heard : key.window->heard) {
            if (heard.published || heard.only_corroborates) {
                continue;
            }
            ++candidates;
            if (!best || better(heard.detection, *best)) {
                best = heard.detection;
            }
        }
        run_.story["several held at the end"] += candidates > 1 ? 1U : 0U;
        if (best && !key.window->last_published) {
            ++run_.story["emitted at the window's end"];
            run_.story["emitted at the end of input"] += moment.sequence == ~0ULL ? 1U : 0U;
            publish_new(key, *best, moment);
        } else if (best && better(*best, key.published[*key.window->last_published].content)) {
            ++run_.story["revision at the window's end"];
            publish_revision(key, *best, moment);
        } else if (best) {
            ++run_.story["held in vain"];
        }
        key.window.reset();
    }

    std::uint64_t first_sequence_at_or_after(std::int64_t time) const {
        for (std::size_t i = 0; i < tape_.clocks.size(); ++i) {
            if (tape_.clocks[i] >= time) {
                return i + 1;
            }
        }
        return ~std::uint64_t{0};
    }

    const DetectionTape& tape_;
    const CoordinationSettings& settings_;
    CoordinationRun run_;
    std::map<std::pair<std::string, EventType>, Key> keys_;
    std::vector<std::string> told_;  // parts of the ids given
};

}  // namespace

CoordinationRun coordinated(const DetectionTape& tape, const CoordinationSettings& settings) {
    return Coordination(tape, settings).run();
}

}  // namespace tickstock::naive
