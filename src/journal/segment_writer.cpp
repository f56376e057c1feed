#include "journal/segment_writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "base/assert.hpp"
#include "journal/record_codec.hpp"
#include "journal/record_fault.hpp"

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
    writer->buffer_.insert(writer->buffer_.end(), bytes.begin(), bytes.end());
    if (!writer->flush()) {
        return *writer->failure();
    }
    return writer;
}

SegmentWriter::SegmentWriter(std::string path, int file, Sequence first)
    : path_(std::move(path)), file_(file), next_sequence_(first) {
    buffer_.reserve(buffer_size + 2 * (frame_head_size + frame_payload_max));
}

SegmentWriter::~SegmentWriter() {
    if (file_ >= 0) {
        flush();
        ::close(file_);
    }
}

bool SegmentWriter::append(const Record& record, const SymbolTable& symbols) {
    TS_ASSERT(file_ >= 0);
    TS_ASSERT(record.header().sequence == next_sequence_);
    TS_ASSERT(record_fault(record).empty());
    if (failure_) {
        return false;
    }
    if (record.kind() != RecordKind::ClockTick) {
        define_symbol(record.header().symbol, symbols);
    }
    std::array<char, frame_payload_max> payload;
    const std::size_t length = encode_record(record, payload);
    append_frame(frame_kind_of(record.kind()), next_sequence_, std::span(payload).first(length));
    next_sequence_ = Sequence{next_sequence_.value() + 1};
    return buffer_.size() < buffer_size || flush();
}

void SegmentWriter::define_symbol(SymbolId id, const SymbolTable& symbols) {
    if (id.value() >= defined_.size()) {
        TS_ASSERT(id.value() < segment_symbol_limit);
        defined_.resize(symbols.size());
    }
    if (defined_[id.value()]) {
        return;
    }
    defined_[id.value()] = true;
    std::array<char, frame_payload_max> payload;
    const std::size_t length = encode_symbol({id, symbols.text(id)}, payload);
    append_frame(FrameKind::Symbol, next_sequence_, std::span(payload).first(length));
}

void SegmentWriter::append_frame(FrameKind kind, Sequence sequence, std::span<const char> payload) {
    const std::size_t begin = buffer_.size();
    buffer_.resize(begin + frame_head_size);
    buffer_.insert(buffer_.end(), payload.begin(), payload.end());
    seal_frame(std::span(buffer_).subspan(begin), kind, sequence);
}

bool SegmentWriter::flush() {
    std::size_t done = 0;
    while (!failure_ && done < buffer_.size()) {
        const ssize_t count = ::write(file_, buffer_.data() + done, buffer_.size() - done);
        if (count >= 0) {
            done += static_cast<std::size_t>(count);
        } else if (errno != EINTR) {
            return fail("write", errno);
        }
    }
    written_ += done;
    buffer_.clear();
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
    append_frame(FrameKind::Close, next_sequence_, {});
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
