#include "engine/inputs.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <span>
#include <utility>

#include "engine/feed_live_source.hpp"
#include "engine/paced_live_source.hpp"
#include "engine/push_source.hpp"
#include "journal/segment_reader.hpp"
#include "metrics/log.hpp"
#include "sources/polygon/polygon_feed.hpp"
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

/// Paths with sizes: another file of the same name is another input.
std::string file_identity(const std::vector<std::string>& files) {
    std::string text;
    for (const std::string& file : files) {
        std::error_code unknown;
        const auto size = std::filesystem::file_size(file, unknown);
        text += fmt::format("{} {} ", file, unknown ? 0 : size);
    }
    return text;
}

void log_reject(const Reject& reject) {
    log_warn("sources", "{}:{}: {}: {}", reject.file, reject.line, to_string(reject.reason),
             reject.excerpt);
}

using LiveSourcePtr = std::unique_ptr<LiveSource>;

Result<LiveSourcePtr> open_replay(const SourceSettings& settings) {
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
    PacedLiveSource::About about;
    about.name = "replay";
    about.detail = fmt::format("{}", fmt::join(settings.files, ", "));
    about.identity = fmt::format("replay {} {}", settings.format, file_identity(settings.files));
    about.speed = settings.speed;
    return LiveSourcePtr(std::make_unique<PacedLiveSource>(
        std::move(about),
        // Flat out, a loop would only spin.
        std::make_unique<PacedSource>(
            open, PacedSourceOptions{settings.speed, settings.loop && settings.speed > 0,
                                     std::nullopt})));
}

Result<LiveSourcePtr> open_synthetic(const Config& config, UnixNanos now) {
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
    PacedLiveSource::About about;
    about.name = "synthetic";
    about.detail = fmt::format("{} symbols, seed {}", market.symbols, market.seed);
    about.identity = fmt::format("synthetic {} {} {} {} {} {} {} {}", market.seed, market.symbols,
                                 to_ns(day->midnight), market.trades_per_second, market.quotes,
                                 market.bars, market.fair_values, market.start_at);
    about.speed = config.source.speed;
    return LiveSourcePtr(std::make_unique<PacedLiveSource>(
        std::move(about), std::make_unique<PacedSource>(
                              open, PacedSourceOptions{config.source.speed, config.source.loop,
                                                       day->midnight + *start})));
}

Result<LiveSourcePtr> open_polygon(const Config& config, const InputParts& parts, bool is_business,
                                   std::size_t place) {
    const PolygonSettings& settings = config.source.polygon;
    PolygonFeedOptions options;
    options.name = is_business ? "business" : "stocks";
    options.url = is_business ? settings.business_url : settings.url;
    options.url_setting = is_business ? "source.polygon.business_url" : "source.polygon.url";
    options.channels = is_business ? settings.business_channels : settings.channels;
    options.symbols = settings.symbols;
    options.key = parts.polygon_key;
    options.settings = settings;
    options.clock_mode = config.source.clock;
    options.clock = &parts.clock;
    options.source = SourceId{static_cast<std::uint16_t>(place)};
    options.seed = static_cast<std::uint64_t>(to_ns(parts.clock.wall())) + place;
    FeedLiveSource::About about;
    about.name = is_business ? "polygon_business" : "polygon";
    about.detail = fmt::format("{}: {} of {}", options.url, fmt::join(options.channels, ","),
                               fmt::join(options.symbols, ","));
    about.identity = about.name;
    about.rule.live = true;
    about.rule.delay = config.source.clock == SourceClock::Event ? Nanos{0} : settings.delay;
    about.rule.clock_event = config.source.clock == SourceClock::Event;
    about.rule.freshness = config.pipeline.rules.freshness;
    auto feed = make_polygon_feed(std::move(options));
    if (!feed.ok()) {
        return feed.error();
    }
    return LiveSourcePtr(
        std::make_unique<FeedLiveSource>(std::move(about), std::move(feed).value()));
}

/// A source for each connection.
std::optional<Error> add_polygon(const Config& config, const InputParts& parts,
                                 std::vector<LiveSourcePtr>& sources) {
    if (!parts.polygon_key || parts.polygon_key->empty()) {
        return Error{
            "source.polygon.key_file is empty and TICKSTOCK_POLYGON_KEY is not set: accepted is a "
            "file with the vendor's API key, or the key in that environment variable"};
    }
    for (const bool is_business : {false, true}) {
        if (is_business && config.source.polygon.business_url.empty()) {
            continue;
        }
        auto source = open_polygon(config, parts, is_business, sources.size());
        if (!source.ok()) {
            return source.error();
        }
        sources.push_back(std::move(source).value());
    }
    return std::nullopt;
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

Result<LiveInputs> open_live_sources(const Config& config, const InputParts& parts) {
    LiveInputs inputs;
    for (const std::string& name : config.source.names) {
        if (name == "push") {
            auto push = std::make_unique<PushSource>(config.source.push, config.source.clock,
                                                     config.pipeline.rules.freshness, parts.clock);
            inputs.push = push.get();
            inputs.sources.push_back(std::move(push));
            continue;
        }
        if (name == "polygon") {
            if (auto error = add_polygon(config, parts, inputs.sources)) {
                return *error;
            }
            continue;
        }
        if (name == "replay" && config.source.files.empty()) {
            return Error{"source.files is empty: the replay source needs at least one file"};
        }
        if (name != "replay" && name != "synthetic") {
            return Error{fmt::format(
                "source.names = {}: accepted is one of synthetic, replay, polygon, push", name)};
        }
        auto source = name == "replay" ? open_replay(config.source)
                                       : open_synthetic(config, parts.clock.wall());
        if (!source) {
            return source.error();
        }
        inputs.sources.push_back(std::move(*source));
    }
    return inputs;
}

}  // namespace tickstock
