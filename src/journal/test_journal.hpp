#pragma once

// Journals made and read for tests.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/memory_disk.hpp"
#include "journal/journal.hpp"
#include "journal/journal_files.hpp"
#include "journal/record_codec.hpp"
#include "journal/test_support.hpp"

namespace tickstock {

inline const std::string journal_folder = "journal";

inline JournalOptions journal_options(std::uint64_t segment_bytes = 64 << 20,
                                      std::uint8_t boot = 1) {
    JournalOptions options;
    options.directory = journal_folder;
    options.segment_bytes = segment_bytes;
    options.reserve_bytes = 0;
    options.logic_version = 7;
    options.boot = {boot};
    return options;
}

inline std::unique_ptr<Journal> open_journal(Disk& disk, const JournalOptions& options) {
    auto journal = Journal::open(disk, options, base_time);
    EXPECT_TRUE(journal.ok()) << journal.error().message;
    return journal ? std::move(*journal) : nullptr;
}

/// Appends the made-up entries (append_mixed) up to and with `last`.
inline void append_through(Journal& journal, SymbolTable& symbols, std::uint64_t last) {
    while (journal.next_sequence().value() <= last) {
        append_mixed(journal, symbols, journal.next_sequence().value());
    }
}

/// The bytes that an entry would have, symbols by text, so that entries can be compared whole.
inline std::string text_of(const JournalEntry& entry) {
    std::string bytes;
    if (entry.is_decision()) {
        bytes.resize(decision_size(*entry.decision));
        encode_decision(*entry.decision, bytes);
        return "D" + bytes;
    }
    bytes.resize(frame_payload_max);
    bytes.resize(encode_record(entry.record, std::span(bytes).first<frame_payload_max>()));
    return std::string(1, static_cast<char>('a' + static_cast<int>(entry.record.kind()))) + bytes;
}

/// Sequence n of the made-up journal, as text_of() gives it.
inline std::string mixed_text(SymbolTable& symbols, std::uint64_t sequence) {
    struct Taker {
        JournalEntry entry;
        void append(const Record& record, const SymbolTable&) { entry.record = record; }
        void append(const Decision& decision, const SymbolTable&) { entry.decision = decision; }
    } taker;
    append_mixed(taker, symbols, sequence);
    return text_of(taker.entry);
}

struct JournalContent {
    std::string failure;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t decisions = 0;
    std::uint64_t refused = 0;
};

/// Reads on to the end for now, holding each entry against the made-up one.
inline void read_on(JournalCursor& cursor, JournalContent& content, SymbolTable& symbols) {
    JournalEntry entry;
    for (;;) {
        const auto next = cursor.next(entry);
        if (next != JournalCursor::Next::Entry) {
            content.failure = cursor.failure().value_or(Error{}).message;
            EXPECT_EQ(next == JournalCursor::Next::Damage, !content.failure.empty());
            break;
        }
        if (content.first == 0) {
            content.first = entry.sequence.value();
        } else {
            EXPECT_EQ(entry.sequence.value(), content.last + 1);
        }
        content.last = entry.sequence.value();
        content.decisions += entry.is_decision() ? 1U : 0U;
        ASSERT_EQ(text_of(entry), mixed_text(symbols, content.last)) << content.last;
        const Sequence own =
            entry.is_decision() ? entry.decision->sequence : entry.record.header().sequence;
        ASSERT_EQ(own, entry.sequence);
    }
    for (const auto& refused : cursor.take_refused()) {
        content.refused += refused.count;
    }
}

inline JournalContent read_journal(Disk& disk, std::uint64_t from = 0,
                                   JournalCursor::Writer writer = JournalCursor::Writer::Gone,
                                   const std::string& path = journal_folder) {
    JournalContent content;
    auto cursor = JournalCursor::open(disk, path, Sequence{from}, writer);
    if (!cursor) {
        content.failure = cursor.error().message;
        return content;
    }
    // Ids of the made-up entries depend on the order in which their symbols came.
    SymbolTable symbols;
    for (std::uint64_t sequence = 1; sequence <= 23; ++sequence) {
        symbols.intern("SYM" + std::to_string(sequence * 7 % 23));
    }
    read_on(**cursor, content, symbols);
    for (const auto& symbol : (*cursor)->take_symbols()) {
        EXPECT_EQ(symbols.text(symbol.id), symbol.text);
    }
    return content;
}

}  // namespace tickstock
