// The live stream against replays of the journal (I8, I9), and what only a replay knows of an
// event: the entry behind it (I4), when it was due (I11), the extremes of its session (I13).

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.hpp"
#include "simulation/high_low_list.hpp"
#include "simulation/replay.hpp"
#include "simulation/simulation.hpp"

namespace tickstock::sim {
namespace {

using namespace std::chrono_literals;

/// How long after it was due an event may become visible when nothing is wrong (I11).
constexpr Nanos deadline_bound = 2s;

const ReplayedEpoch* find(const std::vector<ReplayedEpoch>& epochs, const std::string& name) {
    for (const ReplayedEpoch& epoch : epochs) {
        if (epoch.name == name) {
            return &epoch;
        }
    }
    return nullptr;
}

/// For people.
std::string key_of(const ReplayedEvent& replayed) {
    const OrderKey& key = replayed.event.detection.key;
    return fmt::format("({} of {}, fire {}, entry {}, phase {})",
                       to_string(replayed.event.detection.type), replayed.symbol, to_ns(key.fire),
                       key.sequence.value(), key.phase);
}

bool drops_oldest(const Plan& plan) {
    return std::ranges::any_of(plan.config.pipeline.channels, [](const ChannelSettings& channel) {
        return channel.overflow == OverflowAction::DropOldest;
    });
}

void compare_runs(const std::vector<ReplayedEpoch>& one, const std::vector<ReplayedEpoch>& other,
                  unsigned shards, Invariants& invariants) {
    const auto differs = [&](const std::string& what) {
        invariants.require(false, Invariant::ShardsAgree,
                           fmt::format("{} shards: {}", shards, what));
    };
    if (one.size() != other.size()) {
        differs("another number of epochs");
    }
    for (std::size_t i = 0; i < one.size(); ++i) {
        const auto& left = one[i].events;
        const auto& right = other[i].events;
        for (std::size_t k = 0; k < std::min(left.size(), right.size()); ++k) {
            if (left[k].body != right[k].body) {
                differs(fmt::format("offset {} is {}, with one shard {}", k + 1, right[k].body,
                                    left[k].body));
            }
        }
        if (left.size() != right.size()) {
            differs(fmt::format("{} events, with one shard {}", right.size(), left.size()));
        }
    }
    invariants.require(true, Invariant::ShardsAgree, "");
}

}  // namespace

/// A path that only fails or is slow never shows in the stream. One that lies may, where nothing
/// can see it: in what a start works off.
void Simulation::check_paths(const std::vector<ReplayedEpoch>& run) {
    if (!plan_.only_trades || plan_.path_lies > 0) {
        return;
    }
    auto linear = replay_journal(disk_, plan_, 1, ReplayPaths::LinearOnly);
    invariants_.require(linear.ok() && linear.value().size() == run.size(), Invariant::PathsAgree,
                        "the journal cannot be replayed by the linear path");
    for (std::size_t i = 0; i < run.size(); ++i) {
        const auto& is = run[i].events;
        const auto& should = linear.value()[i].events;
        const auto [wrong, right] =
            std::ranges::mismatch(is, should, {}, &ReplayedEvent::body, &ReplayedEvent::body);
        invariants_.require(wrong == is.end() && right == should.end(), Invariant::PathsAgree, [&] {
            return fmt::format("offset {}: {} | the linear path: {}", wrong - is.begin() + 1,
                               wrong == is.end() ? "nothing" : wrong->body,
                               right == should.end() ? "nothing" : right->body);
        });
    }
}

void Simulation::check_replays() {
    const auto replay = [&](unsigned shards) {
        auto replayed = replay_journal(disk_, plan_, shards);
        invariants_.require(replayed.ok(), Invariant::ReplayIsLive, [&] {
            return "the journal cannot be replayed: " + replayed.error().message;
        });
        return std::move(replayed).value();
    };
    const std::vector<ReplayedEpoch> run = replay(1);
    for (const unsigned shards : {2U, 4U}) {
        compare_runs(run, replay(shards), shards, invariants_);
    }
    check_paths(run);

    for (const Archive::Epoch& epoch : archive_.epochs()) {
        const ReplayedEpoch* replayed = find(run, epoch.name);
        if (replayed == nullptr) {
            invariants_.require(epoch.may_have_lost || epoch.events.empty(),
                                Invariant::ReplayIsLive,
                                [&] { return "epoch " + epoch.name + " stands in no journal"; });
            continue;
        }
        for (std::size_t i = 0; i < replayed->events.size(); ++i) {
            trace_.note("replayed", i + 1, xxh64(replayed->events[i].body),
                        replayed->events[i].event.detection.key.sequence.value());
        }
        std::size_t common = std::min(epoch.events.size(), replayed->events.size());
        if (epoch.may_have_lost && drops_oldest(plan_)) {
            // A skip names earlier records; the dead machine may have lost it and kept them.
            for (std::size_t i = 0; i < common; ++i) {
                if (!epoch.events[i].body.empty() &&
                    epoch.events[i].body != replayed->events[i].body) {
                    common = i;
                }
            }
        }
        for (std::size_t i = 0; i < common; ++i) {
            const Archive::Seen& seen = epoch.events[i];
            invariants_.require(seen.body.empty() || seen.body == replayed->events[i].body,
                                Invariant::ReplayIsLive, [&] {
                                    std::string known = "nowhere";
                                    for (const ReplayedEvent& other : replayed->events) {
                                        known = other.body == seen.body ? key_of(other) : known;
                                    }
                                    return fmt::format(
                                        "offset {} showed what the replay has {}, there {} is: "
                                        "{} | {}",
                                        i + 1, known, key_of(replayed->events[i]), seen.body,
                                        replayed->events[i].body);
                                });
        }
        invariants_.require(
            epoch.may_have_lost || epoch.events.size() == replayed->events.size() ||
                // A start that begins an epoch tells nobody what the old one's end would have been.
                (epoch.events.size() < replayed->events.size() &&
                 epoch.name != archive_.epochs().back().name),
            Invariant::ReplayIsLive, [&] {
                return fmt::format(
                    "epoch {} had {} events, the replay has {}{}", epoch.name, epoch.events.size(),
                    replayed->events.size(),
                    epoch.events.size() < replayed->events.size()
                        ? ", the first that was not shown: " +
                              replayed->events[epoch.events.size()].body
                        : ", the first that is not there: " + epoch.events[common].body);
            });

        Nanos delay{0};
        for (const SourcePlan& source : plan_.sources) {
            delay = std::max(delay, source.delay);
        }
        for (std::size_t i = 0; i < common; ++i) {
            if (epoch.events[i].body.empty() || epoch.events[i].first_seen < calm_since_ + 130s) {
                continue;  // what faults have left behind may take a while
            }
            const Event& event = replayed->events[i].event;
            const Nanos late = epoch.events[i].first_seen - event.detection.key.fire - delay;
            invariants_.require(late <= deadline_bound, Invariant::DeadlinesFire, [&] {
                return fmt::format("offset {} came {} ms late", i + 1, late / 1ms);
            });
        }
    }
    for (const SafetyProbe& probe : probes_) {
        const ReplayedEpoch* replayed = find(run, probe.epoch);
        if (replayed == nullptr) {
            continue;
        }
        for (std::size_t i = 0; i < std::min<std::size_t>(probe.offset, replayed->events.size());
             ++i) {
            const std::uint64_t needs = replayed->events[i].event.detection.key.sequence.value();
            invariants_.require(
                needs <= probe.sequence || needs == sequence_end.value(),
                Invariant::VisibleAfterSafe, [&] {
                    return fmt::format(
                        "offset {} was visible, its entry {} not safe: a crash would "
                        "have left entries up to {}",
                        i + 1, needs, probe.sequence);
                });
        }
    }
    check_highs_and_lows(disk_, plan_, run, invariants_);
}

}  // namespace tickstock::sim
