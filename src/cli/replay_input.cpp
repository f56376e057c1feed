#include "cli/replay_input.hpp"

#include "base/file_disk.hpp"
#include "engine/journal_replay.hpp"
#include "engine/recovery.hpp"

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
                 MultiChannelSystem& system, bool other_configuration)
        : disk_(std::move(disk)),
          replay_(std::move(replay)),
          system_(system),
          other_configuration_(other_configuration) {}

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
    std::string note() const override {
        return other_configuration_ ? "the journal was made under other settings than these: "
                                      "its events were others"
                                    : "";
    }

private:
    const std::unique_ptr<FileDisk> disk_;
    const std::unique_ptr<JournalReplay> replay_;
    MultiChannelSystem& system_;
    const bool other_configuration_;
};

}  // namespace

Result<std::unique_ptr<ReplayInput>> open_recorded_input(std::unique_ptr<RecordReader> reader,
                                                         MultiChannelSystem& system) {
    return std::unique_ptr<ReplayInput>(std::make_unique<RecordedInput>(std::move(reader), system));
}

Result<std::unique_ptr<ReplayInput>> open_journal_input(const std::string& directory,
                                                        MultiChannelSystem& system,
                                                        std::uint64_t configuration_hash) {
    auto disk = std::make_unique<FileDisk>();
    JournalConfigurations found;
    auto replay =
        JournalReplay::open(*disk, directory, system, JournalReplay::from_oldest, false, &found);
    if (!replay) {
        return replay.error();
    }
    const bool follows = (*replay)->follow(std::move(found), configuration_hash);
    return std::unique_ptr<ReplayInput>(
        std::make_unique<JournalInput>(std::move(disk), std::move(*replay), system, !follows));
}

}  // namespace tickstock
