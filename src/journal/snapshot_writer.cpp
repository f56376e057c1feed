#include <algorithm>

#include "base/assert.hpp"
#include "base/crc32c.hpp"
#include "journal/snapshot_store.hpp"

namespace tickstock {
namespace {

constexpr std::size_t buffer_size = std::size_t{256} << 10;

}  // namespace

SnapshotWriter::SnapshotWriter(Disk& disk, std::string directory, std::size_t keep,
                               const SnapshotHeader& header)
    : disk_(disk), directory_(std::move(directory)), keep_(keep), header_(header) {}

SnapshotWriter::~SnapshotWriter() {
    if (created_) {
        file_.reset();
        (void)disk_.remove(aside());  // if that fails, too, the next writer does it
    }
}

std::string SnapshotWriter::path() const {
    return directory_ + "/" + snapshot_name(header_.sequence);
}

void SnapshotWriter::create() {
    if (!keep_failure(disk_.make_directories(directory_))) {
        return;
    }
    const auto names = disk_.list(directory_);
    if (!names) {
        failure_ = names.error();
        return;
    }
    for (const std::string& name : *names) {
        if (name.ends_with(".tmp") && !keep_failure(disk_.remove(directory_ + "/" + name))) {
            return;
        }
    }
    auto file = disk_.open(aside(), Disk::Mode::Create);
    if (!file) {
        failure_ = file.error();
        return;
    }
    file_ = std::move(*file);
    created_ = true;
}

void SnapshotWriter::begin_section(std::uint32_t kind) {
    end_section();
    ++sections_;
    section_kind_ = kind;
    section_checksum_ = 0;
    section_at_ = size();
    buffer_.append(snapshot_section_head_size, '\0');  // filled in at the section's end
}

void SnapshotWriter::append(std::string_view bytes) {
    TS_ASSERT(sections_ > 0);
    section_checksum_ = crc32c(bytes, section_checksum_);
    if (bytes.size() >= buffer_size) {
        flush();
        write_at(position_, bytes);
        position_ += bytes.size();
        return;
    }
    buffer_ += bytes;
    if (buffer_.size() >= buffer_size) {
        flush();
    }
}

void SnapshotWriter::end_section() {
    if (sections_ == 0) {
        return;
    }
    flush();
    SnapshotSectionHead head{section_kind_, 0,
                             position_ - section_at_ - snapshot_section_head_size};
    head.checksum = snapshot_section_checksum(section_checksum_, head.kind, head.length);
    const auto bytes = encode_section_head(head);
    write_at(section_at_, {bytes.data(), bytes.size()});
}

void SnapshotWriter::flush() {
    write_at(position_, buffer_);
    position_ += buffer_.size();
    buffer_.clear();
}

void SnapshotWriter::write_at(std::uint64_t offset, std::string_view bytes) {
    if (!failure_ && !bytes.empty()) {
        keep_failure(file_->write_at(offset, bytes));
    }
}

DiskResult<DiskDone> SnapshotWriter::finish() {
    end_section();
    const auto header = encode_snapshot_header(header_, {sections_, position_});
    write_at(0, {header.data(), header.size()});
    if (!failure_ && keep_failure(file_->sync())) {
        file_.reset();
        if (keep_failure(disk_.rename(aside(), path()))) {
            created_ = false;
            if (keep_failure(disk_.sync_directory(directory_))) {
                remove_oldest();
            }
        }
    }
    if (failure_) {
        return *failure_;
    }
    return DiskDone{};
}

/// What cannot be removed now is tried again by the next writer.
void SnapshotWriter::remove_oldest() {
    const auto names = disk_.list(directory_);
    if (!names) {
        return;
    }
    std::vector<std::string> snapshots;
    std::copy_if(names->begin(), names->end(), std::back_inserter(snapshots),
                 [](const auto& name) { return snapshot_sequence(name).has_value(); });
    for (std::size_t i = 0; i + keep_ < snapshots.size(); ++i) {
        (void)disk_.remove(directory_ + "/" + snapshots[i]);
    }
}

bool SnapshotWriter::keep_failure(const DiskResult<DiskDone>& result) {
    if (!result && !failure_) {
        failure_ = result.error();
    }
    return result.ok();
}

}  // namespace tickstock
