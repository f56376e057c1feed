#pragma once

// Events made up for the tests of the stored stream.

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/crc32c.hpp"
#include "base/memory_disk.hpp"
#include "publishing/stored_stream.hpp"

namespace tickstock {

inline const std::string stored_folder = "data/stream";

inline StreamEntry random_entry(Offset offset, std::mt19937_64& dice) {
    static const std::array<SymbolText, 4> symbols{SymbolText("A"), SymbolText("BRK.B"),
                                                   SymbolText("SIXTEENBYTESLONG"), SymbolText()};
    StreamEntry entry;
    entry.offset = offset;
    entry.ts_pub = unix_nanos(static_cast<std::int64_t>(1'700'000'000'000'000'000 + dice() % 1000));
    entry.ts = unix_nanos(static_cast<std::int64_t>(dice() >> 2));
    entry.symbol = symbols[dice() % symbols.size()];
    entry.type = static_cast<EventType>(dice() % event_type_count);
    entry.direction = static_cast<Direction>(dice() % 3);
    entry.source = static_cast<SourceKind>(dice() % 5);
    entry.priority = static_cast<std::uint8_t>(1 + dice() % 4);
    entry.price = Price::from_raw(static_cast<std::int64_t>(dice() >> 1));
    entry.volume = Size::from_raw(static_cast<std::int64_t>(dice() >> 1));
    entry.score = static_cast<double>(dice() % 1000) / 7;
    return entry;
}

/// Events first, first + 1, … with bodies of up to `body_max` bytes.
inline std::shared_ptr<EventBlock> random_block(std::uint64_t first, std::size_t count,
                                                std::mt19937_64& dice, std::size_t body_max = 60) {
    auto block = std::make_shared<EventBlock>();
    for (std::size_t i = 0; i < count; ++i) {
        std::string body(dice() % (body_max + 1), ' ');
        for (char& byte : body) {
            byte = static_cast<char>(dice());
        }
        block->add(random_entry(Offset{first + i}, dice), body);
    }
    return block;
}

/// All of an event in one text, to compare.
inline std::string text_of(const EventBlock& block, const StreamEntry& entry) {
    std::string text = std::to_string(to_ns(entry.ts_pub));
    StreamEntry unplaced = entry;
    unplaced.body_begin = 0;
    append_event_frame(unplaced, block.body(entry), text);
    return text;
}

inline std::vector<std::string> texts_of(const EventBlock& block) {
    std::vector<std::string> texts;
    for (const StreamEntry& entry : block.entries) {
        texts.push_back(text_of(block, entry));
    }
    return texts;
}

struct ReadBack {
    std::vector<std::string> texts;
    std::string failure;
    Offset due;
};
inline ReadBack read_back(const StoredStream& stream, std::string_view epoch, Offset from,
                          std::size_t most = 7) {
    ReadBack result;
    const auto cursor = stream.read(epoch, from);
    while (const auto block = cursor->next(most)) {
        EXPECT_LE(block->entries.size(), most);
        for (std::string& text : texts_of(*block)) {
            result.texts.push_back(std::move(text));
        }
    }
    result.failure = cursor->failure().value_or(Error{}).message;
    result.due = cursor->due();
    return result;
}

inline std::unique_ptr<StoredStream> open_stored(MemoryDisk& disk,
                                                 std::uint64_t segment_bytes = 1 << 20) {
    StoredStreamOptions options;
    options.directory = stored_folder;
    options.segment_bytes = segment_bytes;
    auto opened = StoredStream::open(disk, options);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().message);
    return opened ? std::move(*opened) : nullptr;
}

}  // namespace tickstock
