// Fills a database with made-up events and measures the queries of the history over it:
//   history_bench sqlite:FILE|postgresql://… ROWS [QUERIES]
// ROWS 0 = the database is filled already. Prints a Markdown table. Events: 8,000 symbols, Zipf
// 0.9, 30 trading days of 6.5 h evenly, types as a busy day has them, 3 % with a second revision,
// bodies of 240 bytes (real ones have about 900: fewer rows a page, which only the first read of a
// page from the disk feels).

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "model/enums.hpp"
#include "storage/event_query.hpp"
#include "storage/migrations.hpp"
#include "storage/postgres_connection.hpp"
#include "storage/sqlite_connection.hpp"

namespace {

using namespace tickstock;

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t first_day = 1'706'797'800 * second;  // 2024-02-01 09:30 in New York
constexpr std::int64_t session = 23'400 * second;
constexpr std::int64_t days = 30;
constexpr int symbol_count = 8'000;

constexpr SqlText insert =
    "INSERT INTO events (id, rev, epoch, stream_offset, ts_pub, ts, symbol, type, direction,"
    " source, session, session_date, priority, price, volume, score, body)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";

[[noreturn]] void stop(const SqlError& error) {
    fmt::print(stderr, "{}\n", error.message);
    std::exit(1);
}
template <class T>
T good(Result<T, SqlError> result) {
    if (!result) {
        stop(result.error());
    }
    return std::move(result).value();
}

std::string symbol_of(int rank) {
    return fmt::format("S{:04}", rank);
}

/// Zipf 0.9 by the inverse of its sum.
int rank_of(std::mt19937_64& random) {
    const double u = std::generate_canonical<double, 53>(random);
    const double top = std::pow(symbol_count + 1.0, 0.1) - 1;
    const double rank = std::pow(1 + u * top, 10) - 1;
    return std::min(static_cast<int>(rank), symbol_count - 1);
}

/// Highs and lows 35 % each, trends 20 %, surges 9 %, the others seldom.
EventType type_of(std::mt19937_64& random) {
    const auto u = random() % 1000;
    return u < 350   ? EventType::High
           : u < 700 ? EventType::Low
           : u < 900 ? EventType::Trend
           : u < 990 ? EventType::Surge
           : u < 996 ? EventType::Valuation
           : u < 999 ? EventType::Rule
                     : EventType::Control;
}

void fill(SqlConnection& database, std::int64_t rows) {
    std::mt19937_64 random(1);
    const std::string filler(150, 'x');
    std::vector<SqlRow> batch;
    good(database.execute("INSERT INTO stream_epochs (number, epoch) VALUES (1, 'bench')", {}));
    std::string id;
    std::int64_t rev = 0;
    for (std::int64_t i = 0; i < rows; ++i) {
        rev = !id.empty() && rev == 0 && random() % 33 == 0 ? 1 : 0;
        if (rev == 0) {
            id = fmt::format("{:016x}", random());
        }
        const std::int64_t day = i * days / rows;
        const std::int64_t in_day = i - day * rows / days;
        const std::int64_t ts =
            first_day + day * 86'400 * second + in_day * (session / (rows / days + 1));
        const std::string symbol = symbol_of(rank_of(random));
        const EventType type = type_of(random);
        const std::string direction = type == EventType::High  ? "up"
                                      : type == EventType::Low ? "down"
                                      : random() % 2 == 0      ? "up"
                                                               : "down";
        batch.push_back({id, rev, std::int64_t{1}, i + 1, ts + 500'000, ts, symbol,
                         std::string(to_string(type)), direction, std::string("tick"),
                         std::string("regular"), fmt::format("day-{:02}", day),
                         static_cast<std::int64_t>(1 + random() % 4),
                         static_cast<std::int64_t>(random() % 500'000'000'000),
                         static_cast<std::int64_t>(random() % 1'000'000'000),
                         static_cast<double>(random() % 1000) / 10,
                         fmt::format(R"({{"id":"{}","rev":{},"type":"{}","symbol":"{}","x":"{}"}})",
                                     id, rev, to_string(type), symbol, filler)});
        if (batch.size() == 20'000 || i + 1 == rows) {
            good(database.begin());
            good(database.execute_each(insert, batch));
            good(database.commit());
            batch.clear();
            if ((i + 1) % 1'000'000 == 0) {
                fmt::print(stderr, "{} rows\n", i + 1);
            }
        }
    }
}

double thread_milliseconds() {
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) * 1e3 + static_cast<double>(used.tv_nsec) / 1e6;
}

struct Measured {
    double first = 0;  // of a connection that has read nothing of it
    double p50 = 0;
    double p99 = 0;
    double worst = 0;
    double cpu = 0;  // of this thread, mean; the database server's is not in it
    std::size_t rows = 0;
};

using Make = std::function<EventQuery(std::mt19937_64&)>;

Measured measure(const std::function<std::unique_ptr<SqlConnection>()>& open, int queries,
                 const Make& make) {
    std::mt19937_64 random(7);
    const auto database = open();
    std::vector<double> times;
    Measured measured;
    const double cpu_begin = thread_milliseconds();
    for (int i = 0; i < queries; ++i) {
        const EventQuery query = make(random);
        const auto begin = std::chrono::steady_clock::now();
        const auto page = good(query_events(*database, query));
        const std::chrono::duration<double, std::milli> took =
            std::chrono::steady_clock::now() - begin;
        times.push_back(took.count());
        measured.rows += page.events.size();
    }
    measured.cpu = (thread_milliseconds() - cpu_begin) / queries;
    measured.first = times.front();
    std::sort(times.begin(), times.end());
    measured.p50 = times[times.size() / 2];
    measured.p99 = times[times.size() * 99 / 100];
    measured.worst = times.back();
    return measured;
}

UnixNanos random_time(std::mt19937_64& random) {
    const auto day = static_cast<std::int64_t>(random() % days);
    return unix_nanos(first_day + day * 86'400 * second +
                      static_cast<std::int64_t>(random() % session));
}

EventQuery of(std::vector<std::string> symbols, std::vector<EventType> types) {
    EventQuery query;
    query.symbols = std::move(symbols);
    query.types = std::move(types);
    return query;
}

void print_all(const std::function<std::unique_ptr<SqlConnection>()>& open, int queries) {
    const auto from = [](EventQuery query, std::mt19937_64& random) {
        query.to = random_time(random);
        return query;
    };
    const auto on = [](EventQuery query, std::mt19937_64& random) {
        query.from = random_time(random);
        query.order = HistoryOrder::Oldest;
        return query;
    };
    const std::vector<std::pair<const char*, Make>> kinds{
        {"any symbol by Zipf, before a time",
         [&](auto& r) { return from(of({symbol_of(rank_of(r))}, {}), r); }},
        {"the busiest symbol, before a time", [&](auto& r) { return from(of({"S0000"}, {}), r); }},
        {"a rare symbol, from a time on", [&](auto& r) { return on(of({"S7900"}, {}), r); }},
        {"the busiest symbol, its rarest type",
         [&](auto& r) { return from(of({"S0000"}, {EventType::Control}), r); }},
        {"a type, before a time", [&](auto& r) { return from(of({}, {EventType::Surge}), r); }},
        {"the rarest type, from a time on",
         [&](auto& r) { return on(of({}, {EventType::Control}), r); }},
        {"time alone, newest first", [&](auto& r) { return from({}, r); }},
        {"time alone, oldest first", [&](auto& r) { return on({}, r); }},
        {"ten symbols, two types, before a time",
         [&](auto& r) {
             std::vector<std::string> symbols;
             for (int i = 0; i < 10; ++i) {
                 symbols.push_back(symbol_of(static_cast<int>(r() % 2000)));
             }
             return from(of(symbols, {EventType::Surge, EventType::Trend}), r);
         }},
        {"a symbol, class 1 only, before a time",
         [&](auto& r) {
             EventQuery query = from(of({symbol_of(rank_of(r))}, {}), r);
             query.min_priority = 1;
             return query;
         }},
        {"time alone, 1,000 rows",
         [&](auto& r) {
             EventQuery query = from({}, r);
             query.limit = 1000;
             return query;
         }},
    };
    fmt::print(
        "| query (100 rows) | first ms | p50 ms | p99 ms | worst ms | cpu ms | rows |\n"
        "|---|---|---|---|---|---|---|\n");
    for (const auto& [name, make] : kinds) {
        const Measured m = measure(open, queries, make);
        fmt::print("| {} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {} |\n", name, m.first,
                   m.p50, m.p99, m.worst, m.cpu, m.rows);
        std::fflush(stdout);
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        fmt::print(stderr, "history_bench sqlite:FILE|postgresql://… ROWS [QUERIES]\n");
        return 2;
    }
    const std::string url = argv[1];
    const std::int64_t rows = std::atoll(argv[2]);
    const int queries = argc > 3 ? std::atoi(argv[3]) : 500;
    const auto open = [&] {
        std::unique_ptr<SqlConnection> database;
        if (url.starts_with("sqlite:")) {
            database = open_sqlite_connection(url.substr(7));
        } else {
            auto opened = open_postgres_connection(url, "");
            if (!opened) {
                stop({SqlError::Kind::Refused, opened.error().message});
            }
            database = std::move(opened).value();
        }
        good(database->connect());
        return database;
    };
    if (rows > 0) {
        const auto database = open();
        good(migrate(*database));
        const auto begin = std::chrono::steady_clock::now();
        fill(*database, rows);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        fmt::print("Filled with {} rows in {:.0f} s, {:.0f} rows/s\n\n", rows, took.count(),
                   static_cast<double>(rows) / took.count());
    }
    print_all(open, queries);
    return 0;
}
