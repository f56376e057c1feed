#include "journal/snapshot_store.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.hpp"
#include "base/crc32c.hpp"

namespace tickstock {
namespace {

/// Fills `into`; what the file does not have is cut off.
bool read_bytes(DiskFile& file, std::uint64_t offset, std::string& into,
                std::optional<SnapshotFault>& fault) {
    const DiskResult<std::size_t> count = file.read_at(offset, into);
    if (!count) {
        fault = SnapshotFault{SnapshotFault::Kind::Damaged, count.error().message};
        return false;
    }
    into.resize(*count);
    return true;
}

SnapshotFault damaged(std::uint64_t offset, std::string_view what) {
    return {SnapshotFault::Kind::Damaged, fmt::format("at byte {}: {}", offset, what)};
}

}  // namespace

std::optional<SnapshotFault> read_snapshot(DiskFile& file, SnapshotHeader& header,
                                           std::vector<SnapshotSection>& sections) {
    std::optional<SnapshotFault> fault;
    const DiskResult<std::uint64_t> size = file.size();
    if (!size) {
        return SnapshotFault{SnapshotFault::Kind::Damaged, size.error().message};
    }
    // A newer version's header may be longer, and must be known as one.
    std::string bytes(std::min<std::uint64_t>(*size, 4096), '\0');
    SnapshotExtent extent;
    if (!read_bytes(file, 0, bytes, fault) ||
        (fault = decode_snapshot_header(bytes, header, extent))) {
        return fault;
    }
    if (extent.file_size != *size) {
        return damaged(*size,
                       fmt::format("the file ends, and should at byte {}", extent.file_size));
    }
    std::uint64_t at = snapshot_header_size;
    for (std::uint32_t i = 0; i < extent.sections; ++i) {
        bytes.resize(snapshot_section_head_size);
        if (!read_bytes(file, at, bytes, fault)) {
            return fault;
        }
        if (bytes.size() < snapshot_section_head_size) {
            return damaged(at, "the file ends inside a section's head");
        }
        const SnapshotSectionHead head = decode_section_head(bytes);
        const std::uint64_t begin = at + snapshot_section_head_size;
        if (head.length > *size - begin) {
            return damaged(at, "a section longer than the file");
        }
        SnapshotSection section{head.kind, std::string(head.length, '\0')};
        if (!read_bytes(file, begin, section.bytes, fault)) {
            return fault;
        }
        if (section.bytes.size() != head.length ||
            head.checksum !=
                snapshot_section_checksum(crc32c(section.bytes), head.kind, head.length)) {
            return damaged(at, "a section does not have its checksum");
        }
        sections.push_back(std::move(section));
        at = begin + head.length;
    }
    return at == *size ? fault : damaged(at, "bytes behind the last section");
}

SnapshotStore::SnapshotStore(Disk& disk, std::string directory, std::size_t keep)
    : disk_(disk), directory_(std::move(directory)), keep_(keep) {
    TS_ASSERT(keep_ > 0);
}

std::unique_ptr<SnapshotWriter> SnapshotStore::begin(const SnapshotHeader& header) {
    std::unique_ptr<SnapshotWriter> writer(new SnapshotWriter(disk_, directory_, keep_, header));
    writer->create();
    return writer;
}

DiskResult<DiskDone> SnapshotStore::save(const SnapshotHeader& header,
                                         std::span<const SnapshotSection> sections) {
    const auto writer = begin(header);
    for (const SnapshotSection& section : sections) {
        writer->begin_section(section.kind);
        writer->append(section.bytes);
    }
    return writer->finish();
}

const std::string* SnapshotStore::Snapshot::find(std::uint32_t kind) const {
    const auto found = std::find_if(sections.begin(), sections.end(),
                                    [kind](const auto& section) { return section.kind == kind; });
    return found == sections.end() ? nullptr : &found->bytes;
}

Result<SnapshotStore::Found> SnapshotStore::load_newest(Sequence limit) {
    const auto names = disk_.list(directory_);
    if (!names) {
        return Error{names.error().message};
    }
    Found found;
    for (auto name = names->rbegin(); name != names->rend(); ++name) {
        const std::optional<Sequence> sequence = snapshot_sequence(*name);
        if (!sequence || *sequence > limit) {
            continue;
        }
        const std::string path = directory_ + "/" + *name;
        const auto file = disk_.open(path, Disk::Mode::Read);
        Snapshot snapshot{*name, {}, {}};
        std::optional<SnapshotFault> fault;
        if (!file) {
            fault = SnapshotFault{SnapshotFault::Kind::Damaged, file.error().message};
        } else {
            fault = read_snapshot(**file, snapshot.header, snapshot.sections);
        }
        if (!fault && snapshot.header.sequence != *sequence) {
            fault = damaged(
                0, fmt::format("a snapshot of sequence {}", snapshot.header.sequence.value()));
        }
        if (!fault) {
            found.snapshot = std::move(snapshot);
            return found;
        }
        const std::string text = fmt::format("{}: {}", path, fault->text);
        if (fault->kind == SnapshotFault::Kind::Unsupported) {
            return Error{text};
        }
        found.notes.push_back("damaged snapshot passed over: " + text);
    }
    return found;
}

DiskResult<std::vector<std::string>> SnapshotStore::set_aside_after(Sequence limit) {
    const auto names = disk_.list(directory_);
    if (!names) {
        return names.error();
    }
    std::vector<std::string> moved;
    for (const std::string& name : *names) {
        const std::optional<Sequence> sequence = snapshot_sequence(name);
        if (!sequence || *sequence <= limit) {
            continue;
        }
        const std::string path = directory_ + "/" + name;
        if (const auto renamed = disk_.rename(path, path + ".ahead"); !renamed) {
            return renamed.error();
        }
        moved.push_back(name);
    }
    if (!moved.empty()) {
        if (const auto synced = disk_.sync_directory(directory_); !synced) {
            return synced.error();
        }
    }
    return moved;
}

}  // namespace tickstock
