#include "config/file_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>

namespace tickstock {

namespace fs = std::filesystem;

std::optional<std::string> read_file_text(const fs::path& path, std::uintmax_t limit,
                                          std::vector<std::string>& errors) {
    std::error_code error;
    const auto size = fs::file_size(path, error);  // fails where a pipe would hold the reader up
    std::ifstream stream;
    if (!error) {
        stream.open(path, std::ios::binary);
    }
    if (!stream.is_open()) {
        errors.push_back(fmt::format("{}: cannot be read", path.string()));
        return std::nullopt;
    }
    if (size > limit) {
        errors.push_back(fmt::format("{}: {} bytes: accepted are {}", path.string(), size, limit));
        return std::nullopt;
    }
    return std::string{std::istreambuf_iterator<char>(stream), {}};
}

std::vector<fs::path> json_files_of(const fs::path& folder, std::vector<std::string>& errors) {
    std::error_code error;
    std::vector<fs::path> files;
    for (auto entry = fs::directory_iterator(folder, error); entry != fs::directory_iterator();
         entry.increment(error)) {
        if (entry->path().extension() == ".json") {
            files.push_back(entry->path());
        }
    }
    if (error && error != std::errc::no_such_file_or_directory) {
        errors.push_back(fmt::format("{}: {}", folder.string(), error.message()));
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace tickstock
