#include "inspection/journal_comparison.hpp"

#include <algorithm>
#include <utility>

#include "base/hash.hpp"
#include "engine/configuration_text.hpp"

namespace tickstock {

/// Opens files of another disk until it is cancelled: a journal's segments are read one by one, so
/// that also a read of all of it ends soon.
class JournalComparison::CancellableDisk final : public Disk {
public:
    CancellableDisk(Disk& disk, const std::atomic<bool>& is_cancelled)
        : disk_(disk), is_cancelled_(is_cancelled) {}

    DiskResult<std::unique_ptr<DiskFile>> open(const std::string& path, Mode mode) override {
        if (is_cancelled_) {
            return DiskError{ECANCELED, "the comparison ends"};
        }
        return disk_.open(path, mode);
    }
    DiskResult<std::vector<std::string>> list(const std::string& directory) override {
        return disk_.list(directory);
    }
    DiskResult<DiskDone> make_directories(const std::string& path) override {
        return disk_.make_directories(path);
    }
    DiskResult<DiskDone> rename(const std::string& from, const std::string& to) override {
        return disk_.rename(from, to);
    }
    DiskResult<DiskDone> remove(const std::string& path) override { return disk_.remove(path); }
    DiskResult<DiskDone> sync_directory(const std::string& path) override {
        return disk_.sync_directory(path);
    }

private:
    Disk& disk_;
    const std::atomic<bool>& is_cancelled_;
};

Nanos comparison_window(const Config& a, const Config& b, Nanos time_tolerance) {
    Nanos longest = std::chrono::seconds(5);
    Nanos held_back{0};
    for (const Config* config : {&a, &b}) {
        const CoordinationSettings& of = config->pipeline.coordination;
        longest = std::max(
            {longest, of.window_high_low, of.window_valuation, of.window_trend, of.window_surge});
        // A high or low that comes in its cooldown is told at the end of it, under the same id.
        held_back = std::max(held_back, config->pipeline.high_low.cooldown);
    }
    return held_back + 2 * longest + time_tolerance;
}

JournalComparison::JournalComparison(std::unique_ptr<CancellableDisk> disk,
                                     EventComparison::Settings settings, EventComparison::Tell tell)
    : disk_(std::move(disk)), comparison_(settings, std::move(tell)) {}

JournalComparison::~JournalComparison() = default;

Result<std::unique_ptr<JournalComparison>> JournalComparison::open(const Parts& parts,
                                                                   EventComparison::Tell tell) {
    EventComparison::Settings settings;
    settings.window = comparison_window(parts.a, parts.b, settings.time_tolerance);
    std::unique_ptr<JournalComparison> made(
        new JournalComparison(std::make_unique<CancellableDisk>(parts.disk, parts.is_cancelled),
                              settings, std::move(tell)));
    if (auto error = made->open_side(made->sides_[0], parts.journal, parts.a)) {
        return *error;
    }
    if (auto error = made->open_side(made->sides_[1], parts.journal, parts.b)) {
        return *error;
    }
    return made;
}

std::optional<Error> JournalComparison::open_side(Side& side, const std::string& journal,
                                                  const Config& config) {
    auto system = MultiChannelSystem::create(config.pipeline, 1);
    if (!system) {
        return system.error();
    }
    side.system = std::move(*system);
    JournalConfigurations found;
    auto replay = JournalReplay::open(*disk_, journal, *side.system, JournalReplay::from_oldest,
                                      false, &found);
    if (!replay) {
        return replay.error();
    }
    side.replay = std::move(*replay);
    side.replay->follow(std::move(found), xxh64(configuration_text(config)));
    return std::nullopt;
}

UnixNanos JournalComparison::clock() const {
    return std::min(sides_[0].system->clock(), sides_[1].system->clock());
}

Sequence JournalComparison::read_through() const {
    return std::min(sides_[0].system->last_sequence(), sides_[1].system->last_sequence());
}

/// The side to go on with; 2 = both stand at the end.
std::size_t JournalComparison::next_side() const {
    const auto can = [](const Side& side) { return !side.at_epoch && !side.at_end; };
    const bool a_is_behind = sides_[0].system->last_sequence() <= sides_[1].system->last_sequence();
    const std::size_t behind = a_is_behind ? 0 : 1;
    return can(sides_[behind]) ? behind : can(sides_[1 - behind]) ? 1 - behind : 2;
}

JournalComparison::Progress JournalComparison::step(std::size_t runs) {
    for (; runs > 0; --runs) {
        const std::size_t which = next_side();
        if (which == 2) {
            sides_[0].at_end = sides_[1].at_end = false;  // there may be more next time
            return Progress::AtEnd;
        }
        if (!step_side(which)) {
            return Progress::Failed;
        }
        if (sides_[0].at_epoch && sides_[1].at_epoch) {
            comparison_.finish();
            comparison_.restart_numbers();
            sides_[0].at_epoch = sides_[1].at_epoch = false;
        } else if (!sides_[0].at_epoch && !sides_[1].at_epoch) {
            comparison_.advance(clock());
        }
    }
    return Progress::More;
}

bool JournalComparison::step_side(std::size_t which) {
    Side& side = sides_[which];
    const JournalReplay::Step done = side.replay->step(side.events);
    for (const Event& event : side.events) {
        comparison_.add(static_cast<ComparedSide>(which), event,
                        side.system->symbols().text(event.detection.symbol));
    }
    side.events.clear();
    switch (done.kind) {
        case JournalReplay::Step::Kind::Entries: break;
        case JournalReplay::Step::Kind::Epoch: side.at_epoch = true; break;
        case JournalReplay::Step::Kind::End: side.at_end = true; break;
        case JournalReplay::Step::Kind::Damage: failure_ = side.replay->failure(); return false;
    }
    return true;
}

}  // namespace tickstock
