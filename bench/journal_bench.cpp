// What the journal costs: appending and writing by durability policy, and reading back.

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "base/file_disk.hpp"
#include "journal/journal.hpp"

namespace tickstock {
namespace {

constexpr UnixNanos nine_thirty = unix_nanos(1'709'649'000'000'000'000);
constexpr std::int64_t records_a_write = 512;  // as the sequencer hands them over

/// Beside the build, because a journal lies on a disk and not in memory.
class Folder {
public:
    Folder() {
        std::string pattern = (std::filesystem::current_path() / "journal-bench-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string path() const { return path_; }

private:
    std::string path_;
};

/// Trades on 1,000 symbols, every tenth a quote; the sequence is set at each use.
std::vector<Record> some_records(SymbolTable& symbols) {
    std::vector<Record> records;
    for (unsigned i = 0; i < 8'192; ++i) {
        RecordHeader header;
        header.symbol = *symbols.intern("SYM" + std::to_string(i * 7'919 % 1'000));
        header.ts_event = header.ts_recv = header.clock = nine_thirty + Nanos{i};
        if (i % 10 == 0) {
            Quote quote;
            quote.header = header;
            quote.bid = Price::from_cents(9'999);
            quote.ask = Price::from_cents(10'001);
            records.emplace_back(quote);
            continue;
        }
        Trade trade;
        trade.header = header;
        trade.price = Price::from_cents(10'000 + i % 50);
        trade.size = Size::from_shares(100);
        trade.conditions.add(37);
        trade.id = TradeId("5298352502");
        records.emplace_back(trade);
    }
    return records;
}

JournalOptions options_in(const Folder& folder) {
    JournalOptions options;
    options.directory = folder.path();
    options.retention_bytes = std::uint64_t{256} << 20;
    return options;
}

/// Appends and writes batch after batch; `after_write` is the policy's part.
template <class AfterWrite>
void append_and_write(benchmark::State& state, Journal& journal, AfterWrite after_write) {
    SymbolTable symbols;
    std::vector<Record> records = some_records(symbols);
    std::uint64_t bytes = 0;
    std::size_t at = 0;
    for (auto _ : state) {
        for (std::int64_t i = 0; i < records_a_write; ++i) {
            Record& record = records[at++ % records.size()];
            record.header().sequence = journal.next_sequence();
            journal.append(record, symbols);
        }
        bytes += journal.unwritten_bytes();
        if (journal.write() != Journal::Written::Done) {
            state.SkipWithError("the disk is full");
            return;
        }
        after_write(journal);
        if (at % (1 << 20) == 0) {
            journal.retain(journal.next_sequence(), nine_thirty);
        }
    }
    state.SetItemsProcessed(state.iterations() * records_a_write);
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

/// Policy none: to the page cache.
void journal_none(benchmark::State& state) {
    const Folder folder;
    FileDisk disk;
    const auto journal = Journal::open(disk, options_in(folder), nine_thirty).value();
    append_and_write(state, *journal, [](Journal&) {});
}
BENCHMARK(journal_none)->UseRealTime();

/// Policy interval: another thread syncs every second.
void journal_interval(benchmark::State& state) {
    const Folder folder;
    FileDisk disk;
    const auto journal = Journal::open(disk, options_in(folder), nine_thirty).value();
    std::atomic<bool> stop{false};
    std::thread syncing([&] {
        auto next = std::chrono::steady_clock::now();
        while (!stop) {
            next += std::chrono::seconds(1);
            while (!stop && std::chrono::steady_clock::now() < next) {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            journal->sync();
        }
    });
    append_and_write(state, *journal, [](Journal&) {});
    stop = true;
    syncing.join();
}
BENCHMARK(journal_interval)->UseRealTime();

/// Policy always: another thread syncs group after group (2 ms or 64 KiB, whichever comes first),
/// and the writer stays at most 4 MiB in front of it.
void journal_always(benchmark::State& state) {
    const Folder folder;
    FileDisk disk;
    const auto journal = Journal::open(disk, options_in(folder), nine_thirty).value();
    std::atomic<bool> stop{false};
    std::atomic<std::uint64_t> groups{0};
    std::thread syncing([&] {
        Sequence synced;
        while (!stop) {
            const auto begin = std::chrono::steady_clock::now();
            // 64 KiB are about 600 records.
            while (!stop && journal->written_through().value() < synced.value() + 600 &&
                   std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(2)) {
                std::this_thread::yield();
            }
            if (journal->written_through() > synced) {
                synced = journal->written_through();
                journal->sync();
                ++groups;
            }
        }
    });
    append_and_write(state, *journal, [](Journal& writing) {
        while (writing.written_through().value() > writing.durable_through().value() + 40'000) {
            std::this_thread::yield();
        }
    });
    stop = true;
    syncing.join();
    state.counters["groups"] =
        benchmark::Counter(static_cast<double>(groups), benchmark::Counter::kIsRate);
}
BENCHMARK(journal_always)->UseRealTime();

/// A cursor over a million entries in the page cache.
void journal_cursor(benchmark::State& state) {
    constexpr std::uint64_t entries = 1'000'000;
    const Folder folder;
    FileDisk disk;
    SymbolTable symbols;
    std::vector<Record> records = some_records(symbols);
    const auto journal = Journal::open(disk, options_in(folder), nine_thirty).value();
    while (journal->next_sequence().value() <= entries) {
        Record& record = records[journal->next_sequence().value() % records.size()];
        record.header().sequence = journal->next_sequence();
        journal->append(record, symbols);
        if (journal->unwritten_bytes() > 65'536) {
            journal->write();
        }
    }
    journal->close();
    for (auto _ : state) {
        auto cursor = JournalCursor::open(disk, folder.path(), Sequence{1}).value();
        JournalEntry entry;
        std::uint64_t count = 0;
        while (cursor->next(entry) == JournalCursor::Next::Entry) {
            ++count;
        }
        if (count != entries) {
            state.SkipWithError("entries are missing");
        }
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(entries));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(journal->bytes()));
}
BENCHMARK(journal_cursor)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tickstock
