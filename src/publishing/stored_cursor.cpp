#include "publishing/stored_cursor.hpp"

#include "base/assert.hpp"

namespace tickstock {
namespace {

/// All but when it was published and where its body stands.
bool is_same_event(const StreamEntry& a, std::string_view body_a, const StreamEntry& b,
                   std::string_view body_b) {
    return a.offset == b.offset && a.ts == b.ts && a.symbol == b.symbol && a.type == b.type &&
           a.direction == b.direction && a.source == b.source && a.priority == b.priority &&
           a.price == b.price && a.volume == b.volume && a.score == b.score && body_a == body_b;
}

}  // namespace

StoredCursor::StoredCursor(Disk& disk, std::vector<File> files, Offset from, Offset last,
                           std::optional<StoredPlace> near)
    : disk_(disk), files_(std::move(files)), near_(std::move(near)), due_(from), last_(last) {
    TS_ASSERT(files_.empty() || files_.front().first <= from);
    while (file_ + 1 < files_.size() && files_[file_ + 1].first <= due_) {
        ++file_;
    }
    if (near_ && (files_.empty() || files_[file_].path != near_->path)) {
        near_.reset();
    }
    TS_ASSERT(!near_ || near_->offset <= from);
}

void StoredCursor::skip_to(Offset offset) {
    while (due_ < offset && advance()) {
        at_event_ = false;
        due_ = Offset{due_.value() + 1};
    }
}

std::optional<StoredPlace> StoredCursor::place() const {
    if (!frames_ || at_event_ || frames_->due() != due_) {
        return std::nullopt;
    }
    return StoredPlace{files_[file_].path, due_, frames_->valid_bytes()};
}

std::shared_ptr<EventBlock> StoredCursor::next(std::size_t most) {
    constexpr std::size_t bytes_most = std::size_t{1} << 20;
    auto block = std::make_shared<EventBlock>();
    while (block->entries.size() < most && block->bytes.size() < bytes_most && advance()) {
        StreamEntry entry = frames_->entry();
        entry.details = details_in(entry.type, entry.direction, frames_->body());
        block->add(entry, frames_->body());
        at_event_ = false;
        due_ = Offset{due_.value() + 1};
    }
    return block->entries.empty() ? nullptr : block;
}

StoredCursor::Comparison StoredCursor::compare(EventBlock& block, std::size_t begin) {
    Comparison result;
    bool restamped = false;
    for (std::size_t i = begin; i < block.entries.size() && advance(); ++i) {
        StreamEntry& entry = block.entries[i];
        TS_ASSERT(entry.offset == due_);
        if (!is_same_event(frames_->entry(), frames_->body(), entry, block.body(entry))) {
            result.differs = true;
            break;
        }
        restamped = restamped || entry.ts_pub != frames_->entry().ts_pub;
        entry.ts_pub = frames_->entry().ts_pub;
        at_event_ = false;
        due_ = Offset{due_.value() + 1};
        ++result.equal;
    }
    if (restamped) {
        block.restamp();
    }
    return result;
}

bool StoredCursor::advance() {
    while (!at_event_) {
        if (failure_ || is_at_end() || (!frames_ && !open_file())) {
            return false;
        }
        switch (frames_->next()) {
            case StoredFrames::Next::Event:
                at_event_ = frames_->entry().offset == due_;  // before it: older ones of the file
                break;
            case StoredFrames::Next::Close:
            case StoredFrames::Next::End:
                if (frames_->due() != due_) {
                    fail("ends before the events that it should have");
                    return false;
                }
                frames_.reset();
                ++file_;
                break;
            case StoredFrames::Next::Torn: fail("a torn frame"); return false;
            case StoredFrames::Next::Damaged:
            case StoredFrames::Next::Failed: fail(frames_->fault()); return false;
        }
    }
    return true;
}

bool StoredCursor::open_file() {
    if (file_ == files_.size()) {
        failure_ = Error{"the stored stream ends before the events that it should have"};
        return false;
    }
    const File& wanted = files_[file_];
    DiskResult<StoredFile> opened = open_stored_file(disk_, wanted.path);
    if (!opened) {
        failure_ = Error{opened.error().message};
        return false;
    }
    if (opened->fault) {
        fail(opened->fault->text);
        return false;
    }
    if (opened->header.first != wanted.first || opened->size < wanted.bytes) {
        fail("is not the file that it was");
        return false;
    }
    if (near_ && near_->byte <= wanted.bytes) {
        frames_.emplace(std::move(opened->file), near_->offset, wanted.bytes, near_->byte);
    } else {
        frames_.emplace(std::move(opened->file), wanted.first, wanted.bytes);
    }
    near_.reset();
    return true;
}

void StoredCursor::fail(std::string_view what) {
    failure_ = Error{files_[file_].path + ": " + std::string(what)};
}

}  // namespace tickstock
