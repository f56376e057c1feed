#include "journal/journal_survey.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/mutant.hpp"
#include "journal/journal_files.hpp"
#include "journal/segment_survey.hpp"

namespace tickstock {
namespace {

class Surveyor {
public:
    Surveyor(Disk& disk, const std::string& directory, const BootId& boot)
        : disk_(disk), directory_(directory), boot_(boot) {}

    Result<JournalSurvey> run() {
        auto names = list_segments(disk_, directory_);
        if (!names) {
            return names.error();
        }
        names_ = std::move(*names);
        for (std::size_t i = 0; i < names_.size() && !broken_off_; ++i) {
            if (const auto failure = look_at(i)) {
                return *failure;
            }
        }
        drop_headless();
        if (const auto failure = look_back()) {
            return *failure;
        }
        summarize();
        return std::move(out_);
    }

private:
    std::optional<Error> look_at(std::size_t i) {
        if (!segments_.empty() && names_[i].value() != segments_.back().last.value() + 1) {
            const SegmentSurvey& before = segments_.back();
            return break_off(
                i - 1, before.valid_through,
                fmt::format("{}: at byte {}: ends with sequence {}, but the next segment {} begins "
                            "behind a hole",
                            path(i - 1), before.valid_through, before.last.value(),
                            segment_name(names_[i])));
        }
        const bool newest = i + 1 == names_.size();
        auto survey =
            survey_segment(disk_, path(i), names_[i], newest ? Sequence{} : names_[i + 1]);
        if (!survey) {
            return survey.error();
        }
        segments_.push_back(std::move(*survey));
        const SegmentSurvey& segment = segments_.back();
        if (!segment.damage.empty()) {
            return break_off(i, segment.valid_through, segment.damage);
        }
        if (!segment.has_header && !newest) {
            return break_off(i, 0,
                             fmt::format("{}: at byte 0: no header, but {} follows", path(i),
                                         segment_name(names_[i + 1])));
        }
        return std::nullopt;
    }

    /// Nothing from byte `at` of segment i on can be used. That is an error unless the machine may
    /// have lost it when it stopped without warning.
    std::optional<Error> break_off(std::size_t i, std::uint64_t at, const std::string& message) {
        const SegmentSurvey& segment = segments_[i];
        if (segment.has_header && segment.header.boot_id == boot_) {
            return Error{message};
        }
        for (std::size_t k = i; k < names_.size(); ++k) {
            const auto synced = find_synced_through(disk_, path(k), k == i ? at : 0);
            if (!synced) {
                return synced.error();
            }
            if (synced.value() > segment.last) {
                return Error{fmt::format("{}; entries up to {} had been synced", message,
                                         synced.value().value())};
            }
        }
        out_.removed.clear();
        torn_bytes_ = 0;
        for (std::size_t k = names_.size(); k-- > i + 1;) {
            out_.removed.push_back(names_[k]);
            torn_bytes_ += size_of(names_[k]);
        }
        torn_bytes_ += segment.file_bytes - at;
        broken_off_ = true;
        segments_.resize(i + 1);
        return std::nullopt;
    }

    std::uint64_t size_of(Sequence name) {
        auto file = disk_.open(segment_path(directory_, name), Disk::Mode::Read);
        if (!file) {
            return 0;
        }
        const auto size = (*file)->size();
        return size ? size.value() : 0;
    }

    /// A newest one whose header was never completed holds nothing.
    void drop_headless() {
        if (segments_.empty() || segments_.back().has_header) {
            return;
        }
        torn_bytes_ += broken_off_ ? 0 : segments_.back().tail.torn_bytes;
        out_.removed.push_back(segments_.back().first);
        segments_.pop_back();
        broken_off_ = true;
    }

    /// Reads the newest one whole, and those before it that the machine may have lost parts of:
    /// written in the boot that ended without warning and never proved synced. (What an earlier
    /// boot left was synced when that boot's journal was opened.)
    std::optional<Error> look_back() {
        Sequence synced;
        std::optional<std::size_t> damaged;
        for (std::size_t i = segments_.size(); i-- > 0;) {
            if (!segments_[i].walked) {
                auto survey = survey_segment(disk_, path(i), names_[i], Sequence{});
                if (!survey) {
                    return survey.error();
                }
                segments_[i] = std::move(*survey);
            }
            const SegmentSurvey& newest = segments_.back();
            damaged = segments_[i].damage.empty() ? damaged : std::optional(i);
            synced = std::max(synced, segments_[i].synced_through);
            if (i == 0 || newest.header.boot_id == boot_ || (newest.tail.closed && !broken_off_) ||
                segments_[i - 1].header.boot_id != newest.header.boot_id ||
                segments_[i - 1].last <= synced) {
                break;
            }
        }
        return damaged ? break_off(*damaged, segments_[*damaged].valid_through,
                                   segments_[*damaged].damage)
                       : std::nullopt;
    }

    void summarize() {
        if (segments_.empty()) {
            return;
        }
        const SegmentSurvey& newest = segments_.back();
        JournalFound& found = out_.found;
        found.torn_bytes = torn_bytes_ + (broken_off_ ? 0 : newest.tail.torn_bytes);
        found.last = newest.last;
        // A start that died before its first entry says nothing about the run before it.
        const bool is_empty = newest.last < newest.first;
        const SegmentSurvey& told =
            is_empty && segments_.size() > 1 ? segments_[segments_.size() - 2] : newest;
        found.logic_version = told.header.logic_version;
        found.boot = told.header.boot_id;
        found.closed = told.tail.closed && !broken_off_;
        found.last_clock = newest.header.clock_before;
        if (!is_empty) {
            found.last_clock = newest.last_clock;
        } else {
            out_.carried = newest.refused;
            out_.removed.push_back(newest.first);  // the next one gets its name
            segments_.pop_back();
        }
        for (const SegmentSurvey& segment : segments_) {
            out_.kept.push_back({segment.first, segment.valid_through, segment.header.created});
        }
        if (!segments_.empty()) {
            found.first = segments_.front().first;
            if (segments_.back().valid_through < segments_.back().file_bytes) {
                out_.cut_newest_to = segments_.back().valid_through;
            }
        }
        found.segments = segments_.size();
    }

    std::string path(std::size_t i) const { return segment_path(directory_, names_[i]); }

    Disk& disk_;
    const std::string directory_;
    const BootId boot_;
    std::vector<Sequence> names_;
    std::vector<SegmentSurvey> segments_;
    bool broken_off_ = false;  // something behind segments_ goes
    std::uint64_t torn_bytes_ = 0;
    JournalSurvey out_;
};

std::optional<Error> cut(Disk& disk, const std::string& path, std::uint64_t size) {
    auto file = disk.open(path, Disk::Mode::Write);
    if (!file) {
        return to_error(file.error());
    }
    if (const auto done = (*file)->truncate(size); !done) {
        return to_error(done.error());
    }
    if (const auto done = (*file)->sync(); !done) {
        return to_error(done.error());
    }
    return std::nullopt;
}

}  // namespace

Result<JournalSurvey> survey_journal(Disk& disk, const std::string& directory, const BootId& boot) {
    return Surveyor(disk, directory, boot).run();
}

std::optional<Error> repair_journal(Disk& disk, const std::string& directory,
                                    const JournalSurvey& survey) {
    for (const Sequence name : survey.removed) {
        if (const auto done = disk.remove(segment_path(directory, name)); !done) {
            return to_error(done.error());
        }
    }
    if (survey.cut_newest_to && !TICKSTOCK_MUTANT(2)) {
        const std::string newest = segment_path(directory, survey.kept.back().first);
        if (const auto failure = cut(disk, newest, *survey.cut_newest_to)) {
            return failure;
        }
    }
    for (const KeptSegment& segment : survey.kept) {
        auto file = disk.open(segment_path(directory, segment.first), Disk::Mode::Write);
        if (!file) {
            return to_error(file.error());
        }
        if (const auto done = (*file)->sync(); !done) {
            return to_error(done.error());
        }
    }
    if (const auto done = disk.sync_directory(directory); !done) {
        return to_error(done.error());
    }
    return std::nullopt;
}

}  // namespace tickstock
