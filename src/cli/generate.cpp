#include "cli/generate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "cli/commands.hpp"
#include "cli/progress.hpp"
#include "engine/journal_output.hpp"
#include "sources/format.hpp"
#include "sources/record_writer.hpp"
#include "sources/synthetic/market.hpp"

namespace tickstock {
namespace {

constexpr std::array<std::string_view, 5> kind_names{"trades", "quotes", "bars", "fair values",
                                                     "trading statuses"};

/// The part of the day that is written.
struct Window {
    UnixNanos from;
    UnixNanos to;
};

Result<Window> find_window(const GenerateOptions& options, const SyntheticDay& day) {
    Window window{day.begin,
                  day.end + std::chrono::minutes{1}};  // the last bars come after the end
    for (auto [text, bound] :
         {std::pair{&options.from, &window.from}, std::pair{&options.to, &window.to}}) {
        if (text->empty()) {
            continue;
        }
        const auto time = parse_time_of_day(*text);
        if (!time.ok()) {
            return time.error();
        }
        *bound = day.midnight + *time;
    }
    if (window.from >= window.to) {
        return Error{fmt::format("--from {} is not before --to {}", options.from, options.to)};
    }
    return window;
}

Result<Format> find_format(const GenerateOptions& options) {
    if (options.format.empty()) {
        return format_of_name(options.out).value_or(Format::PolygonWs);
    }
    const auto format = parse_format(options.format);
    if (!format) {
        return Error{fmt::format("--format \"{}\" is unknown: accepted are {}", options.format,
                                 format_names())};
    }
    return *format;
}

/// Drops what lies outside of the window; the symbols stay. False when the window is over.
bool cut(RecordBatch& batch, const Window& window) {
    const bool over = batch.records.back().header().ts_recv >= window.to;
    if (over || batch.records.front().header().ts_recv < window.from) {
        std::erase_if(batch.records, [&](const Record& record) {
            const UnixNanos at = record.header().ts_recv;
            return at < window.from || at >= window.to;
        });
    }
    return !over;
}

std::optional<Error> copy(SyntheticMarket& market, const Window& window, RecordWriter& writer) {
    ProgressBar bar("generating");
    const UnixNanos begin = market.day().begin;
    const auto length =
        static_cast<double>((std::min(window.to, market.day().end) - begin).count());
    RecordBatch batch;
    bool more = true;
    while (more && market.read(batch)) {
        more = cut(batch, window);
        if (auto error = writer.write(batch)) {
            return error;
        }
        if (bar.due()) {
            const auto done = static_cast<double>((market.position() - begin).count());
            bar.update(done / length, with_separators(market.counts().out) + " records");
        }
    }
    return writer.finish();
}

std::string size_text(std::uint64_t bytes) {
    constexpr double mebibyte = 1024.0 * 1024.0;
    return bytes < 1024 * 1024 ? fmt::format("{} bytes", bytes)
                               : fmt::format("{:.1f} MiB", static_cast<double>(bytes) / mebibyte);
}

void print_summary(const GenerateOptions& options, const SyntheticMarket& market,
                   const Window& window, Format format, const RecordWriter& writer) {
    const std::chrono::year_month_day date{market.day().date};
    const auto clock = [&](UnixNanos t) {
        const auto s = (t - market.day().midnight) / std::chrono::seconds{1};
        return fmt::format("{:02}:{:02}", s / 3600, s / 60 % 60);
    };
    fmt::print(stderr, "{}: {}, {}\n", options.out, to_string(format), size_text(writer.bytes()));
    fmt::print(stderr, "  {}-{:02}-{:02} {} to {} New York time, seed {}, {} symbols\n",
               static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
               static_cast<unsigned>(date.day()), clock(window.from),
               clock(std::min(window.to, market.day().end)), options.market.seed,
               options.market.symbols);
    for (std::size_t kind = 0; kind < kind_names.size(); ++kind) {
        const std::uint64_t written = writer.written()[kind];
        const std::uint64_t skipped = writer.skipped()[kind];
        if (written > 0 || skipped > 0) {
            const std::string note = skipped > 0
                                         ? fmt::format("  ({} skipped: {} cannot hold them)",
                                                       with_separators(skipped), to_string(format))
                                         : "";
            fmt::print(stderr, "  {:<17}{:>14}{}\n", kind_names[kind], with_separators(written),
                       note);
        }
    }
}

int fail(const Error& error, int code) {
    fmt::print(stderr, "tickstock generate: {}\n", error.message);
    return code;
}

}  // namespace

int run_generate(const GenerateOptions& options) {
    const auto format = find_format(options);
    if (!format.ok()) {
        return fail(format.error(), exit_usage);
    }
    const TradingCalendar calendar;
    auto market = SyntheticMarket::open(options.market, calendar, SystemClock{}.wall());
    if (!market.ok()) {
        return fail(market.error(), exit_usage);
    }
    const auto window = find_window(options, (*market)->day());
    if (!window.ok()) {
        return fail(window.error(), exit_usage);
    }
    auto writer = open_writer(options.out, *format, {open_journal_output});
    if (!writer.ok()) {
        return fail(writer.error(), exit_failed);
    }
    if (const auto error = copy(**market, *window, **writer)) {
        return fail(*error, exit_failed);
    }
    print_summary(options, **market, *window, *format, **writer);
    return exit_good;
}

void add_generate_command(CLI::App& app, int& exit_code) {
    // Lives as long as the parser's callback.
    auto options = std::make_shared<GenerateOptions>();
    auto* command = app.add_subcommand("generate", "write a synthetic trading session to a file");
    command
        ->add_option("--out", options->out,
                     "file to write, - for standard output; .gz and .zst are compressed")
        ->required();
    command->add_option(
        "--format", options->format,
        "one of " + format_names() + " (default: by the file's name, else polygon-ws)");
    command->add_option("--seed", options->market.seed, "the same seed gives the same records")
        ->capture_default_str();
    command->add_option("--symbols", options->market.symbols, "1 to 100000")->capture_default_str();
    command->add_option("--date", options->market.date,
                        "YYYY-MM-DD, a trading day (default: the last one that is over)");
    command->add_option("--from", options->from, "HH:MM[:SS], New York time (default: 04:00)");
    command->add_option("--to", options->to, "HH:MM[:SS], New York time (default: 20:00)");
    command
        ->add_option("--trades-per-second", options->market.trades_per_second,
                     "mean of the whole market over the regular session")
        ->capture_default_str();
    command->add_flag_callback(
        "--no-quotes", [options] { options->market.quotes = false; }, "leave out quotes");
    command->add_flag_callback(
        "--no-bars", [options] { options->market.bars = false; }, "leave out minute bars");
    command->add_flag_callback(
        "--no-fair-values", [options] { options->market.fair_values = false; },
        "leave out fair values");
    command->callback([options, &exit_code] { exit_code = run_generate(*options); });
}

}  // namespace tickstock
