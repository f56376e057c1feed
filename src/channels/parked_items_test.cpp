#include "channels/parked_items.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/file_disk.hpp"
#include "base/memory_disk.hpp"
#include "channels/test_support.hpp"

namespace tickstock {
namespace {

ParkedItem parked(std::uint64_t sequence, bool session_only = false, bool enters = false) {
    const Record record = trade_of(sequence);
    ParkedItem item(item_of(record));
    item.note.session_only = session_only;
    item.note.enters_session = enters;
    item.note.session_key = static_cast<std::int64_t>(sequence * 3);
    item.reference.price = Price::from_cents(static_cast<std::int64_t>(sequence));
    return item;
}

std::vector<std::uint64_t> drain(ParkedItems& items) {
    std::vector<std::uint64_t> sequences;
    while (const auto item = items.pop()) {
        const std::uint64_t sequence = item->record.header().sequence.value();
        EXPECT_EQ(item->note.session_key, static_cast<std::int64_t>(sequence * 3));
        EXPECT_EQ(item->reference.price, Price::from_cents(static_cast<std::int64_t>(sequence)));
        sequences.push_back(sequence);
    }
    return sequences;
}

std::vector<std::uint64_t> range(std::uint64_t begin, std::uint64_t end) {
    std::vector<std::uint64_t> numbers;
    for (std::uint64_t i = begin; i < end; ++i) {
        numbers.push_back(i);
    }
    return numbers;
}

TEST(ParkedItems, GoesThroughAFileBeyondTheMemoryLimit) {
    std::string directory = (std::filesystem::temp_directory_path() / "parked-XXXXXX").string();
    ASSERT_NE(mkdtemp(directory.data()), nullptr);
    const std::string path = directory + "/spill";
    {
        FileDisk disk;
        DiskSpillStore store(disk, path);
        ParkedItems items(&store, 100);
        for (std::uint64_t i = 0; i < 100; ++i) {
            items.push(parked(i));
        }
        EXPECT_FALSE(std::filesystem::exists(path)) << "not before it is needed";
        for (std::uint64_t i = 100; i < 1000; ++i) {
            items.push(parked(i));
        }
        EXPECT_EQ(items.spilled(), 768U);
        EXPECT_TRUE(std::filesystem::exists(path));
        EXPECT_EQ(drain(items), range(0, 1000));
        EXPECT_FALSE(std::filesystem::exists(path)) << "nothing is in it any more";
        for (std::uint64_t i = 0; i < 400; ++i) {
            items.push(parked(i));
        }
        EXPECT_EQ(drain(items), range(0, 400));
        for (std::uint64_t i = 0; i < 400; ++i) {
            items.push(parked(i));
        }
    }
    EXPECT_TRUE(std::filesystem::is_empty(directory));
    std::filesystem::remove_all(directory);
}

TEST(ParkedItems, ReplacesAFileThatADeadProcessLeft) {
    MemoryDisk disk;
    ASSERT_TRUE(disk.make_directories("data").ok());
    disk.put("data/spill", "of before");
    DiskSpillStore store(disk, "data/spill");
    EXPECT_TRUE(store.append(std::string("abc")).ok());
    EXPECT_EQ(disk.content("data/spill"), "abc");
    std::string two(2, ' ');
    EXPECT_TRUE(store.read(1, two).ok());
    EXPECT_EQ(two, "bc");
    EXPECT_EQ(store.size(), 3U);
}

TEST(ParkedItems, AFullDiskCostsMemoryAndNoItem) {
    MemoryDisk disk;
    ASSERT_TRUE(disk.make_directories("data").ok());
    DiskSpillStore store(disk, "data/spill");
    ParkedItems items(&store, 10);
    std::uint64_t next = 0;
    const auto push = [&](std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i) {
            items.push(parked(next++));
        }
    };
    push(10 + ParkedItems::chunk);
    EXPECT_EQ(items.spilled(), ParkedItems::chunk);
    disk.set_capacity(disk.bytes_used() + 1000);
    push(2 * ParkedItems::chunk + 3);
    EXPECT_EQ(items.spilled(), ParkedItems::chunk);
    EXPECT_FALSE(items.spill_refusal().empty());
    EXPECT_TRUE(items.failure().empty());
    disk.set_capacity(1U << 30U);
    push(ParkedItems::chunk);
    EXPECT_EQ(items.spilled(), 4 * ParkedItems::chunk);
    EXPECT_TRUE(items.spill_refusal().empty());
    EXPECT_EQ(drain(items), range(0, next));
}

TEST(ParkedItems, AStoreThatGivesNothingBackIsToldAndEndsIt) {
    MemoryDisk disk;
    ASSERT_TRUE(disk.make_directories("data").ok());
    DiskSpillStore store(disk, "data/spill");
    ParkedItems items(&store, 1);
    for (std::uint64_t i = 0; i < 1 + ParkedItems::chunk; ++i) {
        items.push(parked(i));
    }
    disk.set_faults([](MemoryDisk::Operation operation, const std::string&) {
        return operation == MemoryDisk::Operation::ReadAt
                   ? std::optional(MemoryDisk::Fault{EIO, 0, false})
                   : std::nullopt;
    });
    EXPECT_TRUE(items.pop());
    EXPECT_FALSE(items.pop());
    EXPECT_FALSE(items.failure().empty());
    EXPECT_EQ(items.size(), ParkedItems::chunk) << "they are not forgotten in silence";
    StateWriter out;
    items.save(out, 0, items.size());
    StateReader in(out.text());
    ParkedItems restored;
    restored.load(in);
    EXPECT_FALSE(in.ok());
}

TEST(ParkedItems, PiecesOfASnapshotAreTheWhole) {
    MemorySpillStore store;
    ParkedItems items(&store, 50);
    for (std::uint64_t i = 0; i < 900; ++i) {
        items.push(parked(i, false, i == 2));
    }
    EXPECT_EQ(items.drop_oldest(5), 5U);
    for (const std::size_t piece : {1UL, 7UL, 300UL, 5000UL}) {
        ParkedItems restored;
        for (std::size_t from = 0; from < items.size(); from += piece) {
            StateWriter out;
            items.save(out, from, piece);
            StateReader in(out.text());
            restored.load(in);
            EXPECT_TRUE(in.ok() && in.at_end());
        }
        EXPECT_EQ(restored.records(), 895U);
        std::vector<std::uint64_t> expected{2};
        const auto rest = range(5, 900);
        expected.insert(expected.end(), rest.begin(), rest.end());
        EXPECT_EQ(drain(restored), expected);
    }
}

RC_GTEST_PROP(ParkedItemsProperty, IsAPlainQueue,
              (const std::vector<std::pair<std::uint8_t, std::uint16_t>>& steps)) {
    MemorySpillStore store;
    ParkedItems items(&store, 20);
    struct Plain {
        std::uint64_t sequence;
        bool session_only;
        bool enters;
    };
    std::vector<Plain> plain;
    std::uint64_t next = 0;
    for (const auto& [kind, size] : steps) {
        if (kind % 4 <= 1) {
            for (unsigned i = 0; i < size % 600U; ++i, ++next) {
                const Plain item{next, next % 7 == 0, next % 5 == 0};
                items.push(parked(item.sequence, item.session_only, item.enters));
                plain.push_back(item);
            }
        } else if (kind % 4 == 2) {
            for (unsigned i = 0; i < size % 600U; ++i) {
                const auto item = items.pop();
                RC_ASSERT(item.has_value() == !plain.empty());
                if (item) {
                    RC_ASSERT(item->record.header().sequence.value() == plain.front().sequence);
                    RC_ASSERT(item->note.session_only == plain.front().session_only);
                    plain.erase(plain.begin());
                }
            }
        } else {
            std::size_t left = size % 100U;
            std::size_t expected = 0;
            for (auto item = plain.begin(); item != plain.end() && left != 0;) {
                if (item->session_only) {
                    ++item;
                    continue;
                }
                --left;
                ++expected;
                item->session_only = true;
                item = item->enters ? item + 1 : plain.erase(item);
            }
            RC_ASSERT(items.drop_oldest(size % 100U) == expected);
        }
        RC_ASSERT(items.size() == plain.size());
        RC_ASSERT(items.records() == static_cast<std::size_t>(std::count_if(
                                         plain.begin(), plain.end(),
                                         [](const Plain& item) { return !item.session_only; })));
    }
}

}  // namespace
}  // namespace tickstock
