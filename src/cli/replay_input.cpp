#include "cli/replay_input.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/file_disk.hpp"
#include "base/hash.hpp"
#include "engine/configuration_text.hpp"
#include "engine/journal_replay.hpp"
#include "engine/recovery.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

class RecordedInput final : public ReplayInput {
public:
    RecordedInput(std::unique_ptr<RecordReader> reader, MultiChannelSystem& system)
        : reader_(std::move(reader)), system_(system) {
        system_.add_source(SourceId{0});
    }

    Step step(std::vector<Event>& events) override {
        if (!reader_->read(batch_)) {
            return {};
        }
        system_.process(batch_, events);
        return {true, std::nullopt};
    }
    void finish(std::vector<Event>& events) override { system_.finish(events); }
    StageCounts counts() const override { return reader_->counts(); }
    ReadProgress progress() const override { return reader_->progress(); }
    std::optional<Error> failure() const override { return reader_->failure(); }

private:
    std::unique_ptr<RecordReader> reader_;
    MultiChannelSystem& system_;
    RecordBatch batch_;
};

class JournalInput final : public ReplayInput {
public:
    JournalInput(std::unique_ptr<FileDisk> disk, std::unique_ptr<JournalReplay> replay,
                 MultiChannelSystem& system, std::string note)
        : disk_(std::move(disk)),
          replay_(std::move(replay)),
          system_(system),
          note_(std::move(note)) {}

    Step step(std::vector<Event>& events) override {
        const JournalReplay::Step done = replay_->step(events);
        Step step;
        step.more = done.kind == JournalReplay::Step::Kind::Entries ||
                    done.kind == JournalReplay::Step::Kind::Epoch;
        if (done.begin) {
            step.epoch = epoch_text(done.begin->epoch);
        }
        return step;
    }
    /// Deadlines that are open at a journal's end were open in the engine, too.
    void finish(std::vector<Event>& /*events*/) override {}
    StageCounts counts() const override {
        StageCounts counts;
        counts.in = counts.out = system_.accounting().sequencer.in;
        return counts;
    }
    std::uint64_t unheard_events() const override { return system_.unheard_events(); }
    ReadProgress progress() const override { return {}; }
    std::optional<Error> failure() const override { return replay_->failure(); }
    std::string note() const override { return note_; }

private:
    const std::unique_ptr<FileDisk> disk_;
    const std::unique_ptr<JournalReplay> replay_;
    MultiChannelSystem& system_;
    const std::string note_;
};

/// Names what differs from the settings of the journal's last start.
std::string other_settings_note(const JournalConfigurations& found, std::string_view own) {
    constexpr std::size_t named_max = 8;
    const std::string note =
        "the journal was made under other settings than these: its events were others";
    if (found.starts.empty() || found.starts.back().text.empty()) {
        return note;
    }
    auto changes = configuration_changes(found.starts.back().text, own);
    if (changes.size() > named_max) {
        changes[named_max] = fmt::format("and {} more", changes.size() - named_max);
        changes.resize(named_max + 1);
    }
    return changes.empty()
               ? note
               : note + " (" + escape_control(fmt::format("{}", fmt::join(changes, "; "))) + ")";
}

}  // namespace

Result<std::unique_ptr<ReplayInput>> open_recorded_input(std::unique_ptr<RecordReader> reader,
                                                         MultiChannelSystem& system) {
    return std::unique_ptr<ReplayInput>(std::make_unique<RecordedInput>(std::move(reader), system));
}

Result<std::unique_ptr<ReplayInput>> open_journal_input(const std::string& directory,
                                                        MultiChannelSystem& system,
                                                        const std::string& configuration) {
    auto disk = std::make_unique<FileDisk>();
    JournalConfigurations found;
    auto replay =
        JournalReplay::open(*disk, directory, system, JournalReplay::from_oldest, false, &found);
    if (!replay) {
        return replay.error();
    }
    std::string note = other_settings_note(found, configuration);
    if ((*replay)->follow(std::move(found), xxh64(configuration))) {
        note.clear();
    }
    return std::unique_ptr<ReplayInput>(std::make_unique<JournalInput>(
        std::move(disk), std::move(*replay), system, std::move(note)));
}

}  // namespace tickstock
