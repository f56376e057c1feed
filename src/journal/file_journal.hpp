#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "journal/frame_buffer.hpp"
#include "journal/journal.hpp"
#include "journal/journal_survey.hpp"

namespace tickstock {

/// The Journal over a Disk, after survey and repair. Thread ownership is written on the members.
class FileJournal final : public Journal {
public:
    FileJournal(Disk& disk, JournalOptions options, JournalSurvey survey, UnixNanos wall);

    const JournalFound& found() const override { return found_; }
    Sequence next_sequence() const override { return next_; }

    void append(const Record& record, const SymbolTable& symbols) override;
    void append(const Decision& decision, const SymbolTable& symbols) override;
    void append_refused(SourceId source, Reason reason, std::uint32_t count) override;

    Written write() override;
    bool sync() override;
    bool close() override;

    Sequence written_through() const override { return Sequence{written_through_.load()}; }
    Sequence durable_through() const override { return Sequence{durable_through_.load()}; }
    std::uint64_t unwritten_bytes() const override { return unwritten_bytes_.load(); }
    std::uint64_t bytes() const override { return bytes_.load(); }
    std::uint64_t segments() const override { return segment_count_.load(); }
    Sequence first() const override { return Sequence{first_.load()}; }
    std::optional<Error> failure() const override;

    void retain(Sequence needed, UnixNanos wall) override;
    std::optional<Error> retention_failure() const override { return retention_failure_; }

private:
    void appended(UnixNanos clock);
    Written start_segment();
    Written renew_reserve();
    Written write_frames();
    void begin_end();
    Written end_segment(FrameKind kind);
    Written judge(const DiskError& error);
    bool fail(const std::string& message);
    void tell_segments();

    Disk& disk_;
    const JournalOptions options_;
    const JournalFound found_;

    // The sequencer's thread only.
    FrameBuffer frames_;
    Sequence next_;
    UnixNanos clock_;  // of the last entry
    UnixNanos wall_;
    std::vector<KeptSegment> segments_;  // the one being written is the last
    bool closed_ = false;
    Sequence synced_told_;      // the last synced frame said so
    bool ending_ = false;       // an end frame is due; frames_ are the next segment's
    Sequence segment_first_;    // of the segment that frames_ belong to
    UnixNanos segment_before_;  // clock of the entry before it
    std::uint64_t offset_ = 0;  // in the file, where frames_ go
    std::uint64_t reserved_ = 0;
    std::optional<Error> retention_failure_;

    /// The sequencer's thread writes, the syncing one syncs; null = not created yet.
    std::shared_ptr<DiskFile> file_;

    // Any thread reads.
    std::atomic<std::uint64_t> written_through_{0};
    std::atomic<std::uint64_t> durable_through_{0};
    std::atomic<std::uint64_t> unwritten_bytes_{0};
    std::atomic<std::uint64_t> bytes_{0};
    std::atomic<std::uint64_t> segment_count_{0};
    std::atomic<std::uint64_t> first_{0};
    std::atomic<bool> failed_{false};

    /// One sync at a time.
    std::mutex sync_mutex_;

    // Between the two threads; held for moments only.
    mutable std::mutex mutex_;
    std::shared_ptr<DiskFile> to_sync_;               // file_, once something new is in it
    std::vector<std::shared_ptr<DiskFile>> retired_;  // rotated out, not yet synced
    bool directory_changed_ = false;
    std::optional<Error> failure_;
};

}  // namespace tickstock
