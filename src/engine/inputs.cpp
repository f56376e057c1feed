#include "engine/inputs.hpp"

#include <fmt/format.h>

#include <span>
#include <utility>

#include "journal/segment_reader.hpp"
#include "metrics/log.hpp"
#include "sources/synthetic/market.hpp"
#include "sources/synthetic/schedule.hpp"

namespace tickstock {
namespace {

Result<std::unique_ptr<RecordReader>> open_journal(const std::string& path) {
    auto reader = SegmentReader::open(path, SourceId{0});
    if (!reader) {
        return reader.error();
    }
    return std::unique_ptr<RecordReader>(std::move(*reader));
}

Result<std::unique_ptr<RecordReader>> open_journal_bytes(
    std::function<Result<std::size_t>(std::span<char>)> read, const std::string& name) {
    auto reader = SegmentReader::open(std::move(read), name, SourceId{0});
    if (!reader) {
        return reader.error();
    }
    return std::unique_ptr<RecordReader>(std::move(*reader));
}

void log_reject(const Reject& reject) {
    log_warn("sources", "{}:{}: {}: {}", reject.file, reject.line, to_string(reject.reason),
             reject.excerpt);
}

Result<LiveInput> open_replay(const SourceSettings& settings) {
    // The first opening is for its errors; a loop opens the files again.
    auto first = open_recorded(settings.files, settings.format, log_reject);
    if (!first) {
        return first.error();
    }
    auto reader = std::make_shared<std::unique_ptr<RecordReader>>(std::move(*first));
    const auto open = [reader, settings]() -> std::unique_ptr<RecordReader> {
        if (*reader) {
            return std::move(*reader);
        }
        auto again = open_recorded(settings.files, settings.format, log_reject);
        return again ? std::move(*again) : nullptr;
    };
    LiveInput input;
    input.name = "replay";
    input.detail = fmt::format("{}", fmt::join(settings.files, ", "));
    input.source = std::make_unique<PacedSource>(
        // Flat out, a loop would only spin.
        open,
        PacedSourceOptions{settings.speed, settings.loop && settings.speed > 0, std::nullopt});
    return input;
}

Result<LiveInput> open_synthetic(const Config& config, UnixNanos now) {
    const SyntheticSettings& market = config.source.synthetic;
    const TradingCalendar calendar;
    const auto day = resolve_day(calendar, market.date, now);
    if (!day) {
        return Error{day.error().message};
    }
    const auto start = parse_time_of_day(market.start_at);
    if (!start) {
        return Error{start.error().message};
    }
    auto probe = SyntheticMarket::open(market, calendar, now);
    if (!probe) {
        return probe.error();
    }
    auto pass = std::make_shared<std::uint64_t>(0);
    const auto open = [market, now, pass]() -> std::unique_ptr<RecordReader> {
        SyntheticSettings settings = market;
        settings.seed += (*pass)++;  // every loop is another course of the same day
        auto reader = SyntheticMarket::open(settings, TradingCalendar(), now);
        return reader ? std::move(*reader) : nullptr;
    };
    LiveInput input;
    input.name = "synthetic";
    input.detail = fmt::format("{} symbols, seed {}", market.symbols, market.seed);
    input.source = std::make_unique<PacedSource>(
        open, PacedSourceOptions{config.source.speed, config.source.loop, day->midnight + *start});
    return input;
}

}  // namespace

Result<std::unique_ptr<RecordReader>> open_recorded(const std::vector<std::string>& paths,
                                                    const std::string& format,
                                                    RejectCallback on_first_reject) {
    std::optional<Format> known;
    if (!format.empty()) {
        known = parse_format(format);
        if (!known) {
            return Error{fmt::format("format = {}: accepted is one of {}", format, format_names())};
        }
    }
    std::vector<FileInput> inputs;
    for (const std::string& path : paths) {
        inputs.push_back({path, known});
    }
    FileReaderOptions options;
    options.on_first_reject = std::move(on_first_reject);
    options.open_journal = open_journal;
    options.open_journal_bytes = open_journal_bytes;
    return open_files(std::move(inputs), std::move(options));
}

Result<LiveInput> open_live_input(const Config& config, UnixNanos now) {
    const SourceSettings& settings = config.source;
    if (settings.names.size() != 1) {
        return Error{fmt::format("source.names = {}: accepted is one of synthetic, replay",
                                 fmt::join(settings.names, ","))};
    }
    if (settings.names.front() == "replay") {
        if (settings.files.empty()) {
            return Error{"source.files is empty: the replay source needs at least one file"};
        }
        auto input = open_replay(settings);
        if (input) {
            input->speed = settings.speed;
        }
        return input;
    }
    if (settings.names.front() == "synthetic") {
        auto input = open_synthetic(config, now);
        if (input) {
            input->speed = settings.speed;
        }
        return input;
    }
    return Error{fmt::format("source.names = {}: accepted is one of synthetic, replay",
                             settings.names.front())};
}

}  // namespace tickstock
