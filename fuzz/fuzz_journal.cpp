// Any bytes: as a whole segment file, and as the body behind a sound header so that the frames are
// reached. A reader ends, says why, and closes its ledger; what it hands out is sound. A journal
// that opens over them goes on, and reads back to its end.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/assert.hpp"
#include "base/memory_disk.hpp"
#include "journal/decision_codec.hpp"
#include "journal/journal.hpp"
#include "journal/record_fault.hpp"
#include "journal/segment_reader.hpp"

namespace {

using namespace tickstock;

void read_segment(std::string bytes) {
    std::size_t at = 0;
    const ReadBytes source = [&bytes, &at](std::span<char> into) -> Result<std::size_t> {
        const std::size_t count = bytes.copy(into.data(), into.size(), at);
        at += count;
        return count;
    };
    auto opened = SegmentReader::open(source, "fuzz", SourceId{0}, bytes.size());
    if (!opened) {
        TS_ASSERT(!opened.error().message.empty());
        return;
    }
    SegmentReader& reader = *opened.value();
    RecordBatch batch;
    std::size_t symbols = 0;
    while (reader.read(batch)) {
        symbols += batch.new_symbols.size();
        for (const Record& record : batch.records) {
            TS_ASSERT(record_fault(record).empty());
            TS_ASSERT(record.header().symbol.value() < symbols);
        }
    }
    TS_ASSERT(reader.counts().closes());
}

/// Everything that a cursor finds; false = damage.
bool read_entries(Disk& disk, JournalCursor::Writer writer, Sequence& last) {
    auto opened = JournalCursor::open(disk, "j", Sequence{}, writer);
    if (!opened) {
        return false;
    }
    JournalCursor& cursor = *opened.value();
    JournalEntry entry;
    JournalCursor::Next next = cursor.next(entry);
    for (; next == JournalCursor::Next::Entry; next = cursor.next(entry)) {
        TS_ASSERT(last == Sequence{} || entry.sequence.value() == last.value() + 1);
        last = entry.sequence;
        TS_ASSERT(entry.is_decision() ? decision_fault(*entry.decision).empty()
                                      : record_fault(entry.record).empty());
    }
    TS_ASSERT((next == JournalCursor::Next::Damage) == cursor.failure().has_value());
    return next == JournalCursor::Next::End;
}

/// The bytes as a journal's first segment, of this boot of the machine and of another.
void open_journal_over(const std::string& bytes) {
    for (const std::uint8_t boot : {std::uint8_t{0}, std::uint8_t{1}}) {
        MemoryDisk disk;
        disk.put("j/00000000000000000001.tsj", bytes);
        Sequence before;
        read_entries(disk, JournalCursor::Writer::Running, before);
        JournalOptions options;
        options.directory = "j";
        options.reserve_bytes = 0;
        options.boot = {boot};
        auto journal = Journal::open(disk, options, UnixNanos{});
        if (!journal) {
            TS_ASSERT(!journal.error().message.empty());
            continue;
        }
        const Sequence found = (*journal)->found().last;
        SymbolTable symbols;
        Decision decision;
        decision.sequence = (*journal)->next_sequence();
        decision.action = ShedChange{1};
        (*journal)->append(decision, symbols);
        TS_ASSERT((*journal)->close());
        Sequence last;
        if (read_entries(disk, JournalCursor::Writer::Gone, last)) {
            TS_ASSERT(last.value() == found.value() + 1);
        }
    }
}

/// Frames whose checksums are right, so that the payloads' decoders are reached too.
std::string frames_of(std::string_view input) {
    const auto header = encode_segment_header({});
    std::string bytes(header.data(), header.size());
    std::uint64_t sequence = 1;
    while (input.size() >= 2) {
        const auto kind = static_cast<std::uint8_t>(input[0]);
        const std::size_t length = static_cast<std::uint8_t>(input[1]);
        input.remove_prefix(2);
        if (!is_frame_kind(kind)) {
            continue;
        }
        std::string frame(frame_head_size, '\0');
        frame += input.substr(0, length);
        input.remove_prefix(std::min(length, input.size()));
        seal_frame(frame, static_cast<FrameKind>(kind), Sequence{sequence});
        sequence += is_entry_frame(static_cast<FrameKind>(kind)) ? 1 : 0;
        bytes += frame;
    }
    return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input(reinterpret_cast<const char*>(data), size);
    const auto header = encode_segment_header({});
    read_segment(input);
    read_segment(std::string(header.data(), header.size()) + input);
    read_segment(frames_of(input));
    open_journal_over(std::string(header.data(), header.size()) + input);
    open_journal_over(frames_of(input));
    return 0;
}
