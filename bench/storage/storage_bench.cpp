// Stores made-up events of 8,000 symbols, as the history writer does, in an empty database of this
// machine and tells how many a second. PostgreSQL is started from Debian's package, with fsync.

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>
#include <thread>
#include <vector>

#include "base/file_disk.hpp"
#include "history/history_writer.hpp"
#include "publishing/encode.hpp"
#include "storage/postgres_connection.hpp"
#include "storage/sqlite_connection.hpp"
#include "storage/test_postgres.hpp"

namespace tickstock {
namespace {

/// 40 % highs, 40 % lows, the rest trends and surges; 200 a second of market time.
void publish(StoredStream& stream, std::uint64_t count) {
    std::mt19937_64 dice(1);
    EventBlock block;
    for (std::uint64_t i = 1; i <= count; ++i) {
        Event event;
        event.id = dice();
        Detection& detection = event.detection;
        const auto kind = dice() % 10;
        detection.type = kind < 4   ? EventType::High
                         : kind < 8 ? EventType::Low
                         : kind < 9 ? EventType::Trend
                                    : EventType::Surge;
        detection.direction = dice() % 2 == 0 ? Direction::Up : Direction::Down;
        detection.ts =
            unix_nanos(1'700'000'000'000'000'000 + static_cast<std::int64_t>(i) * 5'000'000);
        detection.price =
            Price::from_raw(static_cast<std::int64_t>(1 + dice() % 1'000'000'000'000));
        detection.volume = Size::from_raw(static_cast<std::int64_t>(dice() % 1'000'000'000));
        switch (detection.type) {
            case EventType::Trend: detection.data = TrendData{}; break;
            case EventType::Surge: detection.data = SurgeData{}; break;
            default: detection.data = HighLowData{}; break;
        }
        StreamEntry entry;
        entry.offset = Offset{i};
        entry.ts_pub = entry.ts = detection.ts;
        entry.symbol = SymbolText(fmt::format("S{}", dice() % 8000));
        entry.type = detection.type;
        entry.direction = detection.direction;
        entry.price = detection.price;
        entry.volume = detection.volume;
        std::string body;
        encode_body(event, entry.symbol.view(), body);
        block.add(entry, body);
        if (block.entries.size() == 1000 || i == count) {
            stream.append("bench", block);
            stream.write();
            block = EventBlock();
        }
    }
}

int run(std::string_view database, std::uint64_t events, unsigned batch) {
    std::string pattern = (std::filesystem::temp_directory_path() / "bench_XXXXXX").string();
    const std::string folder = mkdtemp(pattern.data());
    FileDisk disk;
    StoredStreamOptions options;
    options.directory = folder + "/stream";
    auto stream = StoredStream::open(disk, options).value();
    publish(*stream, events);

    std::optional<test_database::PostgresServer> server;
    std::unique_ptr<SqlConnection> connection;
    if (database == "postgres") {
        server.emplace(true);
        connection = open_postgres_connection(server->url(), "").value();
    } else {
        connection = open_sqlite_connection(folder + "/storage.db");
    }
    while (!connection->connect()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    StorageSettings settings;
    settings.batch_events = batch;
    settings.retention = std::chrono::hours(24 * 36'500);
    SystemClock clock;
    HistoryWriter writer({*stream, std::move(connection), settings, clock, {}});
    const Nanos began = clock.monotonic();
    Nanos part = began;
    while (writer.step()) {
        const HistoryStatus status = writer.status();
        if (status.offset % 1'000'000 < batch) {
            const double seconds = std::chrono::duration<double>(clock.monotonic() - part).count();
            fmt::print("  at {:>9}: {:.2f} s since the last line\n", status.offset, seconds);
            part = clock.monotonic();
        }
    }
    const double seconds = std::chrono::duration<double>(clock.monotonic() - began).count();
    const HistoryStatus status = writer.status();
    fmt::print("{}: {} events in {} transactions, {:.2f} s, {:.0f} events/s {}\n", database,
               status.events, status.transactions, seconds,
               static_cast<double>(status.events) / seconds, status.last_error);
    std::filesystem::remove_all(folder);
    return status.events == events ? 0 : 1;
}

}  // namespace
}  // namespace tickstock

int main(int count, char** words) {
    const std::string_view database = count > 1 ? words[1] : "";
    if (database != "sqlite" && database != "postgres") {
        std::fputs("usage: storage_bench sqlite|postgres [EVENTS] [BATCH]\n", stderr);
        return 2;
    }
    const auto events = count > 2 ? std::strtoull(words[2], nullptr, 10) : 1'000'000;
    const auto batch = count > 3 ? std::strtoul(words[3], nullptr, 10) : 20'000;
    return tickstock::run(database, events, static_cast<unsigned>(batch));
}
