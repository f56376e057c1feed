#include "sources/files/dbn_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "sources/dbn/dbn_layout.hpp"

namespace tickstock {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{256} << 10;
constexpr std::size_t record_bytes_max = 255 * dbn::length_unit;
static_assert(buffer_bytes > record_bytes_max);

}  // namespace

DbnFile::DbnFile(std::string path, std::unique_ptr<ByteSource> bytes,
                 const FileReaderOptions& options, SymbolCache& symbols)
    : path_(std::move(path)),
      bytes_(std::move(bytes)),
      ledger_(path_, options.on_first_reject),
      context_(options.source, symbols, ledger_),
      buffer_(buffer_bytes) {
    context_.live_now = options.live_now;
}

Result<std::unique_ptr<DbnFile>> DbnFile::open(std::string path, std::unique_ptr<ByteSource> bytes,
                                               const FileReaderOptions& options,
                                               SymbolCache& symbols) {
    std::unique_ptr<DbnFile> file(new DbnFile(std::move(path), std::move(bytes), options, symbols));
    const Result<bool> read = file->read_head();
    if (!read.ok()) {
        return Error{fmt::format("{}: {}", file->path_, read.error().message)};
    }
    return file;
}

/// False for an empty file.
Result<bool> DbnFile::read_head() {
    const auto cut_off = [&](std::string_view what, std::size_t wanted, std::size_t got) {
        return bytes_->failure()
                   ? *bytes_->failure()
                   : Error{fmt::format("byte {}: the {} is cut off: {} of {} bytes are there",
                                       position_, what, got, wanted)};
    };
    if (!have(dbn::prelude_bytes)) {
        if (end_ == 0 && !bytes_->failure()) {
            at_end_ = true;
            return false;
        }
        return cut_off("head", dbn::prelude_bytes, end_);
    }
    const Result<dbn::Prelude> prelude =
        dbn::parse_prelude(buffered().substr(0, dbn::prelude_bytes));
    if (!prelude.ok()) {
        return prelude.error();
    }
    take(dbn::prelude_bytes);
    // Grows as bytes come: a wrong length must not take memory.
    std::string block;
    while (block.size() < prelude->metadata_bytes) {
        if (!have(1)) {
            return cut_off("metadata", prelude->metadata_bytes, block.size());
        }
        const std::size_t part = std::min(prelude->metadata_bytes - block.size(), end_ - begin_);
        block.append(buffer_.data() + begin_, part);
        take(part);
    }
    const Result<dbn::Metadata> metadata = dbn::parse_metadata(*prelude, block);
    if (!metadata.ok()) {
        return metadata.error();
    }
    decoder_.emplace(*metadata, context_);
    return true;
}

bool DbnFile::have(std::size_t wanted) {
    TS_ASSERT(wanted <= buffer_.size());
    while (end_ - begin_ < wanted) {
        if (begin_ > 0) {
            std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        }
        const std::size_t got =
            bytes_->read(std::span(buffer_.data() + end_, buffer_.size() - end_));
        if (got == 0) {
            return false;
        }
        end_ += got;
    }
    return true;
}

void DbnFile::take(std::size_t count) {
    begin_ += count;
    position_ += count;
}

/// The rest of the input is lost: one malformed row stands for it.
void DbnFile::fail(const std::string& message) {
    ledger_.at(records_ + 1, position_);
    ledger_.reject(Reason::Malformed, message);
    failure_ =
        Error{fmt::format("{}: record {} at byte {}: {}", path_, records_ + 1, position_, message)};
    at_end_ = true;
}

std::size_t DbnFile::next_record() {
    const bool begins = have(1);
    const std::size_t words =
        begins ? static_cast<unsigned char>(buffer_[begin_ + dbn::at_length]) : 0;
    const std::size_t length = words * dbn::length_unit;
    if (begins && length < dbn::header_bytes) {
        fail(fmt::format("its length byte is {}; accepted are {} to 255 words of {} bytes", words,
                         dbn::header_bytes / dbn::length_unit, dbn::length_unit));
        return 0;
    }
    if (begins && have(length)) {
        if (buffered().substr(0, dbn::magic.size()) == dbn::magic) {
            fail("a second DBN file begins here; accepted is one a file, so give them one by one");
            return 0;
        }
        return length;
    }
    if (bytes_->failure()) {
        fail(bytes_->failure()->message);
    } else if (begins) {
        fail(fmt::format("it is cut off: {} of {} bytes are there", end_ - begin_, length));
    }
    at_end_ = true;
    return 0;
}

bool DbnFile::fill(std::vector<Record>& out, std::size_t limit) {
    const std::size_t before = out.size();
    while (!at_end_ && out.size() - before < limit) {
        const std::size_t length = next_record();
        if (length == 0) {
            break;
        }
        ledger_.at(++records_, position_);
        decoder_->decode(buffered().substr(0, length), out);
        take(length);
    }
    return out.size() > before;
}

ReadProgress DbnFile::progress() const {
    return {bytes_->bytes_read(), bytes_->bytes_total()};
}

}  // namespace tickstock
