#include "journal/segment_writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "base/assert.hpp"

namespace tickstock {
namespace {

constexpr std::size_t buffer_size = std::size_t{64} * 1024;
constexpr mode_t file_mode = 0640;

}  // namespace

Result<std::unique_ptr<SegmentWriter>> SegmentWriter::create(const std::string& path,
                                                             const SegmentHeader& header) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file_mode);
    if (file < 0) {
        return Error{
            fmt::format("{}: cannot create the journal segment: {}", path, std::strerror(errno))};
    }
    std::unique_ptr<SegmentWriter> writer(new SegmentWriter(path, file, header.first_sequence));
    const auto bytes = encode_segment_header(header);
    if (!writer->write_all(bytes)) {
        return *writer->failure();
    }
    return writer;
}

SegmentWriter::SegmentWriter(std::string path, int file, Sequence first)
    : path_(std::move(path)), file_(file), next_sequence_(first), frames_(2 * buffer_size) {}

SegmentWriter::~SegmentWriter() {
    if (file_ >= 0) {
        flush();
        ::close(file_);
    }
}

bool SegmentWriter::append(const Record& record, const SymbolTable& symbols) {
    TS_ASSERT(file_ >= 0);
    TS_ASSERT(record.header().sequence == next_sequence_);
    if (failure_) {
        return false;
    }
    frames_.append(record, symbols);
    return appended();
}

bool SegmentWriter::append(const Decision& decision, const SymbolTable& symbols) {
    TS_ASSERT(file_ >= 0);
    TS_ASSERT(decision.sequence == next_sequence_);
    if (failure_) {
        return false;
    }
    frames_.append(decision, symbols);
    return appended();
}

bool SegmentWriter::append_refused(const RefusedRecords& refused) {
    TS_ASSERT(file_ >= 0);
    frames_.append_refused(refused, next_sequence_);
    return !failure_;
}

bool SegmentWriter::appended() {
    next_sequence_ = Sequence{next_sequence_.value() + 1};
    return frames_.size() < buffer_size || flush();
}

bool SegmentWriter::flush() {
    const bool done = write_all(frames_.bytes());
    frames_.clear();
    return done;
}

bool SegmentWriter::write_all(std::span<const char> bytes) {
    std::size_t done = 0;
    while (!failure_ && done < bytes.size()) {
        const ssize_t count = ::write(file_, bytes.data() + done, bytes.size() - done);
        if (count >= 0) {
            done += static_cast<std::size_t>(count);
        } else if (errno != EINTR) {
            return fail("write", errno);
        }
    }
    written_ += done;
    return !failure_;
}

bool SegmentWriter::sync() {
    if (!flush()) {
        return false;
    }
    return ::fdatasync(file_) == 0 || fail("sync", errno);
}

bool SegmentWriter::close() {
    TS_ASSERT(file_ >= 0);
    frames_.append_end(FrameKind::Close, next_sequence_);
    sync();
    if (::close(file_) != 0 && !failure_) {
        fail("close", errno);
    }
    file_ = -1;
    return !failure_;
}

bool SegmentWriter::fail(const char* action, int error_number) {
    failure_ = Error{fmt::format("{}: cannot {} the journal segment: {}", path_, action,
                                 std::strerror(error_number))};
    return false;
}

}  // namespace tickstock
