#include "engine/journal_output.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "engine/sequencer.hpp"
#include "journal/segment_writer.hpp"

namespace tickstock {
namespace {

class JournalOutput final : public RecordWriter {
public:
    JournalOutput(std::string path, std::string temporary, std::unique_ptr<SegmentWriter> segment)
        : path_(std::move(path)), temporary_(std::move(temporary)), segment_(std::move(segment)) {
        sequencer_.add_source(SourceId{0}, {});
    }
    ~JournalOutput() override {
        if (!finished_) {
            segment_.reset();
            std::remove(temporary_.c_str());
        }
    }

    std::optional<Error> write(const RecordBatch& batch) override {
        admitted_ = batch;
        admitted_.source = SourceId{0};
        sequencer_.admit(admitted_);
        for (const Record& record : admitted_.records) {
            if (!segment_->append(record, sequencer_.symbols())) {
                return segment_->failure();
            }
            ++written_[static_cast<std::size_t>(record.kind())];
        }
        return std::nullopt;
    }

    std::optional<Error> finish() override {
        if (!segment_->close()) {
            return segment_->failure();
        }
        if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
            return Error{path_ + ": cannot be written: " + std::strerror(errno)};
        }
        finished_ = true;
        return std::nullopt;
    }

    const KindCounts& written() const override { return written_; }
    const KindCounts& skipped() const override { return skipped_; }
    std::uint64_t bytes() const override { return segment_->size(); }

private:
    const std::string path_;
    const std::string temporary_;
    std::unique_ptr<SegmentWriter> segment_;
    Sequencer sequencer_;
    RecordBatch admitted_;
    KindCounts written_{};
    KindCounts skipped_{};
    bool finished_ = false;
};

}  // namespace

Result<std::unique_ptr<RecordWriter>> open_journal_output(const std::string& path) {
    const std::string temporary = path + ".tmp";
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);  // of an earlier run that was broken off
    auto segment = SegmentWriter::create(temporary, SegmentHeader{});
    if (!segment) {
        return segment.error();
    }
    return std::unique_ptr<RecordWriter>(
        std::make_unique<JournalOutput>(path, temporary, std::move(*segment)));
}

}  // namespace tickstock
