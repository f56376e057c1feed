#include "journal/file_journal.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.hpp"
#include "base/mutant.hpp"
#include "journal/journal_files.hpp"

namespace tickstock {
namespace {

/// Grows to what comes between two writes and stays there.
constexpr std::size_t buffer_bytes = std::size_t{256} * 1024;

}  // namespace

FileJournal::FileJournal(Disk& disk, JournalOptions options, JournalSurvey survey, UnixNanos wall)
    : disk_(disk),
      options_(std::move(options)),
      found_(survey.found),
      frames_(buffer_bytes),
      next_{found_.last.value() + 1},
      clock_(found_.last_clock),
      wall_(wall),
      segments_(std::move(survey.kept)),
      segment_first_(next_),
      segment_before_(clock_),
      written_through_(found_.last.value()),
      durable_through_(found_.last.value()) {
    std::uint64_t bytes = 0;
    for (const KeptSegment& segment : segments_) {
        bytes += segment.bytes;
    }
    bytes_ = bytes;
    tell_segments();
    for (const RefusedRecords& refused : survey.carried) {
        frames_.append_refused(refused, next_);
    }
    unwritten_bytes_ = frames_.size();
}

void FileJournal::append(const Record& record, const SymbolTable& symbols) {
    TS_ASSERT(!closed_ && record.header().sequence == next_);
    frames_.append(record, symbols);
    appended(record.header().clock);
}

void FileJournal::append(const Decision& decision, const SymbolTable& symbols) {
    TS_ASSERT(!closed_ && decision.sequence == next_);
    frames_.append(decision, symbols);
    appended(decision.clock);
}

void FileJournal::append_refused(SourceId source, Reason reason, std::uint32_t count) {
    TS_ASSERT(!closed_);
    frames_.append_refused({source, reason, count}, next_);
    unwritten_bytes_.store(frames_.size(), std::memory_order_relaxed);
}

void FileJournal::appended(UnixNanos clock) {
    next_ = Sequence{next_.value() + 1};
    clock_ = clock;
    unwritten_bytes_.store(frames_.size(), std::memory_order_relaxed);
}

Journal::Written FileJournal::write() {
    TS_ASSERT(!closed_);
    if (failed_.load(std::memory_order_relaxed)) {
        return Written::Failed;
    }
    if (ending_) {
        if (const Written ended = end_segment(FrameKind::Rotate); ended != Written::Done) {
            return ended;
        }
    }
    if (file_ == nullptr) {
        if (const Written started = start_segment(); started != Written::Done) {
            return started;
        }
    }
    const Written room = renew_reserve();
    if (room == Written::Failed) {
        return room;
    }
    if (frames_.size() > 0) {
        if (const Written written = write_frames(); written != Written::Done) {
            return written;
        }
    }
    if (offset_ < options_.segment_bytes || next_ == segment_first_) {
        return room;
    }
    begin_end();
    return write();  // ends this segment and starts the next
}

Journal::Written FileJournal::write_frames() {
    const Sequence durable = durable_through();
    if (durable > synced_told_) {
        synced_told_ = durable;
        frames_.append_synced(durable, next_);
    }
    if (const auto done = file_->write_at(offset_, frames_.bytes()); !done) {
        return judge(done.error());
    }
    offset_ += frames_.size();
    bytes_ += frames_.size();
    frames_.clear();
    unwritten_bytes_ = 0;
    const std::scoped_lock lock(mutex_);
    to_sync_ = file_;
    written_through_ = next_.value() - 1;
    if (first_ == 0) {
        tell_segments();
    }
    return Written::Done;
}

Journal::Written FileJournal::start_segment() {
    const std::string path = segment_path(options_.directory, segment_first_);
    auto file = disk_.open(path, Disk::Mode::Create);
    if (!file) {
        return judge(file.error());
    }
    SegmentHeader header;
    header.logic_version = options_.logic_version;
    header.boot_id = options_.boot;
    header.created = wall_;
    header.first_sequence = segment_first_;
    header.clock_before = segment_before_;
    const auto bytes = encode_segment_header(header);
    if (const auto done = (*file)->write_at(0, bytes); !done) {
        if (const auto removed = disk_.remove(path); !removed) {
            fail(removed.error().message);
            return Written::Failed;
        }
        return judge(done.error());
    }
    file_ = std::move(*file);
    offset_ = reserved_ = bytes.size();
    bytes_ += bytes.size();
    segments_.push_back({segment_first_, 0, wall_});
    tell_segments();
    const std::scoped_lock lock(mutex_);
    to_sync_ = file_;
    directory_changed_ = true;
    return Written::Done;
}

/// Keeps reserve_bytes of room in front, renewed when a quarter is used. On a full disk it says so
/// when half is used: the other half is for what is on its way and for the end in good order.
Journal::Written FileJournal::renew_reserve() {
    const std::uint64_t wanted = options_.reserve_bytes;
    const std::uint64_t used = offset_ + frames_.size();
    const std::uint64_t room = reserved_ > used ? reserved_ - used : 0;
    if (room >= wanted - wanted / 4) {
        return Written::Done;
    }
    const auto done = file_->reserve(used + wanted);
    if (done) {
        reserved_ = used + wanted;
        return Written::Done;
    }
    if (!done.error().is_full()) {
        fail(done.error().message);
        return Written::Failed;
    }
    return room >= wanted / 2 ? Written::Done : Written::DiskFull;
}

/// From here on what is appended is the next segment's.
void FileJournal::begin_end() {
    ending_ = true;
    segment_first_ = next_;
    segment_before_ = clock_;
    if (!TICKSTOCK_MUTANT(33)) {
        frames_.begin_segment();
    }
}

Journal::Written FileJournal::end_segment(FrameKind kind) {
    FrameBuffer end(frame_head_size);
    end.append_end(kind, segment_first_);
    if (const auto done = file_->write_at(offset_, end.bytes()); !done) {
        return judge(done.error());
    }
    offset_ += end.size();
    bytes_ += end.size();
    segments_.back().bytes = offset_;
    if (const auto done = file_->truncate(offset_); !done) {  // gives the reserve back
        fail(done.error().message);
        return Written::Failed;
    }
    ending_ = false;
    const std::scoped_lock lock(mutex_);
    retired_.push_back(std::move(file_));
    to_sync_ = nullptr;
    return Written::Done;
}

bool FileJournal::sync() {
    const std::scoped_lock one_at_a_time(sync_mutex_);
    std::vector<std::shared_ptr<DiskFile>> files;
    bool directory = false;
    std::uint64_t through = 0;
    {
        const std::scoped_lock lock(mutex_);
        files = std::exchange(retired_, {});
        if (to_sync_ != nullptr) {
            files.push_back(std::exchange(to_sync_, nullptr));
        }
        directory = std::exchange(directory_changed_, false) && !TICKSTOCK_MUTANT(4);
        through = written_through_;
    }
    if (failed_) {
        return false;
    }
    if (TICKSTOCK_MUTANT(3)) {
        files.clear();
    }
    for (const std::shared_ptr<DiskFile>& file : files) {
        if (const auto done = file->sync(); !done) {
            return fail(done.error().message);
        }
    }
    if (directory) {
        if (const auto done = disk_.sync_directory(options_.directory); !done) {
            return fail(done.error().message);
        }
    }
    durable_through_ = through;
    return true;
}

bool FileJournal::close() {
    if (closed_) {
        return !failed_;
    }
    const Written written = write();
    if (written == Written::Failed) {
        return false;
    }
    if (file_ == nullptr || frames_.size() > 0) {
        return fail(options_.directory + ": the disk is full: the journal has no good end");
    }
    segment_first_ = next_;
    if (end_segment(FrameKind::Close) == Written::DiskFull) {
        return fail(options_.directory + ": the disk is full: the journal has no good end");
    }
    closed_ = true;
    return sync();
}

std::optional<Error> FileJournal::failure() const {
    const std::scoped_lock lock(mutex_);
    return failure_;
}

void FileJournal::retain(Sequence needed, UnixNanos wall) {
    wall_ = std::max(wall_, wall);
    retention_failure_.reset();
    // The newest segment with entries always stays: it says where the sequences stand.
    while (segments_.size() > 1 && segments_[1].first <= needed && segments_[1].first < next_) {
        const bool too_old = wall - segments_[1].created > options_.retention_age;
        if (!too_old && bytes_ <= options_.retention_bytes) {
            return;
        }
        const std::string path = segment_path(options_.directory, segments_.front().first);
        if (const auto removed = disk_.remove(path); !removed) {
            retention_failure_ = to_error(removed.error());
            return;
        }
        bytes_ -= segments_.front().bytes;
        segments_.erase(segments_.begin());
        tell_segments();
        const std::scoped_lock lock(mutex_);
        directory_changed_ = true;
    }
}

void FileJournal::tell_segments() {
    segment_count_ = segments_.size();
    const bool any = !segments_.empty() && segments_.front().first < next_;
    first_ = any ? segments_.front().first.value() : 0;
}

Journal::Written FileJournal::judge(const DiskError& error) {
    if (error.is_full()) {
        return Written::DiskFull;
    }
    fail(error.message);
    return Written::Failed;
}

bool FileJournal::fail(const std::string& message) {
    const std::scoped_lock lock(mutex_);
    if (!failure_) {
        failure_ = Error{message};
    }
    failed_ = true;
    return false;
}

}  // namespace tickstock
