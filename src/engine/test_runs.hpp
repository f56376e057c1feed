#pragma once

// For tests of the running engine: the runs that it must equal, and what its stream has told over
// all starts.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "engine/configuration_text.hpp"
#include "engine/journal_replay.hpp"
#include "engine/test_market.hpp"
#include "publishing/event_stream.hpp"

namespace tickstock::testing {

/// All that a client could have heard, by epoch and offset, over all starts. Fails when an offset
/// is told twice in two ways, or left out.
class Heard {
public:
    void listen(const EventStream& stream) {
        const StreamRange range = stream.range();
        std::vector<std::string>& bodies = by_epoch_[range.epoch];
        if (range.last.value() == 0) {
            return;
        }
        std::uint64_t at = stream_ == &stream ? bodies.size() + 1 : range.first.value();
        stream_ = &stream;
        for (; at <= range.last.value(); ++at) {
            const auto block = stream.block_at(range.epoch, Offset{at});
            ASSERT_NE(block, nullptr);
            const StreamEntry& entry = block->entries[at - block->entries.front().offset.value()];
            const std::string body(block->body(entry));
            if (at <= bodies.size()) {
                ASSERT_EQ(bodies[at - 1], body) << range.epoch << " " << at << " is told anew";
            } else {
                ASSERT_EQ(at, bodies.size() + 1) << "a hole";
                bodies.push_back(body);
            }
        }
        ASSERT_GE(range.last.value(), bodies.size()) << "told, and then taken back";
    }
    const std::vector<std::string>& of(const std::string& epoch) { return by_epoch_[epoch]; }
    std::size_t total() const {
        std::size_t events = 0;
        for (const auto& [epoch, bodies] : by_epoch_) {
            events += bodies.size();
        }
        return events;
    }
    /// The stream is another object from now on.
    void forget_stream() { stream_ = nullptr; }

private:
    std::map<std::string, std::vector<std::string>> by_epoch_;
    const EventStream* stream_ = nullptr;
};

/// What a run over the whole tape gives.
struct TapeRun {
    std::uint64_t hash = 0;
    std::uint64_t events = 0;
    std::array<std::uint64_t, event_type_count> by_type{};
    Accounting accounting;
};

/// The plain engine: one batch, one shard, no decisions.
inline TapeRun plain_run(const RecordBatch& tape, const PipelineSettings& settings = {}) {
    auto system = MultiChannelSystem::create(settings, 1).value();
    system->add_source(SourceId{0});
    EventStream stream("plain", {});
    std::vector<Event> events;
    RecordBatch batch = tape;
    system->process(batch, events);
    system->finish(events);
    stream.append(events, system->symbols(), UnixNanos{});
    return {stream.hash(), stream.counts().out, stream.events_by_type(), system->accounting()};
}

/// The journal run again without any of the running engine.
struct Replayed {
    std::string failure;
    std::vector<std::uint64_t> hashes;  ///< of each epoch
    std::vector<std::uint64_t> events;
    std::vector<Decision> decisions;
    std::uint64_t refused = 0;
    std::uint64_t records = 0;  ///< admitted
    Sequence last;
};

inline std::uint64_t refused_records(Disk& disk, const Config& config) {
    auto cursor =
        JournalCursor::open(disk, config.data.directory + "/journal", JournalReplay::from_oldest);
    std::uint64_t records = 0;
    JournalEntry entry;
    for (bool more = true; more;) {
        more = (*cursor)->next(entry) == JournalCursor::Next::Entry;
        for (const JournalCursor::Refused& refused : (*cursor)->take_refused()) {
            records += refused.count;
        }
    }
    return records;
}

inline Replayed replay(Disk& disk, const Config& config, unsigned shards = 1,
                       PipelineExtensions extensions = {}) {
    auto system =
        MultiChannelSystem::create(config.pipeline, shards, std::move(extensions)).value();
    for (std::uint16_t i = 0; i < 8; ++i) {
        system->add_source(SourceId{i});
    }
    Replayed result;
    JournalConfigurations found;
    auto opened = JournalReplay::open(disk, config.data.directory + "/journal", *system,
                                      JournalReplay::from_oldest, false, &found);
    if (!opened) {
        result.failure = opened.error().message;
        return result;
    }
    (*opened)->follow(std::move(found), xxh64(configuration_text(config)));
    EventStream stream("replay", {});
    std::vector<Event> events;
    const auto end_epoch = [&] {
        result.hashes.push_back(stream.hash());
        result.events.push_back(stream.range().last.value());
    };
    bool any_epoch = false;
    for (;;) {
        const JournalReplay::Step step = (*opened)->step(events);
        stream.append(events, system->symbols(), UnixNanos{});
        events.clear();
        if (step.kind == JournalReplay::Step::Kind::Damage) {
            result.failure = (*opened)->failure()->message;
            return result;
        }
        if (step.kind == JournalReplay::Step::Kind::End) {
            break;
        }
        result.last = step.run->last();
        if (step.run->decision) {
            result.decisions.push_back(*step.run->decision);
        }
        for (const Record& record : step.run->records) {
            result.records += record.kind() != RecordKind::ClockTick ? 1U : 0U;
        }
        if (step.begin) {
            if (any_epoch) {
                end_epoch();
            }
            any_epoch = true;
            stream.restart("replay " + std::to_string(result.hashes.size()));
        }
    }
    end_epoch();
    result.refused = refused_records(disk, config);
    return result;
}

template <class Action>
std::vector<Action> decisions_of(const Replayed& replayed) {
    std::vector<Action> found;
    for (const Decision& decision : replayed.decisions) {
        if (const auto* action = std::get_if<Action>(&decision.action)) {
            found.push_back(*action);
        }
    }
    return found;
}

}  // namespace tickstock::testing
