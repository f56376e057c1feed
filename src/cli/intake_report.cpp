#include "cli/intake_report.hpp"

#include <cerrno>
#include <cstring>

#include "engine/intake_text.hpp"

namespace tickstock {

void print_unknown_conditions(const std::vector<UnknownConditionEntry>& entries) {
    for (const UnknownConditionEntry& entry : entries) {
        std::fprintf(stderr, "warning: %s\n", describe(entry).c_str());
    }
}

Result<QuarantineFile> QuarantineFile::open(const std::string& path) {
    QuarantineFile result;
    result.path_ = path;
    result.file_.reset(path == "-" ? stdout : std::fopen(path.c_str(), "wb"));
    if (!result.file_) {
        return Error{path + ": " + std::strerror(errno)};
    }
    return result;
}

Result<std::size_t> QuarantineFile::write(const std::vector<QuarantineEntry>& entries) {
    std::string line;
    bool good = true;
    for (const QuarantineEntry& entry : entries) {
        line.clear();
        append_json(line, entry);
        line += '\n';
        good = good && std::fwrite(line.data(), 1, line.size(), file_.get()) == line.size();
    }
    good = std::fflush(file_.get()) == 0 && good;
    if (!good) {
        return Error{path_ + ": " + std::strerror(errno)};
    }
    file_.reset();
    return entries.size();
}

}  // namespace tickstock
