// Any bytes as a snapshot file and as a file of the stored event stream: whole, behind a sound
// header, and with right checksums so that what stands inside is reached. Loading ends, says why,
// and what it hands out is sound; a stored stream is in order once it was opened.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "base/crc32c.hpp"
#include "base/memory_disk.hpp"
#include "journal/snapshot_store.hpp"
#include "publishing/stored_stream.hpp"

namespace {

using namespace tickstock;

void load_snapshot(std::string bytes) {
    MemoryDisk disk;
    SnapshotStore store(disk, "s");
    disk.put("s/" + snapshot_name(Sequence{1}), std::move(bytes));
    const auto found = store.load_newest(Sequence{1});
    if (!found) {
        TS_ASSERT(!found.error().message.empty());
        return;
    }
    TS_ASSERT(found->snapshot.has_value() == found->notes.empty());
}

std::string snapshot_header(std::uint32_t sections, std::uint64_t file_size) {
    SnapshotHeader header;
    header.sequence = Sequence{1};
    const auto bytes = encode_snapshot_header(header, {sections, file_size});
    return {bytes.data(), bytes.size()};
}

/// Sections with right checksums, their lengths from the input.
std::string sections_of(std::string_view input, std::uint32_t& count) {
    std::string bytes;
    for (; input.size() >= 2; ++count) {
        const auto kind = static_cast<std::uint8_t>(input[0]);
        const std::string_view section = input.substr(2, static_cast<std::uint8_t>(input[1]));
        input.remove_prefix(2 + section.size());
        const auto head = encode_section_head(
            {kind, snapshot_section_checksum(crc32c(section), kind, section.size()),
             section.size()});
        bytes.append(head.data(), head.size());
        bytes += section;
    }
    return bytes;
}

void open_stored(std::string bytes) {
    MemoryDisk disk;
    StoredStreamOptions options;
    options.directory = "s";
    disk.put("s/" + stored_name(1), std::move(bytes));
    const auto first = StoredStream::open(disk, options);
    if (!first) {
        TS_ASSERT(!first.error().message.empty());
        return;
    }
    const StoredStream::Found found = first.value()->found();
    const auto second = StoredStream::open(disk, options);
    TS_ASSERT(second.ok());
    TS_ASSERT(second.value()->take_notes().empty());
    TS_ASSERT(second.value()->found().last == found.last);
    if (found.epoch.empty()) {
        return;
    }
    const auto cursor = second.value()->read(found.epoch, found.first);
    std::uint64_t events = 0;
    while (const auto block = cursor->next()) {
        events += block->entries.size();
    }
    // A file with a close frame is not looked through when it is opened.
    TS_ASSERT(cursor->is_at_end() != cursor->failure().has_value());
    TS_ASSERT(!cursor->is_at_end() || events == found.last.value() - found.first.value() + 1);
    if (cursor->failure()) {
        TS_ASSERT(second.value()->set_aside_from(found.epoch, cursor->due()));
        TS_ASSERT(second.value()->range(found.epoch).last < found.last);
    }
}

/// Frames with right checksums: payloads from the input, or of events that may be.
std::string frames_of(std::string_view input) {
    std::string bytes;
    append_stored_header({"epoch", Offset{1}, {}}, bytes);
    std::uint64_t offset = 1;
    while (input.size() >= 2) {
        const auto what = static_cast<std::uint8_t>(input[0]);
        const std::string_view payload = input.substr(2, static_cast<std::uint8_t>(input[1]));
        input.remove_prefix(2 + payload.size());
        if (what % 8 == 0) {
            append_close_frame(Offset{offset + what / 128}, bytes);
        } else if (what % 8 == 1) {
            StreamEntry entry;
            entry.offset = Offset{offset++};
            append_event_frame(entry, payload, bytes);
        } else if (what % 8 == 2) {
            bytes += payload;
        } else {
            // As append_event_frame() seals it, around any payload.
            std::string frame;
            const auto length = static_cast<std::uint32_t>(payload.size());
            for (int i = 0; i < 4; ++i) {
                frame.push_back(static_cast<char>(length >> (8 * i)));
            }
            for (int i = 0; i < 8; ++i) {
                frame.push_back(static_cast<char>(offset >> (8 * i)));
            }
            frame.push_back(1);
            frame += payload;
            const std::uint32_t checksum = crc32c(frame);
            for (int i = 0; i < 4; ++i) {
                bytes.push_back(static_cast<char>(checksum >> (8 * i)));
            }
            bytes += frame;
            ++offset;
        }
    }
    return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input(reinterpret_cast<const char*>(data), size);
    load_snapshot(input);
    load_snapshot(snapshot_header(size > 0 ? data[0] % 4U : 0, snapshot_header_size + size) +
                  input);
    std::uint32_t sections = 0;
    const std::string sound = sections_of(input, sections);
    load_snapshot(snapshot_header(sections, snapshot_header_size + sound.size()) + sound);

    open_stored(input);
    std::string stored;
    append_stored_header({"epoch", Offset{1}, {}}, stored);
    open_stored(stored + input);
    open_stored(frames_of(input));
    return 0;
}
