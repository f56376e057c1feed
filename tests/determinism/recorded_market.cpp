#include "determinism/recorded_market.hpp"

#include <cstdlib>
#include <filesystem>
#include <random>
#include <stdexcept>

#include "engine/inputs.hpp"
#include "publishing/event_stream.hpp"
#include "sources/synthetic/market.hpp"

namespace tickstock::determinism {
namespace {

template <class Keep>
Market read_all(RecordReader& reader, Keep&& keep) {
    Market market;
    RecordBatch batch;
    while (reader.read(batch)) {
        market.symbols.insert(market.symbols.end(), batch.new_symbols.begin(),
                              batch.new_symbols.end());
        for (const Record& record : batch.records) {
            if (!keep(record)) {
                return market;
            }
            market.records.push_back(record);
        }
    }
    return market;
}

std::filesystem::path data_folder() {
    const char* folder = std::getenv("TICKSTOCK_TEST_DATA");
    return folder != nullptr ? folder : std::string(TICKSTOCK_SOURCE_DIR) + "/../shared/data";
}

}  // namespace

Market synthetic_morning(std::uint64_t seed, unsigned symbols, int minutes) {
    SyntheticSettings settings;
    settings.seed = seed;
    settings.symbols = symbols;
    settings.date = "2024-03-05";
    settings.trades_per_second = 40.0 * symbols / 8;
    const TradingCalendar calendar;
    auto market = SyntheticMarket::open(settings, calendar, UnixNanos{});
    if (!market) {
        throw std::runtime_error(market.error().message);
    }
    // 09:20 in New York; the records before, of the pre-market, come too.
    const UnixNanos end =
        (*market)->day().begin + std::chrono::minutes(320) + std::chrono::minutes(minutes);
    return read_all(**market, [&](const Record& record) { return record.header().ts_recv < end; });
}

std::optional<Market> recorded_file(const std::string& name) {
    const std::filesystem::path path = data_folder() / name;
    if (!std::filesystem::exists(path)) {
        return std::nullopt;
    }
    auto reader = open_recorded({path.string()}, "", [](const Reject&) {});
    if (!reader) {
        throw std::runtime_error(reader.error().message);
    }
    return read_all(**reader, [](const Record&) { return true; });
}

Outcome run(const Market& market, const PipelineSettings& settings, unsigned shards,
            const Cuts& cuts) {
    auto created = MultiChannelSystem::create(settings, shards);
    if (!created) {
        throw std::runtime_error(created.error().message);
    }
    MultiChannelSystem& system = **created;
    system.add_source(SourceId{0});
    EventStream stream("e", {});
    std::mt19937_64 random(cuts.seed);
    std::vector<Event> events;
    RecordBatch batch;
    batch.new_symbols = market.symbols;
    for (std::size_t at = 0; at < market.records.size();) {
        const std::size_t left = market.records.size() - at;
        const std::size_t count =
            cuts.longest_batch == 0 ? left : std::min(left, random() % (cuts.longest_batch + 1));
        const auto begin = market.records.begin() + static_cast<std::ptrdiff_t>(at);
        batch.records.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
        at += count;
        system.process(batch, events);
        batch.clear();
        if (cuts.ticks && at < market.records.size()) {
            const Nanos quiet = market.records[at].header().ts_recv - system.clock();
            if (quiet > Nanos{0}) {
                system.tick(
                    system.clock() + Nanos{static_cast<std::int64_t>(
                                         random() % static_cast<std::uint64_t>(quiet.count() + 1))},
                    events);
            }
        }
        stream.append(events, system.symbols(), UnixNanos{});
        events.clear();
    }
    system.finish(events);
    stream.append(events, system.symbols(), UnixNanos{});

    Outcome outcome;
    outcome.hash = stream.hash();
    outcome.events = stream.events_by_type();
    Accounting accounting = system.accounting();
    accounting.sources.in = accounting.sources.out = accounting.sequencer.in;
    accounting.publishing = stream.counts();
    outcome.accounting_closes = accounting.closes();
    return outcome;
}

}  // namespace tickstock::determinism
