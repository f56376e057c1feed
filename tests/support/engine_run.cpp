#include "support/engine_run.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/decimal.hpp"
#include "engine/multi_channel_system.hpp"
#include "publishing/event_stream.hpp"
#include "regression/random_tape.hpp"

namespace tickstock::naive {

EngineRun run_engine(const Tape& tape, const PipelineSettings& settings, unsigned shards,
                     std::uint64_t cut_seed, std::size_t longest_batch) {
    auto created = MultiChannelSystem::create(settings, shards);
    if (!created) {
        ADD_FAILURE() << "no system";
        return {};
    }
    MultiChannelSystem& system = **created;
    system.add_source(SourceId{0}, {tape.delay, false});
    Dice dice(cut_seed);
    EngineRun run;
    EventStream stream("e", {});
    std::uint32_t known_symbols = 0;
    const auto take = [&](std::vector<Event>& events) {
        stream.append(events, system.symbols(), UnixNanos{});
        run.events.insert(run.events.end(), events.begin(), events.end());
        events.clear();
    };
    std::vector<Event> events;
    for (std::size_t at = 0; at < tape.records.size();) {
        const std::size_t count = std::min(tape.records.size() - at, dice.below(longest_batch + 1));
        RecordBatch batch;
        for (std::size_t i = at; i < at + count; ++i) {
            batch.records.push_back(tape.records[i]);
            const std::uint32_t symbol = tape.records[i].header().symbol.value();
            for (; known_symbols <= symbol; ++known_symbols) {
                batch.new_symbols.emplace_back(tape.symbols[known_symbols]);
            }
        }
        at += count;
        system.process(batch, events);
        take(events);
    }
    system.finish(events);
    take(events);
    for (const Event& event : run.events) {
        run.symbols.emplace_back(system.symbols().text(event.detection.symbol).view());
    }
    run.hash = stream.hash();
    run.accounting = system.accounting();
    return run;
}

PipelineSettings detectors_off() {
    PipelineSettings settings;
    settings.high_low.enabled = false;
    settings.trend.enabled = false;
    settings.surge.enabled = false;
    settings.bars.enabled = false;
    settings.valuation.enabled = false;
    return settings;
}

bool same_number(double a, double b) {
    if (!std::isfinite(a) || !std::isfinite(b)) {
        return false;
    }
    std::string left;
    std::string right;
    append_double(left, a);
    append_double(right, b);
    return left == right || std::fabs(a - b) <= 1e-12 * std::max(std::fabs(a), std::fabs(b));
}

void Comparison::number(const char* name, double oracle, double engine) {
    if (!same_number(oracle, engine)) {
        differences_ << "  " << name << ": oracle " << oracle << ", engine " << engine << "\n";
    }
}

std::string recorded_path(const std::string& name) {
    const char* folder = std::getenv("TICKSTOCK_TEST_DATA");
    const std::string base = folder != nullptr ? folder : TICKSTOCK_SOURCE_DIR "/../shared/data";
    return base + "/" + name;
}

std::vector<std::vector<std::string>> read_table(const std::string& path, char separator) {
    std::vector<std::vector<std::string>> rows;
    gzFile file = gzopen(path.c_str(), "rb");
    if (file == nullptr) {
        return rows;
    }
    std::array<char, 1024> line{};
    bool header = true;
    while (gzgets(file, line.data(), static_cast<int>(line.size())) != nullptr) {
        if (std::exchange(header, false)) {
            continue;
        }
        std::vector<std::string> cells(1);
        for (const char* c = line.data(); *c != '\0' && *c != '\n' && *c != '\r'; ++c) {
            if (*c == separator) {
                cells.emplace_back();
            } else {
                cells.back().push_back(*c);
            }
        }
        rows.push_back(std::move(cells));
    }
    gzclose(file);
    return rows;
}

std::int64_t fixed_point(const std::string& text, std::size_t decimals) {
    const std::size_t point = std::min(text.find('.'), text.size());
    std::string fraction = point < text.size() ? text.substr(point + 1) : "";
    fraction.resize(decimals, '0');
    return std::stoll(text.substr(0, point) + fraction);
}

void expect_all_seen(const std::map<std::string, std::uint64_t>& counts, std::uint64_t least) {
    for (const auto& [what, count] : counts) {
        std::printf("  %s: %llu\n", what.c_str(), static_cast<unsigned long long>(count));
        EXPECT_GE(count, least) << what;
    }
}

}  // namespace tickstock::naive
