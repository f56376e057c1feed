#include "overload/engine_rig.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <thread>
#include <utility>

#include "engine/journal_replay.hpp"
#include "engine/multi_channel_system.hpp"
#include "engine/recovery.hpp"
#include "journal/journal.hpp"

namespace tickstock::overload {

namespace {

/// Records that the journal says were refused at admission.
std::uint64_t refused_in(Disk& disk, const std::string& path) {
    auto cursor = JournalCursor::open(disk, path, Sequence{1});
    std::uint64_t count = 0;
    for (JournalEntry entry; cursor && (*cursor)->next(entry) == JournalCursor::Next::Entry;) {
        for (const JournalCursor::Refused& refused : (*cursor)->take_refused()) {
            count += refused.count;
        }
    }
    for (const JournalCursor::Refused& refused : (*cursor)->take_refused()) {
        count += refused.count;  // behind the last entry
    }
    return count;
}

}  // namespace

bool eventually(const std::function<bool()>& condition, Nanos at_most) {
    const SystemClock clock;
    for (const Nanos end = clock.monotonic() + at_most; clock.monotonic() < end;) {
        if (condition()) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
}

Config EngineRig::config(unsigned threads) {
    Config config;
    config.engine.shards = 2;
    config.engine.threads = threads;
    config.engine.tail_bytes = std::size_t{1} << 20;
    config.journal.segment_bytes = std::size_t{1} << 20;
    config.journal.reserve_bytes = std::size_t{1} << 20;
    config.router.strategy = RouterStrategy::HashBased;
    config.stream.memory_limit = std::size_t{1} << 20;
    return config;
}

EngineRig::EngineRig(Config config, Disk* disk) : config_(std::move(config)), disk_(disk) {
    std::string name = std::filesystem::temp_directory_path() / "tickstock_overload_XXXXXX";
    if (disk_ == nullptr) {
        folder_ = mkdtemp(name.data());
        disk_ = &files_;
        config_.data.directory = folder_;
    } else {
        config_.data.directory = "data";
    }
}

EngineRig::~EngineRig() {
    forget();
    std::error_code ignored;
    if (!folder_.empty()) {
        std::filesystem::remove_all(folder_, ignored);
    }
}

std::string EngineRig::start(Sources sources, PipelineExtensions extensions) {
    stream_ = std::make_unique<EventStream>("", EventStream::Options{config_.stream.memory_limit});
    auto runtime = Runtime::open(
        {config_, *disk_, clock_, *stream_, random_epoch, boot_, 0, std::move(extensions)},
        std::move(sources));
    if (!runtime) {
        return runtime.error().message;
    }
    runtime_ = std::move(*runtime);
    engine_ = std::make_unique<LiveEngine>(*runtime_, config_, clock_, [&](const std::string& why) {
        why_ = why;
        ++failures_;
    });
    engine_->start();
    return {};
}

bool EngineRig::stop() {
    const bool good = engine_->stop();
    engine_.reset();
    return good;
}

void EngineRig::forget() {
    engine_.reset();
    runtime_.reset();
    stream_.reset();
}

EngineRig::Replayed EngineRig::replay(unsigned shards, PipelineExtensions extensions) {
    Replayed result;
    auto system = MultiChannelSystem::create(config_.pipeline, shards, std::move(extensions));
    EXPECT_TRUE(system);
    for (std::uint16_t source = 0; source < 16; ++source) {
        (*system)->add_source(SourceId{source});
    }
    auto replay = JournalReplay::open(*disk_, journal(), **system, Sequence{1});
    if (!replay) {
        result.failure = replay.error().message;
        return result;
    }
    EventStream stream("", EventStream::Options{1});
    std::vector<Event> events;
    for (;;) {
        const JournalReplay::Step step = (*replay)->step(events);
        result.events += events.size();
        stream.append(events, (*system)->symbols(), UnixNanos{});
        events.clear();
        if (step.kind == JournalReplay::Step::Kind::End ||
            step.kind == JournalReplay::Step::Kind::Damage) {
            break;
        }
        if (step.kind == JournalReplay::Step::Kind::Epoch) {
            result.epoch = epoch_text(step.begin->epoch);
            stream.restart(result.epoch);
            result.events = 0;
        }
        if (!step.run->decision) {
            for (const Record& record : step.run->records) {
                result.records += record.kind() != RecordKind::ClockTick;
            }
        } else if (const auto* skip = std::get_if<SkipRecords>(&step.run->decision->action)) {
            result.skipped += skip->sequences.size();
        }
    }
    if (const auto failure = (*replay)->failure()) {
        result.failure = failure->message;
    }
    result.refused = refused_in(*disk_, journal());
    result.hash = stream.hash();
    return result;
}

}  // namespace tickstock::overload
