#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "cli/command_line_rules.hpp"
#include "cli/commands.hpp"
#include "cli/intake_report.hpp"
#include "cli/losers_file.hpp"
#include "cli/progress.hpp"
#include "cli/replay_input.hpp"
#include "cli/rule_report.hpp"
#include "cli/shared_options.hpp"
#include "engine/configuration_text.hpp"
#include "engine/inputs.hpp"
#include "engine/intake_text.hpp"
#include "engine/multi_channel_system.hpp"
#include "metrics/log.hpp"
#include "publishing/event_file.hpp"
#include "publishing/event_stream.hpp"

namespace tickstock {
namespace {

struct ReplayOptions {
    ConfigOptions config;
    std::vector<std::string> files;
    std::string format;
    std::string shards;
    std::string out;
    std::string quarantine;
    std::string losers;
    std::string order = "time";
    std::vector<std::string> types;
    std::vector<std::string> symbols;
    CommandLineRules rules;
    bool quiet = false;
};

constexpr const char* first_epoch = "replay";

/// Which events of the stream go to the output file. The hash always covers all.
class OutputFilter {
public:
    OutputFilter(const std::vector<std::string>& types, const std::vector<std::string>& symbols)
        : types_(types.begin(), types.end()), symbols_(symbols.begin(), symbols.end()) {}

    bool accepts(const StreamEntry& entry) const {
        return (types_.empty() || types_.contains(std::string(to_string(entry.type)))) &&
               (symbols_.empty() || symbols_.contains(std::string(entry.symbol.view())));
    }

private:
    std::set<std::string> types_;
    std::set<std::string> symbols_;
};

void print_rejects(const Reject& reject) {
    std::fprintf(stderr, "%s:%llu: %s: %s\n", std::string(reject.file).c_str(),
                 static_cast<unsigned long long>(reject.line),
                 std::string(to_string(reject.reason)).c_str(),
                 escape_control(reject.excerpt).c_str());
}

/// The first input that `output` would overwrite; empty when there is none.
std::string overwritten_input(const ReplayOptions& options, const std::string& output) {
    for (const std::string& file : options.files) {
        std::error_code ignored;
        if (std::filesystem::equivalent(file, output, ignored)) {
            return file;
        }
    }
    return {};
}

/// Whether two output options name one file; "-" is standard output.
bool same_file(const std::string& a, const std::string& b) {
    std::error_code ignored;
    return !a.empty() && !b.empty() &&
           (a == b || (a != "-" && b != "-" &&
                       std::filesystem::weakly_canonical(a, ignored) ==
                           std::filesystem::weakly_canonical(b, ignored)));
}

/// Says which of the wanted symbols the input never had.
void warn_of_unseen(const std::vector<std::string>& wanted, const SymbolTable& symbols) {
    for (const std::string& symbol : wanted) {
        if (!symbols.find(symbol)) {
            std::fprintf(stderr, "--symbols %s: the input has no such symbol\n",
                         escape_control(symbol).c_str());
        }
    }
}

void print_stage(const char* name, const StageCounts& counts) {
    std::string line = fmt::format("  {:<14}{:>14} {:>14} {:>6}", name, with_separators(counts.in),
                                   with_separators(counts.out), with_separators(counts.held));
    for (std::size_t i = 0; i < reason_count; ++i) {
        if (counts.dropped[i] != 0) {
            line += fmt::format("  {} {}", to_string(static_cast<Reason>(i)),
                                with_separators(counts.dropped[i]));
        }
    }
    std::fprintf(stderr, "%s%s\n", line.c_str(), counts.closes() ? "" : "  DOES NOT CLOSE");
}

void print_summary(const Accounting& accounting, const EventStream& stream, double seconds,
                   const std::vector<UnknownConditionEntry>& unknown_conditions) {
    const std::uint64_t records = accounting.sources.out;
    std::fprintf(stderr, "%s records in %.2f s (%s/s), %s events\n",
                 with_separators(records).c_str(), seconds,
                 with_separators(static_cast<std::uint64_t>(static_cast<double>(records) /
                                                            std::max(seconds, 1e-9)))
                     .c_str(),
                 with_separators(accounting.publishing.out).c_str());
    std::fprintf(stderr, "  %-14s%14s %14s %6s  dropped\n", "stage", "in", "out", "held");
    print_stage("sources", accounting.sources);
    print_stage("sequencer", accounting.sequencer);
    print_stage("router", accounting.router);
    print_stage("intake", accounting.intake);
    print_stage("tick", accounting.channels[0]);
    print_stage("ohlcv", accounting.channels[1]);
    print_stage("fmv", accounting.channels[2]);
    print_stage("detectors", accounting.detectors);
    if (accounting.linear.in > 0) {  // the integrator is installed
        print_stage("linear", accounting.linear);
        print_stage("selection", accounting.selection);
    }
    print_stage("rules", accounting.rules);
    print_stage("coordination", accounting.coordination);
    print_stage("priority", accounting.priority);
    print_stage("publishing", accounting.publishing);
    std::string types;
    const auto by_type = stream.events_by_type();
    for (std::size_t type = 0; type < by_type.size(); ++type) {
        if (by_type[type] != 0) {
            types += fmt::format(" {} {}", to_string(static_cast<EventType>(type)),
                                 with_separators(by_type[type]));
        }
    }
    std::fprintf(stderr, "events:%s\n", types.empty() ? " none" : types.c_str());
    print_unknown_conditions(unknown_conditions);
    std::fprintf(stderr, "stream hash: %016llx\n", static_cast<unsigned long long>(stream.hash()));
    if (!accounting.closes()) {
        std::fprintf(stderr, "the accounting does not close: this is a defect of tickstock\n");
    }
}

/// Events of one batch into the stream and from there, already encoded, to the file.
void publish(std::vector<Event>& events, const SymbolTable& symbols, EventStream& stream,
             EventFile* out, const OutputFilter& filter, RuleReport& rules) {
    if (events.empty()) {
        return;
    }
    rules.add(events);
    stream.append(events, symbols, UnixNanos{});
    events.clear();
    if (out != nullptr) {
        const StreamRange range = stream.range();
        const auto block = stream.block_at(range.epoch, range.last);
        for (const StreamEntry& entry : block->entries) {
            if (filter.accepts(entry)) {
                out->write(entry, block->body(entry));
            }
        }
    }
}

Result<QuarantineFile> open_quarantine(const ReplayOptions& options) {
    if (const std::string input = overwritten_input(options, options.quarantine); !input.empty()) {
        return Error{"--quarantine " + options.quarantine + " is the input " + input +
                     ": accepted is another file"};
    }
    if (same_file(options.quarantine, options.out)) {
        return Error{"--quarantine " + options.quarantine +
                     " is --out too: accepted is another file"};
    }
    return QuarantineFile::open(options.quarantine);
}

Result<std::unique_ptr<LosersFile>> open_losers(const ReplayOptions& options,
                                                MultiChannelSystem& system) {
    if (const std::string input = overwritten_input(options, options.losers); !input.empty()) {
        return Error{"--losers " + options.losers + " is the input " + input +
                     ": accepted is another file"};
    }
    if (same_file(options.losers, options.out) || same_file(options.losers, options.quarantine)) {
        return Error{"--losers " + options.losers +
                     " is another output too: accepted is another file"};
    }
    return LosersFile::open(options.losers, system);
}

/// A directory is a journal: its entries are run as they were admitted. Everything else is read as
/// records of any format, and admitted anew.
Result<std::unique_ptr<ReplayInput>> open_input(const ReplayOptions& options, const Config& config,
                                                MultiChannelSystem& system) {
    std::error_code ignored;
    if (options.files.size() == 1 && std::filesystem::is_directory(options.files[0], ignored)) {
        return open_journal_input(options.files[0], system, configuration_text(config));
    }
    auto reader = open_recorded(options.files, options.format, print_rejects);
    if (!reader) {
        return reader.error();
    }
    return open_recorded_input(std::move(*reader), system);
}

/// "epoch 0f…: 123 events, hash …"
std::string epoch_line(const EventStream& stream) {
    const StreamRange range = stream.range();
    return fmt::format("epoch {}: {} events, hash {:016x}\n", range.epoch,
                       with_separators(range.last.value()), stream.hash());
}

Result<std::unique_ptr<EventFile>> open_output(const ReplayOptions& options) {
    return options.order == "stream" ? open_stream_order_file(options.out)
                                     : open_sorted_file(options.out);
}

int run_replay(ReplayOptions& options) {
    if (!options.shards.empty()) {
        options.config.flags["engine.shards"] = options.shards;
    }
    auto config = options.config.load();
    if (!config) {
        print_error(config.error().message);
        return exit_usage;
    }
    if (const std::string problem = options.rules.add_to(config->pipeline.rules.user);
        !problem.empty()) {
        print_error(problem);
        return exit_usage;
    }
    if (!options.quarantine.empty()) {  // every trade, and what became of it: kept to the end
        config->pipeline.intake.quarantine_list = std::numeric_limits<std::size_t>::max();
    }
    auto system = MultiChannelSystem::create(config->pipeline, config->engine.shards);
    if (!system) {
        print_error(system.error().message);
        return exit_usage;
    }
    auto opened_input = open_input(options, *config, **system);
    if (!opened_input) {
        print_error(opened_input.error().message);
        return exit_usage;
    }
    ReplayInput& input = **opened_input;
    std::unique_ptr<EventFile> out;
    if (!options.out.empty()) {
        if (const std::string same = overwritten_input(options, options.out); !same.empty()) {
            print_error("--out " + options.out + " is the input " + same +
                        ": accepted is another file");
            return exit_usage;
        }
        auto opened = open_output(options);
        if (!opened) {
            print_error(opened.error().message);
            return exit_failed;
        }
        out = std::move(*opened);
    }

    std::optional<QuarantineFile> quarantine;
    if (!options.quarantine.empty()) {
        auto opened = open_quarantine(options);
        if (!opened) {
            print_error(opened.error().message);
            return exit_usage;
        }
        quarantine = std::move(*opened);
    }
    std::unique_ptr<LosersFile> losers;
    if (!options.losers.empty()) {
        auto opened = open_losers(options, **system);
        if (!opened) {
            print_error(opened.error().message);
            return exit_usage;
        }
        losers = std::move(*opened);
    }

    const OutputFilter filter(options.types, options.symbols);
    RuleReport rules(config->pipeline);
    EventStream stream(first_epoch, {config->stream.memory_limit});
    ProgressBar progress("replay");
    const auto begin = std::chrono::steady_clock::now();
    std::vector<Event> events;
    std::string earlier_epochs;
    UnknownConditionLog unknown_log;
    std::size_t unknown_codes = 0;
    for (auto step = input.step(events); step.more; step = input.step(events)) {
        if ((*system)->unknown_codes_seen() != unknown_codes) {
            unknown_codes = (*system)->unknown_codes_seen();
            unknown_log.tell((*system)->unknown_conditions());
        }
        publish(events, (*system)->symbols(), stream, out.get(), filter, rules);
        if (losers) {
            losers->write();
        }
        if (step.epoch) {
            if (stream.range().last > Offset{}) {
                earlier_epochs += epoch_line(stream);
            }
            stream.restart(*step.epoch);
        }
        if (progress.due()) {
            const ReadProgress read = input.progress();
            const double share = read.bytes_total == 0 ? -1
                                                       : static_cast<double>(read.bytes_read) /
                                                             static_cast<double>(read.bytes_total);
            progress.update(share, with_separators(input.counts().out) + " records");
        }
    }
    input.finish(events);
    publish(events, (*system)->symbols(), stream, out.get(), filter, rules);
    progress.finish();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;

    std::uint64_t lines = 0;
    if (out) {
        const auto written = out->finish();
        if (!written) {
            print_error(written.error().message);
            return exit_failed;
        }
        lines = *written;
    }
    if (quarantine) {
        const auto written = quarantine->write((*system)->quarantine());
        if (!written) {
            print_error(written.error().message);
            return exit_failed;
        }
    }
    if (losers) {
        const auto written = losers->finish();
        if (!written) {
            print_error(written.error().message);
            return exit_failed;
        }
    }
    warn_of_unseen(options.symbols, (*system)->symbols());
    Accounting accounting = (*system)->accounting();
    accounting.sources = input.counts();
    accounting.publishing = stream.counts();
    accounting.publishing.in += input.unheard_events();
    accounting.publishing.dropped[static_cast<std::size_t>(Reason::ToldBefore)] +=
        input.unheard_events();
    EngineStatus status;
    (*system)->fill_status(status);
    if (!options.quiet) {
        if (const std::string note = input.note(); !note.empty()) {
            std::fprintf(stderr, "%s\n", note.c_str());
        }
        print_summary(accounting, stream, took.count(), status.unknown_by_code);
        if (!earlier_epochs.empty()) {
            std::fprintf(stderr, "%s%sstream hash: that of the last epoch\n",
                         earlier_epochs.c_str(), epoch_line(stream).c_str());
        }
        rules.print((*system)->symbols(), status.rules);
        if (out) {
            std::fprintf(stderr, "written: %s of %s events\n", with_separators(lines).c_str(),
                         with_separators(accounting.publishing.out).c_str());
        }
    }
    if (const auto failure = input.failure()) {
        print_error(failure->message);
        return exit_failed;
    }
    if (accounting.sources.in > 0 && accounting.sources.out == 0) {
        const bool is_known =
            accounting.sources.dropped_for(Reason::UnsupportedMessage) == accounting.sources.in;
        print_error(is_known
                        ? "no row of the input carries a record: it has messages only, such as "
                          "definitions, imbalances or orders"
                        : "not one row could be read: is --format right?");
        return exit_failed;
    }
    return accounting.closes() ? exit_good : exit_failed;
}

}  // namespace

void add_replay_command(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<ReplayOptions>();
    CLI::App& command =
        *app.add_subcommand("replay", "Run recorded files at full speed and write the events");
    command
        .add_option("files", options->files,
                    "Recorded files, merged by time; - = standard input; or a journal's directory, "
                    "run as it was admitted")
        ->required()
        ->type_name("FILE");
    command.add_option("--format", options->format, "Input format (default: detected)")
        ->type_name("F");
    options->config.add_to(command);
    command
        .add_option("--shards", options->shards, "Shards; the events are the same for any number")
        ->type_name("N");
    command.add_option("--out", options->out, "Events as NDJSON; - = standard output")
        ->type_name("FILE");
    command
        .add_option(
            "--quarantine", options->quarantine,
            "Trades that the sanity guard held back, with the reason, as NDJSON; - = standard "
            "output")
        ->type_name("FILE");
    command
        .add_option("--losers", options->losers,
                    "Detections that became no event of their own, as NDJSON; - = standard output")
        ->type_name("FILE");
    command.add_option("--order", options->order, "Order of --out: time or stream")
        ->check(CLI::IsMember({"time", "stream"}));
    command.add_option("--types", options->types, "Only these types in --out, e.g. high,low")
        ->allow_extra_args(false)
        ->delimiter(',')
        ->check(CLI::IsMember({"trend", "surge", "high", "low", "valuation", "rule", "control"}));
    command.add_option("--symbols", options->symbols, "Only these symbols in --out")
        ->allow_extra_args(false)
        ->delimiter(',');
    command
        .add_option("--rule", options->rules.expressions,
                    "Event rule, e.g. 'percent_change > 3 and trend == 1'; may be repeated. "
                    "`tickstock rules fields` lists the fields")
        ->type_name("EXPR")
        ->allow_extra_args(false);
    command
        .add_option("--rule-cooldown", options->rules.cooldown_seconds,
                    "Seconds between events of one --rule and symbol (default 60)")
        ->type_name("S")
        ->check(CLI::Range(0.0, 86'400.0));
    command.add_flag("--quiet", options->quiet, "No summary");
    command.callback([options, &exit_code] { exit_code = run_replay(*options); });
}

}  // namespace tickstock
