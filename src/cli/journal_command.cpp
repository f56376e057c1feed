#include <fmt/format.h>

#include <cstdio>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/file_disk.hpp"
#include "cli/commands.hpp"
#include "cli/journal_text.hpp"
#include "cli/shared_options.hpp"
#include "journal/journal_files.hpp"
#include "journal/segment_survey.hpp"

namespace tickstock {
namespace {

struct JournalCommandOptions {
    std::string path = "data/journal";
    std::uint64_t from = 0;
    std::uint64_t count = std::numeric_limits<std::uint64_t>::max();
    std::string symbol;
    bool decisions = false;
};

int fail(const Error& error) {
    print_error(error.message);
    return exit_failed;
}

void print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

// --- ls ---------------------------------------------------------------------------------------

std::string end_of(const SegmentSurvey& segment) {
    if (!segment.has_header) {
        return "no header";
    }
    if (!segment.damage.empty()) {
        return "DAMAGED";
    }
    if (segment.tail.torn_bytes > 0) {
        return fmt::format("torn ({} bytes)", segment.tail.torn_bytes);
    }
    return segment.tail.closed ? "closed" : segment.tail.rotated ? "rotated" : "open";
}

/// Path, first sequence by its name (0 = any) and that of the segment after it (0 = none).
struct Listed {
    std::string path;
    Sequence first;
    Sequence next;
};

Result<std::vector<Listed>> list_path(Disk& disk, const std::string& path) {
    std::vector<Listed> listed;
    if (disk.open(path, Disk::Mode::Read).ok()) {
        listed.push_back({path, Sequence{}, Sequence{}});
        return listed;
    }
    const auto segments = list_segments(disk, path);
    if (!segments) {
        return segments.error();
    }
    for (std::size_t i = 0; i < segments->size(); ++i) {
        const bool last = i + 1 == segments->size();
        listed.push_back({segment_path(path, (*segments)[i]), (*segments)[i],
                          last ? Sequence{} : (*segments)[i + 1]});
    }
    if (listed.empty()) {
        return Error{path + ": no journal segment there"};
    }
    return listed;
}

int run_ls(const JournalCommandOptions& options) {
    FileDisk disk;
    const auto listed = list_path(disk, options.path);
    if (!listed) {
        return fail(listed.error());
    }
    int exit_code = exit_good;
    print(fmt::format("{:<24} {:>20} {:>20} {:>10} {:>12}  {:<30}  {:<9} {}\n", "segment", "first",
                      "last", "entries", "bytes", "created", "end", "logic"));
    for (const Listed& file : listed.value()) {
        const auto segment = survey_segment(disk, file.path, file.first, file.next);
        if (!segment) {
            exit_code = fail(segment.error());
            continue;
        }
        const std::uint64_t entries = segment->last.value() + 1 - segment->first.value();
        print(fmt::format("{:<24} {:>20} {:>20} {:>10} {:>12}  {:<30}  {:<9} {}\n",
                          file.path.substr(file.path.find_last_of('/') + 1), segment->first.value(),
                          entries == 0 ? "-" : std::to_string(segment->last.value()), entries,
                          segment->valid_through, iso_time(segment->header.created),
                          end_of(*segment), segment->header.logic_version));
        if (!segment->damage.empty()) {
            exit_code = fail(Error{segment->damage});
        }
    }
    return exit_code;
}

// --- cat and verify ---------------------------------------------------------------------------

/// The cursor's entries with the texts of their symbols.
class Entries {
public:
    static Result<Entries> open(Disk& disk, const JournalCommandOptions& options) {
        auto cursor = JournalCursor::open(disk, options.path, Sequence{options.from},
                                          JournalCursor::Writer::Gone);
        if (!cursor) {
            return cursor.error();
        }
        return Entries(std::move(*cursor));
    }

    bool next(JournalEntry& entry) {
        const bool found = cursor_->next(entry) == JournalCursor::Next::Entry;
        for (const SymbolDefinition& symbol : cursor_->take_symbols()) {
            if (symbol.id.value() >= texts_.size()) {
                texts_.resize(symbol.id.value() + std::size_t{1});
            }
            texts_[symbol.id.value()] = symbol.text;
            ++symbols_;
        }
        return found;
    }
    bool names(const JournalEntry& entry, std::string_view symbol) const {
        if (!entry.is_decision()) {
            const SymbolId id = entry.record.header().symbol;
            return id != symbol_none && texts_[id.value()].view() == symbol;
        }
        bool found = false;
        for_each_symbol(*entry.decision,
                        [&](SymbolId id) { found = found || texts_[id.value()].view() == symbol; });
        return found;
    }

    JournalCursor& cursor() { return *cursor_; }
    const std::vector<SymbolText>& texts() const { return texts_; }
    std::uint64_t symbols() const { return symbols_; }

private:
    explicit Entries(std::unique_ptr<JournalCursor> cursor) : cursor_(std::move(cursor)) {}

    std::unique_ptr<JournalCursor> cursor_;
    std::vector<SymbolText> texts_;  // by id
    std::uint64_t symbols_ = 0;
};

int run_cat(const JournalCommandOptions& options) {
    FileDisk disk;
    auto entries = Entries::open(disk, options);
    if (!entries) {
        return fail(entries.error());
    }
    JournalEntry entry;
    std::string line;
    for (std::uint64_t left = options.count; left > 0 && entries->next(entry);) {
        if ((options.decisions && !entry.is_decision()) ||
            (!options.symbol.empty() && !entries->names(entry, options.symbol))) {
            continue;
        }
        --left;
        line.clear();
        append_entry_json(line, entry, entries->texts());
        line += '\n';
        print(line);
        if (std::ferror(stdout) != 0) {
            return exit_failed;  // the reader has gone
        }
    }
    const auto failure = entries->cursor().failure();
    return failure ? fail(*failure) : exit_good;
}

int run_verify(const JournalCommandOptions& options) {
    FileDisk disk;
    auto entries = Entries::open(disk, options);
    if (!entries) {
        return fail(entries.error());
    }
    std::map<std::string, std::uint64_t> kinds;
    JournalEntry entry;
    Sequence first;
    Sequence last;
    while (entries->next(entry)) {
        first = first == Sequence{} ? entry.sequence : first;
        last = entry.sequence;
        ++kinds[entry.is_decision() ? fmt::format("decision {}", to_string(entry.decision->action))
                                    : std::string(to_string(entry.record.kind()))];
    }
    for (const auto& refused : entries->cursor().take_refused()) {
        kinds[fmt::format("refused {}", to_string(refused.reason))] += refused.count;
    }
    for (const auto& [kind, count] : kinds) {
        print(fmt::format("{:<40} {:>14}\n", kind, count));
    }
    print(fmt::format("{:<40} {:>14}\n", "symbols", entries->symbols()));
    if (const auto failure = entries->cursor().failure()) {
        print(fmt::format("DAMAGED behind entry {}\n", last.value()));
        return fail(*failure);
    }
    const SegmentTail tail = entries->cursor().tail();
    if (tail.torn_bytes > 0) {
        print(fmt::format("{:<40} {:>14}\n", "torn bytes at the end", tail.torn_bytes));
    }
    print(first == Sequence{} ? std::string("OK: no entries\n")
                              : fmt::format("OK: entries {} to {}, {}\n", first.value(),
                                            last.value(), tail.closed ? "closed" : "not closed"));
    return exit_good;
}

CLI::App& add(CLI::App& command, const char* name, const char* text,
              JournalCommandOptions& options) {
    CLI::App& subcommand = *command.add_subcommand(name, text);
    subcommand.add_option("path", options.path, "A journal's directory, or one segment file")
        ->type_name("PATH")
        ->capture_default_str();
    return subcommand;
}

}  // namespace

void add_journal_command(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<JournalCommandOptions>();
    CLI::App& command = *app.add_subcommand("journal", "Inspect what was recorded");
    command.require_subcommand(1);
    add(command, "ls", "List the segments", *options).callback([options, &exit_code] {
        exit_code = run_ls(*options);
    });
    CLI::App& cat = add(command, "cat", "Print entries, one JSON object a line", *options);
    cat.add_option("--from", options->from, "First entry's sequence; without it the oldest kept");
    cat.add_option("--count", options->count, "At most so many lines");
    cat.add_option("--symbol", options->symbol, "Only entries that name it");
    cat.add_flag("--decisions", options->decisions, "Only decisions");
    cat.callback([options, &exit_code] { exit_code = run_cat(*options); });
    add(command, "verify", "Read everything; exit status 1 when something is damaged", *options)
        .callback([options, &exit_code] { exit_code = run_verify(*options); });
}

}  // namespace tickstock
