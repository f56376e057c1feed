#include "simulation/replay.hpp"

#include <fmt/format.h>

#include "engine/journal_replay.hpp"
#include "engine/multi_channel_system.hpp"
#include "engine/recovery.hpp"
#include "publishing/encode.hpp"
#include "simulation/failing_detector.hpp"
#include "simulation/faulty_path.hpp"

namespace tickstock::sim {

Result<std::vector<ReplayedEpoch>> replay_journal(Disk& disk, const Plan& plan, unsigned shards,
                                                  ReplayPaths paths) {
    PipelineExtensions extensions = extensions_of(plan);
    extensions.linear_only = paths == ReplayPaths::LinearOnly;
    if (plan.path_lies > 0) {
        extensions.tap = std::make_shared<FaultyPath>(plan);
    }
    auto system = MultiChannelSystem::create(plan.config.pipeline, shards, std::move(extensions));
    if (!system) {
        return system.error();
    }
    for (std::uint16_t i = 0; i < plan.sources.size(); ++i) {
        (*system)->add_source(SourceId{i});
    }
    auto replay = JournalReplay::open(disk, journal_directory, **system, Sequence{1});
    if (!replay) {
        return replay.error();
    }
    std::vector<ReplayedEpoch> epochs;
    std::vector<Event> events;
    const auto take = [&] {
        if (epochs.empty() && !events.empty()) {
            epochs.push_back({"before any epoch", {}});
        }
        for (const Event& event : events) {
            const SymbolId id = event.detection.symbol;
            ReplayedEvent replayed;
            replayed.event = event;
            replayed.symbol = id == symbol_none ? "" : (*system)->symbols().text(id).view();
            encode_body(event, replayed.symbol, replayed.body);
            epochs.back().events.push_back(std::move(replayed));
        }
        events.clear();
    };
    for (;;) {
        const JournalReplay::Step step = (*replay)->step(events);
        take();
        switch (step.kind) {
            case JournalReplay::Step::Kind::Entries: break;
            case JournalReplay::Step::Kind::Epoch:
                epochs.push_back({epoch_text(step.begin->epoch), {}});
                break;
            case JournalReplay::Step::Kind::End: return epochs;
            case JournalReplay::Step::Kind::Damage:
                return (*replay)->failure().value_or(Error{"damage"});
        }
    }
}

}  // namespace tickstock::sim
