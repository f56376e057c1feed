#include "config/universe_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "config/file_text.hpp"
#include "config/json_entries.hpp"
#include "config/nearest_key.hpp"
#include "model/symbol.hpp"
#include "model/universe.hpp"

namespace tickstock {
namespace {

namespace fs = std::filesystem;
using Kind = RawValue::Kind;

/// Enough for as many symbols as a universe may have, one a line.
constexpr std::uintmax_t file_size_limit = 4 << 20;
constexpr std::size_t description_limit = 500;
constexpr std::string_view accepted_symbols = "1 to 16 printable ASCII characters";

/// Builds one universe from the members of its file.
class UniverseReader {
public:
    UniverseReader(const std::string& path, const std::string& name, UniverseFiles& into)
        : path_(path), into_(into) {
        universe_.name = name;
    }

    void set(const JsonEntry& entry);
    /// Checks what no single member tells, and adds the universe.
    void finish();

private:
    void set_symbols(const JsonEntry& entry);
    void refuse(const JsonEntry& entry, std::string_view accepted) {
        fail(fmt::format("{}:{}: {} = {}: accepted is {}", path_, entry.line, entry.path,
                         raw_text(entry.value), accepted));
    }
    void fail(std::string error) {
        good_ = false;
        into_.errors.push_back(std::move(error));
    }

    const std::string& path_;
    UniverseFiles& into_;
    UniverseSettings universe_;
    bool has_symbols_ = false;
    bool good_ = true;
};

void UniverseReader::set(const JsonEntry& entry) {
    const RawValue& value = entry.value;
    if (entry.path == "name") {
        if (value.kind != Kind::String || value.text != universe_.name) {
            refuse(entry, fmt::format("\"{}\", the name of the file", universe_.name));
        }
    } else if (entry.path == "priority") {
        if (value.kind != Kind::Boolean) {
            refuse(entry, "true, false");
        } else {
            universe_.priority = value.text == "true";
        }
    } else if (entry.path == "description") {
        if (value.kind != Kind::String || value.text.size() > description_limit) {
            refuse(entry, fmt::format("text of up to {} bytes", description_limit));
        } else {
            universe_.description = value.text;
        }
    } else if (entry.path == "symbols") {
        set_symbols(entry);
    } else {
        const auto nearest =
            nearest_key(entry.path, {"name", "description", "priority", "symbols"});
        fail(fmt::format("{}:{}: {}: {}", path_, entry.line, entry.path,
                         unknown_key_text(nearest, "name, description, priority, symbols")));
    }
}

void UniverseReader::set_symbols(const JsonEntry& entry) {
    has_symbols_ = true;
    const std::vector<RawValue>& items = entry.value.items;
    if (entry.value.kind != Kind::List || items.empty()) {
        refuse(entry, "a list of at least one symbol");
        return;
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].kind != Kind::String || !SymbolText::is_valid(items[i].text)) {
            fail(fmt::format("{}:{}: symbols.{} = {}: accepted is {}", path_, entry.line, i,
                             raw_text(items[i]), accepted_symbols));
            return;  // one is enough to see what is wrong with the list
        }
        universe_.symbols.push_back(items[i].text);
    }
    auto& symbols = universe_.symbols;
    std::sort(symbols.begin(), symbols.end());
    symbols.erase(std::unique(symbols.begin(), symbols.end()), symbols.end());
    if (symbols.size() > universe_symbol_limit) {
        fail(fmt::format("{}:{}: symbols = {} symbols: accepted are {}", path_, entry.line,
                         symbols.size(), universe_symbol_limit));
    }
}

void UniverseReader::finish() {
    if (good_ && !has_symbols_) {
        fail(fmt::format("{}: symbols: is missing; every universe needs it", path_));
    }
    if (good_) {
        into_.universes.push_back(std::move(universe_));
    }
}

void check_together(const fs::path& folder, UniverseFiles& files) {
    std::size_t total = 0;
    for (const UniverseSettings& universe : files.universes) {
        total += universe.symbols.size();
    }
    if (files.universes.size() > universe_limit) {
        files.errors.push_back(fmt::format("{}: {} universes: accepted are {}", folder.string(),
                                           files.universes.size(), universe_limit));
    }
    if (total > universe_total_limit) {
        files.errors.push_back(fmt::format("{}: {} symbols in all universes: accepted are {}",
                                           folder.string(), total, universe_total_limit));
    }
}

}  // namespace

void read_universe_text(std::string_view text, const std::string& path, const std::string& name,
                        UniverseFiles& into) {
    if (!is_universe_name(name)) {
        into.errors.push_back(
            fmt::format("{}: file name = {}: accepted is 1 to {} of a-z, 0-9, _ and -, then .json",
                        path, raw_text({Kind::String, name, {}}), universe_name_limit));
        return;
    }
    const auto entries = read_json_entries(text);
    if (!entries) {
        into.errors.push_back(fmt::format("{}:{}", path, entries.error().message));
        return;
    }
    UniverseReader reader(path, name, into);
    for (const JsonEntry& entry : *entries) {
        reader.set(entry);
    }
    reader.finish();
}

UniverseFiles read_universe_directory(const std::string& config_directory) {
    UniverseFiles files;
    const fs::path folder = fs::path(config_directory) / "universes";
    for (const fs::path& path : json_files_of(folder, files.errors)) {
        if (const auto text = read_file_text(path, file_size_limit, files.errors)) {
            read_universe_text(*text, path.string(), path.stem().string(), files);
        }
    }
    // By file name so far: "a-b.json" stands before "a.json", "a" before "a-b".
    std::sort(files.universes.begin(), files.universes.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    check_together(folder, files);
    return files;
}

}  // namespace tickstock
