#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/file_disk.hpp"
#include "base/hash.hpp"
#include "cli/commands.hpp"
#include "cli/progress.hpp"
#include "cli/shared_options.hpp"
#include "cli/trace_print.hpp"
#include "engine/configuration_text.hpp"
#include "engine/inputs.hpp"
#include "engine/sequencer.hpp"
#include "history/time_text.hpp"
#include "inspection/journal_trace.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

struct TraceOptions {
    ConfigOptions config;
    std::string symbol;
    std::vector<std::string> files;
    std::string data;
    std::string format;
    std::uint64_t limit = 100;
    bool has_limit = false;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::string since;
    UnixNanos since_time{};
    bool json = false;
    bool events_only = false;
};

int print(const TraceOptions& options, const TraceFacts& facts, const SymbolTracer* tracer) {
    TracePrintOptions how;
    how.events_only = options.events_only;
    how.colors = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
    const std::string text =
        options.json ? trace_json(facts, tracer) + "\n" : trace_text(facts, *tracer, how);
    const bool is_written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    return is_written && (tracer == nullptr || tracer->check().empty()) ? exit_good : exit_failed;
}

int no_records(const TraceOptions& options, const std::string& where,
               const std::vector<SymbolText>& known) {
    const bool is_known = std::any_of(known.begin(), known.end(), [&](const SymbolText& text) {
        return text.view() == options.symbol;
    });
    if (is_known) {
        print_error(
            fmt::format("{}: {} has no record in the range asked for", where, options.symbol));
        return exit_failed;
    }
    const std::string nearest = nearest_symbols(options.symbol, known);
    print_error(fmt::format("{}: no record of {}{}", where, options.symbol,
                            nearest.empty() ? fmt::format(" among {} symbols", known.size())
                                            : "; spelt most like it: " + nearest));
    return exit_failed;
}

int trace_data(const TraceOptions& options, const Config& config, const std::string& data) {
    FileDisk disk;
    JournalTrace trace({disk, data, config.pipeline, xxh64(configuration_text(config))},
                       {options.symbol, options.limit, Sequence{options.from}, Sequence{options.to},
                        options.since_time});
    ProgressBar bar("trace");
    constexpr std::size_t entries_a_step = 50'000;
    JournalTrace::Progress progress = JournalTrace::Progress::More;
    while ((progress = trace.step(entries_a_step)) == JournalTrace::Progress::More) {
        if (bar.due()) {
            bar.update(-1, with_separators(trace.entries_read()) + " entries read");
        }
    }
    bar.finish();
    if (progress == JournalTrace::Progress::Failed) {
        print_error(trace.failure().message);
        return exit_failed;
    }
    if (trace.tracer() == nullptr) {
        return no_records(options, data, trace.symbols());
    }
    return print(options,
                 {options.symbol,
                  trace.from(),
                  trace.through(),
                  trace.begin_kind(),
                  trace.begin(),
                  trace.note(),
                  {}},
                 trace.tracer());
}

/// Admits files anew, as a replay does, and traces the symbol through them.
class FileTrace {
public:
    FileTrace(const TraceOptions& options, SymbolTracer& tracer)
        : options_(options), tracer_(tracer) {
        sequencer_.add_source(SourceId{0}, {});
    }

    void run(RecordReader& reader) {
        ProgressBar bar("trace");
        RecordBatch batch;
        while (reader.read(batch) && take(batch)) {
            if (bar.due()) {
                const ReadProgress read = reader.progress();
                bar.update(read.bytes_total == 0 ? -1
                                                 : static_cast<double>(read.bytes_read) /
                                                       static_cast<double>(read.bytes_total),
                           with_separators(through.value()) + " records");
            }
        }
        if (!is_cut_) {
            tracer_.finish();
        }
        bar.finish();
    }
    std::vector<SymbolText> symbols() const {
        std::vector<SymbolText> texts;
        for (std::uint32_t id = 0; id < sequencer_.symbols().size(); ++id) {
            texts.push_back(sequencer_.symbols().text(SymbolId{id}));
        }
        return texts;
    }

    Sequence from;
    Sequence through;

private:
    /// False: enough.
    bool take(RecordBatch& batch) {
        sequencer_.admit(batch);
        own_ = own_ ? own_ : sequencer_.symbols().find(options_.symbol);
        for (const Record& record : batch.records) {
            const RecordHeader& header = record.header();
            if (options_.to != 0 && header.sequence.value() > options_.to) {
                is_cut_ = true;
                return false;
            }
            through = header.sequence;
            if (own_ && header.symbol == *own_) {
                if (from == Sequence{} && header.sequence.value() >= options_.from &&
                    header.clock >= options_.since_time) {
                    from = header.sequence;
                    tracer_.tell_from(from);
                }
                tracer_.take(record);
            } else {
                tracer_.pass(header.sequence, header.clock);
            }
        }
        return true;
    }

    const TraceOptions& options_;
    SymbolTracer& tracer_;
    Sequencer sequencer_;
    std::optional<SymbolId> own_;
    bool is_cut_ = false;
};

int trace_files(const TraceOptions& options, const Config& config) {
    auto reader = open_recorded(options.files, options.format, [](const Reject&) {});
    if (!reader) {
        print_error(reader.error().message);
        return exit_failed;
    }
    auto tracer = SymbolTracer::create(config.pipeline, {SymbolText(options.symbol), sequence_end,
                                                         static_cast<std::size_t>(options.limit)});
    if (!tracer) {
        print_error(tracer.error().message);
        return exit_usage;
    }
    FileTrace trace(options, **tracer);
    trace.run(**reader);
    if (const auto failure = (*reader)->failure()) {
        print_error(failure->message);
        return exit_failed;
    }
    if ((*tracer)->traced() == 0) {
        return no_records(options, options.files.front(), trace.symbols());
    }
    return print(options, {options.symbol, trace.from, trace.through, "", Sequence{}, "", {}},
                 tracer->get());
}

int run_trace(TraceOptions& options) {
    if (!SymbolText::is_valid(options.symbol)) {
        print_error("'" + escape_control(options.symbol) +
                    "' is no symbol: accepted are 1 to 16 printable ASCII characters");
        return exit_usage;
    }
    if (!options.since.empty()) {
        const auto since = parse_time(options.since, SystemClock().wall());
        if (!since) {
            print_error(fmt::format("--since {}: accepted are {}", escape_control(options.since),
                                    accepted_times));
            return exit_usage;
        }
        options.since_time = *since;
    }
    if (options.to != 0 && options.from > options.to) {
        print_error(fmt::format("--from {} is behind --to {}", options.from, options.to));
        return exit_usage;
    }
    // The few records behind events are looked for among all, unless somebody says how far.
    const bool all = options.limit == 0 || (options.events_only && !options.has_limit);
    options.limit = all ? std::numeric_limits<std::uint32_t>::max() : options.limit;
    auto config = options.config.load();
    if (!config) {
        print_error(config.error().message);
        return exit_usage;
    }
    std::error_code ignored;
    std::string data = options.data.empty() ? config->data.directory : options.data;
    if (options.files.size() == 1 && std::filesystem::is_directory(options.files[0], ignored)) {
        data = options.files[0];
        options.files.clear();
    }
    if (!options.files.empty()) {
        return trace_files(options, *config);
    }
    if (!std::filesystem::is_directory(data + "/journal", ignored)) {
        print_error(data +
                    ": no folder 'journal' there; accepted is the data directory of "
                    "`tickstock serve` (--data DIR), or recorded files");
        return exit_usage;
    }
    return trace_data(options, *config, data);
}

}  // namespace

void add_trace_command(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<TraceOptions>();
    CLI::App& command =
        *app.add_subcommand("trace", "Show the fate of a symbol's records at every stage");
    const auto whole = [](const std::string& text) {
        const bool is_number = !text.empty() && text.size() < 19 &&
                               text.find_first_not_of("0123456789") == std::string::npos;
        return is_number ? std::string() : text + ": accepted is an integer from 0";
    };
    options->config.add_to(command);
    command.add_option("symbol", options->symbol, "Such as AAPL")->required();
    command.add_option("files", options->files, "Recorded files, instead of a data directory")
        ->type_name("FILE");
    command
        .add_option("--data", options->data,
                    "Data directory of a server, running or not (default data); only read")
        ->type_name("DIR");
    command.add_option("--format", options->format, "Of the files; without it, it is found out");
    const CLI::Option* limit =
        command.add_option("--limit", options->limit, "The newest so many records; 0 = all")
            ->check(whole)
            ->capture_default_str();
    command.add_option("--from", options->from, "First record's place in the order")->check(whole);
    command.add_option("--to", options->to, "Last one's")->check(whole);
    command.add_option("--since", options->since, "First record's time: 2024-03-05T09:30, 30m, …")
        ->type_name("TIME");
    command.add_flag("--json", options->json, "As /api/v1/symbols/SYMBOL/trace gives it");
    command.add_flag("--events-only", options->events_only, "Only records that led to an event");
    command.callback([options, limit, &exit_code] {
        options->has_limit = limit->count() > 0;
        exit_code = run_trace(*options);
    });
}

}  // namespace tickstock
