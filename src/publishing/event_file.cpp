#include "publishing/event_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <queue>
#include <utility>

#include "base/assert.hpp"

namespace tickstock {
namespace {

struct Close {
    void operator()(std::FILE* file) const {
        if (file != stdout) {
            std::fclose(file);
        }
    }
};
using File = std::unique_ptr<std::FILE, Close>;

Result<File> open_output(const std::string& path) {
    File file(path == "-" ? stdout : std::fopen(path.c_str(), "wb"));
    if (!file) {
        return Error{path + ": cannot be written: " + std::strerror(errno)};
    }
    return file;
}

/// Counts lines and remembers the first failure of a run of writes.
class LineOutput {
public:
    LineOutput(std::string path, File file) : path_(std::move(path)), file_(std::move(file)) {}

    void line(std::string_view text) {
        const bool good = std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size() &&
                          std::fputc('\n', file_.get()) != EOF;
        if (!good && failure_ == 0) {
            failure_ = errno;
        }
        ++lines_;
    }
    Result<std::uint64_t> finish() {
        if (std::fflush(file_.get()) != 0 && failure_ == 0) {
            failure_ = errno;
        }
        if (failure_ != 0) {
            return Error{path_ + ": cannot be written: " + std::strerror(failure_)};
        }
        return lines_;
    }

private:
    std::string path_;
    File file_;
    std::uint64_t lines_ = 0;
    int failure_ = 0;
};

class StreamOrderFile final : public EventFile {
public:
    StreamOrderFile(std::string path, File file) : output_(std::move(path), std::move(file)) {}

    void write(const StreamEntry&, std::string_view body) override { output_.line(body); }
    Result<std::uint64_t> finish() override { return output_.finish(); }

private:
    LineOutput output_;
};

/// What lines are sorted by. Type by its name, id and revision as they stand in the body.
struct SortKey {
    std::int64_t ts = 0;
    SymbolText symbol;
    std::array<char, 12> type{};
    std::array<char, 16> id{};
    std::uint32_t revision = 0;

    auto operator<=>(const SortKey&) const = default;
};

/// Every body begins {"id":"16 hex","rev":N, — the encoder's committed order.
SortKey key_of(const StreamEntry& entry, std::string_view body) {
    constexpr std::string_view before_id = R"({"id":")";
    constexpr std::string_view before_revision = R"(","rev":)";
    TS_ASSERT(body.starts_with(before_id));
    SortKey key;
    key.ts = to_ns(entry.ts);
    key.symbol = entry.symbol;
    const std::string_view type = to_string(entry.type);
    std::copy_n(type.begin(), std::min(type.size(), key.type.size()), key.type.begin());
    const std::string_view id = body.substr(before_id.size(), key.id.size());
    std::copy(id.begin(), id.end(), key.id.begin());
    std::size_t at = before_id.size() + key.id.size() + before_revision.size();
    for (; body[at] >= '0' && body[at] <= '9'; ++at) {
        key.revision = key.revision * 10 + static_cast<std::uint32_t>(body[at] - '0');
    }
    return key;
}

struct Line {
    SortKey key;
    std::string body;
};

/// A run in the temporary file, read line by line.
class Run {
public:
    Run(std::FILE* file, long begin, std::uint64_t lines) : file_(file), at_(begin), left_(lines) {}

    bool next(Line& line) {
        if (left_ == 0) {
            return false;
        }
        --left_;
        std::uint32_t length = 0;
        std::fseek(file_, at_, SEEK_SET);
        const bool header = std::fread(&line.key, sizeof line.key, 1, file_) == 1 &&
                            std::fread(&length, sizeof length, 1, file_) == 1;
        line.body.resize(header ? length : 0);
        const bool whole =
            header && std::fread(line.body.data(), 1, length, file_) == line.body.size();
        TS_ASSERT(whole);  // our own bytes in a file without a name
        at_ += static_cast<long>(sizeof line.key + sizeof length + length);
        return true;
    }

private:
    std::FILE* file_;
    long at_;
    std::uint64_t left_;
};

class SortedFile final : public EventFile {
public:
    SortedFile(std::string path, File file, std::size_t memory_limit)
        : output_(path, std::move(file)), path_(std::move(path)), memory_limit_(memory_limit) {}

    void write(const StreamEntry& entry, std::string_view body) override {
        if (spill_failure_ != 0) {
            return;  // finish() will say so
        }
        lines_.push_back({key_of(entry, body), std::string(body)});
        memory_ += body.size() + sizeof(Line);
        if (memory_ > memory_limit_) {
            spill();
        }
    }

    Result<std::uint64_t> finish() override {
        if (spill_failure_ != 0) {
            return Error{path_ + ": no room for temporary files: " + std::strerror(spill_failure_)};
        }
        sort_lines();
        if (runs_.empty()) {
            for (const Line& line : lines_) {
                output_.line(line.body);
            }
        } else {
            merge();
        }
        return output_.finish();
    }

private:
    void sort_lines() {
        std::stable_sort(lines_.begin(), lines_.end(),
                         [](const Line& a, const Line& b) { return a.key < b.key; });
    }

    void spill() {
        if (!temporary_) {
            temporary_.reset(std::tmpfile());
            if (!temporary_) {
                spill_failure_ = errno;
                return;
            }
        }
        sort_lines();
        std::fseek(temporary_.get(), 0, SEEK_END);
        const long begin = std::ftell(temporary_.get());
        for (const Line& line : lines_) {
            const auto length = static_cast<std::uint32_t>(line.body.size());
            const bool good = std::fwrite(&line.key, sizeof line.key, 1, temporary_.get()) == 1 &&
                              std::fwrite(&length, sizeof length, 1, temporary_.get()) == 1 &&
                              std::fwrite(line.body.data(), 1, length, temporary_.get()) == length;
            if (!good && spill_failure_ == 0) {
                spill_failure_ = errno;
            }
        }
        if (std::fflush(temporary_.get()) != 0 && spill_failure_ == 0) {
            spill_failure_ = errno;
        }
        runs_.emplace_back(temporary_.get(), begin, lines_.size());
        lines_.clear();
        memory_ = 0;
    }

    void merge() {
        struct Head {
            Line line;
            std::size_t run;
        };
        const auto comes_later = [](const Head& a, const Head& b) {
            return a.line.key != b.line.key ? a.line.key > b.line.key : a.run > b.run;
        };
        std::priority_queue<Head, std::vector<Head>, decltype(comes_later)> heads(comes_later);
        std::size_t in_memory = 0;
        const auto push_next = [&](std::size_t run) {
            Head head{{}, run};
            if (run < runs_.size()) {
                if (!runs_[run].next(head.line)) {
                    return;
                }
            } else if (in_memory < lines_.size()) {
                head.line = std::move(lines_[in_memory++]);
            } else {
                return;
            }
            heads.push(std::move(head));
        };
        for (std::size_t run = 0; run <= runs_.size(); ++run) {
            push_next(run);
        }
        while (!heads.empty()) {
            const std::size_t run = heads.top().run;
            output_.line(heads.top().line.body);
            heads.pop();
            push_next(run);
        }
    }

    LineOutput output_;
    const std::string path_;
    const std::size_t memory_limit_;
    std::vector<Line> lines_;
    std::size_t memory_ = 0;
    File temporary_;
    std::vector<Run> runs_;
    int spill_failure_ = 0;
};

}  // namespace

Result<std::unique_ptr<EventFile>> open_stream_order_file(const std::string& path) {
    auto file = open_output(path);
    if (!file) {
        return file.error();
    }
    return std::unique_ptr<EventFile>(std::make_unique<StreamOrderFile>(path, std::move(*file)));
}

Result<std::unique_ptr<EventFile>> open_sorted_file(const std::string& path,
                                                    std::size_t memory_limit) {
    auto file = open_output(path);
    if (!file) {
        return file.error();
    }
    return std::unique_ptr<EventFile>(
        std::make_unique<SortedFile>(path, std::move(*file), memory_limit));
}

}  // namespace tickstock
