#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/compare_run.hpp"
#include "cli/compare_sides.hpp"
#include "cli/progress.hpp"
#include "cli/shared_options.hpp"
#include "inspection/comparison_report.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

namespace fs = std::filesystem;

constexpr int exit_differ = 1;
constexpr int exit_error = 2;
constexpr std::size_t listed_in_text = 20;

struct CompareOptions {
    std::vector<std::string> configs;  // A's and B's; one = both
    std::vector<std::string> settings;
    std::vector<std::string> settings_a;
    std::vector<std::string> settings_b;
    std::vector<std::string> files;
    std::string format;
    std::string html;
    double time_tolerance = 1;
    double price_tolerance = 0.01;
    std::size_t listed = 200;
    bool json = false;
    bool fail_on_difference = false;
    bool quiet = false;
};

int fail(const std::string& message) {
    print_error("compare: " + message);
    return exit_error;
}

GivenSide given_of(const CompareOptions& options, std::size_t side) {
    const std::string path =
        options.configs.empty() ? "" : options.configs[std::min(side, options.configs.size() - 1)];
    return {side == 0 ? 'A' : 'B', path, options.settings,
            side == 0 ? options.settings_a : options.settings_b};
}

/// A pattern that the shell left alone (in quotes) becomes the files that it names.
Result<std::vector<std::string>> named_files(const std::vector<std::string>& arguments) {
    std::vector<std::string> files;
    for (const std::string& argument : arguments) {
        if (argument == "-") {
            return Error{
                "FILE -: standard input can be read once only, and each configuration "
                "reads the input; accepted are files"};
        }
        std::error_code ignored;
        if (fs::exists(argument, ignored)) {
            files.push_back(argument);
            continue;
        }
        glob_t found{};
        if (::glob(argument.c_str(), 0, nullptr, &found) != 0) {
            ::globfree(&found);
            return Error{"FILE " + argument + ": no such file, folder or pattern of files"};
        }
        files.insert(files.end(), found.gl_pathv, found.gl_pathv + found.gl_pathc);
        ::globfree(&found);
    }
    return files;
}

std::optional<Error> check_html_file(const CompareOptions& options,
                                     const std::vector<std::string>& files) {
    for (const std::vector<std::string>* list : {&files, &options.configs}) {
        for (const std::string& file : *list) {
            std::error_code ignored;
            if (!options.html.empty() && fs::equivalent(file, options.html, ignored)) {
                return Error{"--html " + options.html + " is the input " + file +
                             ": accepted is another file"};
            }
        }
    }
    if (options.html == "-" && options.json) {
        return Error{"--html - and --json both write to standard output: accepted is one of them"};
    }
    return std::nullopt;
}

std::optional<Error> write_html(const std::string& file, const std::string& page) {
    if (file == "-") {
        std::fwrite(page.data(), 1, page.size(), stdout);
        return std::nullopt;
    }
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << page;
    out.close();
    if (!out) {
        return Error{"--html " + file + ": cannot be written"};
    }
    return std::nullopt;
}

int run_compare(const CompareOptions& options) {
    if (options.configs.size() > 2) {
        return fail("--config is given three times or more: accepted are A's and B's");
    }
    const auto files = named_files(options.files);
    if (!files) {
        return fail(files.error().message);
    }
    if (const auto problem = check_html_file(options, *files)) {
        return fail(problem->message);
    }
    const auto a = load_side(given_of(options, 0));
    const auto b = load_side(given_of(options, 1));
    if (!a || !b) {
        return fail(!a ? a.error().message : b.error().message);
    }
    EventComparison::Settings tolerances;
    tolerances.time_tolerance = Nanos(static_cast<std::int64_t>(options.time_tolerance * 1e9));
    tolerances.price_tolerance = options.price_tolerance;
    auto run = CompareRun::open({*files, options.format}, a->config, b->config, tolerances,
                                options.listed);
    if (!run) {
        return fail(run.error().message);
    }
    ProgressBar progress("compare");
    const auto failure = (*run)->run([&](double share, std::uint64_t records) {
        if (!options.quiet && progress.due()) {
            progress.update(share, with_separators(records) + " records");
        }
    });
    progress.finish();
    if (failure) {
        return fail(failure->message);
    }
    ComparisonFacts facts;
    (*run)->fill(facts);
    facts.a.name = a->name;
    facts.b.name = b->name;
    facts.inputs = *files;
    facts.settings = settings_that_differ(a->config, b->config);
    const ComparisonTally& tally = (*run)->tally();
    if (!options.html.empty()) {
        if (const auto problem = write_html(options.html, comparison_html(facts, tally))) {
            return fail(problem->message);
        }
    }
    const std::string text = options.json          ? comparison_json(facts, tally) + "\n"
                             : options.html == "-" ? std::string()
                                                   : comparison_text(facts, tally, listed_in_text);
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() ||
        std::fflush(stdout) != 0) {
        return fail("standard output cannot be written");
    }
    return options.fail_on_difference && tally.total().differences() > 0 ? exit_differ : exit_good;
}

}  // namespace

void add_compare_command(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<CompareOptions>();
    CLI::App& command = *app.add_subcommand(
        "compare", "Run recorded files through two configurations and compare the events");
    command.footer("Exit code: 0 done (equal, or no --fail-on-difference), 1 they differ, 2 error");
    command
        .add_option("files", options->files,
                    "Recorded files of any format, several days of them, or a journal's directory; "
                    "a quoted pattern names all that match")
        ->required()
        ->type_name("FILE");
    command
        .add_option("--config", options->configs,
                    "First A's, then B's: a folder, or a file in the place of its folder's "
                    "tickstock.json; one = both; none = the defaults")
        ->type_name("PATH")
        ->allow_extra_args(false);
    for (const auto& [name, list, text] :
         {std::tuple("--set", &options->settings, "Override a setting of both"),
          std::tuple("--set-a", &options->settings_a, "Override a setting of A"),
          std::tuple("--set-b", &options->settings_b,
                     "Override a setting of B, e.g. high_low.cooldown_seconds=5")}) {
        command.add_option(name, *list, text)->type_name("NAME=VALUE")->allow_extra_args(false);
    }
    command.add_option("--format", options->format, "Input format (default: detected)")
        ->type_name("F");
    const auto a_number = [](const std::string& text) {  // CLI::Range lets "nan" pass
        const bool is_one = text.find_first_of("nN") == std::string::npos;
        return is_one ? std::string() : text + ": accepted is a number";
    };
    command
        .add_option("--time-tolerance", options->time_tolerance,
                    "Seconds within which two events are near (default 1)")
        ->type_name("S")
        ->check(CLI::Range(0.0, 60.0))
        ->check(a_number);
    command
        .add_option("--price-tolerance", options->price_tolerance,
                    "Percent within which their prices are (default 0.01)")
        ->type_name("P")
        ->check(CLI::Range(0.0, 100.0))
        ->check(a_number);
    command
        .add_option("--differences", options->listed,
                    "Differences listed in page and JSON (default 200)")
        ->type_name("N")
        ->check(CLI::Range(0, 100'000));
    command.add_option("--html", options->html, "The report as one page; - = standard output")
        ->type_name("FILE");
    command.add_flag("--json", options->json, "The report as JSON");
    command.add_flag("--fail-on-difference", options->fail_on_difference,
                     "Exit with 1 when the events differ");
    command.add_flag("--quiet", options->quiet, "No progress");
    command.callback([options, &exit_code] { exit_code = run_compare(*options); });
}

}  // namespace tickstock
