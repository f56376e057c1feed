#include "sources/files/line_reader.hpp"

#include <algorithm>
#include <cstring>

#include "sources/formats/line_decoder.hpp"

namespace tickstock {
namespace {

/// What is shown of a line that is too long.
constexpr std::size_t long_line_kept = 256;

}  // namespace

LineReader::LineReader(std::unique_ptr<ByteSource> source, std::size_t buffer_size)
    : source_(std::move(source)), buffer_size_(buffer_size), buffer_(buffer_size + line_padding) {}

std::string_view LineReader::head(std::size_t wanted) {
    while (end_ - begin_ < wanted && fill()) {
    }
    return {buffer_.data() + begin_, std::min(wanted, end_ - begin_)};
}

std::unique_ptr<ByteSource> LineReader::release() && {
    return prefixed(std::string(buffer_.data() + begin_, end_ - begin_), std::move(source_));
}

/// Appends bytes behind end_; false at the end of the source.
bool LineReader::fill() {
    if (at_end_) {
        return false;
    }
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ + line_padding == buffer_.size()) {
        buffer_.resize(std::min(buffer_.size() * 2, line_length_max + buffer_size_ + line_padding));
    }
    const std::size_t room = buffer_.size() - line_padding - end_;
    const std::size_t got = source_->read(std::span(buffer_.data() + end_, room));
    const bool first = byte_ == 0 && number_ == 0 && end_ == 0;
    end_ += got;
    at_end_ = got == 0;
    std::memset(buffer_.data() + end_, 0, line_padding);
    if (first && std::string_view(buffer_.data(), end_).substr(0, 3) == "\xEF\xBB\xBF") {
        begin_ = 3;
        byte_ = 3;
    }
    return got != 0;
}

/// The line of `length` bytes at begin_, followed by `line_end` bytes of line end.
LineReader::Line LineReader::take(std::size_t length, std::size_t line_end) {
    Line line;
    line.text = std::string_view(buffer_.data() + begin_, length);
    if (!line.text.empty() && line.text.back() == '\r') {
        line.text.remove_suffix(1);
    }
    if (line.text.size() > line_length_max) {
        line.text = line.text.substr(0, long_line_kept);
        line.too_long = true;
    }
    line.number = ++number_;
    line.byte = byte_;
    begin_ += length + line_end;
    byte_ += length + line_end;
    return line;
}

std::optional<LineReader::Line> LineReader::next() {
    std::size_t searched = 0;
    for (;;) {
        const char* const from = buffer_.data() + begin_ + searched;
        const std::size_t unsearched = end_ - begin_ - searched;
        if (const void* found = std::memchr(from, '\n', unsearched); found != nullptr) {
            return take(static_cast<std::size_t>(static_cast<const char*>(found) -
                                                 (buffer_.data() + begin_)),
                        1);
        }
        searched = end_ - begin_;
        if (searched > line_length_max + 1) {
            return skip_long_line();
        }
        if (!fill()) {
            break;
        }
    }
    // Where a source fails, its last line is a piece that could be read wrongly as a whole one.
    if (begin_ == end_ || source_->failure()) {
        return std::nullopt;
    }
    return take(end_ - begin_, 0);
}

/// Gives the begin of a line that is too long and drops the rest of it, up to its line end.
LineReader::Line LineReader::skip_long_line() {
    constexpr std::size_t kept = long_line_kept;
    Line line;
    line.too_long = true;
    line.number = ++number_;
    line.byte = byte_;
    // The begin is kept in front of the buffer; what follows is read over.
    std::memmove(buffer_.data(), buffer_.data() + begin_, kept);
    byte_ += end_ - begin_;
    begin_ = end_ = kept;
    for (;;) {
        const std::size_t room = buffer_.size() - line_padding - kept;
        const std::size_t got = source_->read(std::span(buffer_.data() + kept, room));
        if (got == 0) {
            at_end_ = true;
            break;
        }
        const void* found = std::memchr(buffer_.data() + kept, '\n', got);
        end_ = kept + got;
        if (found != nullptr) {
            begin_ = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data()) + 1;
            byte_ += begin_ - kept;
            break;
        }
        byte_ += got;
        begin_ = end_ = kept;
    }
    std::memset(buffer_.data() + end_, 0, line_padding);
    line.text = std::string_view(buffer_.data(), kept);
    return line;
}

}  // namespace tickstock
