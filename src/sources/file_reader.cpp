#include "sources/file_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "sources/files/byte_source.hpp"
#include "sources/files/dbn_file.hpp"
#include "sources/files/journal_stream.hpp"
#include "sources/files/line_reader.hpp"
#include "sources/files/merge.hpp"
#include "sources/files/ordered_stream.hpp"
#include "sources/files/text_file.hpp"

namespace tickstock {
namespace {

constexpr std::size_t batch_records = 1024;   // 128 KiB: stays in the cache
constexpr std::size_t head_bytes = 64 << 10;  // enough for format detection
constexpr std::size_t files_with_large_buffers = 8;
constexpr std::size_t large_buffer = 256 << 10;
constexpr std::size_t small_buffer = 64 << 10;

/// Several streams as one, merged by the time of their heads; one stream passes straight through.
class FileReader final : public RecordReader {
public:
    explicit FileReader(std::unique_ptr<SymbolCache> symbols) : symbols_(std::move(symbols)) {}

    void add(std::unique_ptr<RecordStream> stream) { runs_.push_back({std::move(stream), {}, 0}); }

    bool read(RecordBatch& batch) override {
        batch.clear();
        if (runs_.size() == 1) {
            runs_.front().stream->fill(batch.records, batch_records);
        } else {
            merge(batch.records);
        }
        symbols_->take_new(batch.new_symbols);
        handed_over_ += batch.records.size();
        if (batch.records.empty()) {
            batch.clear();
            return false;
        }
        batch.source = batch.records.front().header().source;
        return true;
    }

    StageCounts counts() const override {
        StageCounts sum;
        for (const Run& run : runs_) {
            sum += run.stream->counts();
        }
        // The streams count decoded records: those not handed over yet are held here.
        sum.held += sum.out - handed_over_;
        sum.out = handed_over_;
        return sum;
    }

    ReadProgress progress() const override {
        ReadProgress sum;
        bool known = true;
        for (const Run& run : runs_) {
            const ReadProgress one = run.stream->progress();
            sum.bytes_read += one.bytes_read;
            sum.bytes_total += one.bytes_total;
            known = known && one.bytes_total != 0;
        }
        sum.bytes_total = known ? sum.bytes_total : 0;
        return sum;
    }

    std::optional<Error> failure() const override {
        for (const Run& run : runs_) {
            if (auto failure = run.stream->failure()) {
                return failure;
            }
        }
        return std::nullopt;
    }

private:
    struct Run {
        std::unique_ptr<RecordStream> stream;
        std::vector<Record> buffer;
        std::size_t at = 0;

        const Record& head() const { return buffer[at]; }
        /// Makes head() valid; false at the end.
        bool refill() {
            if (at < buffer.size()) {
                return true;
            }
            buffer.clear();
            at = 0;
            return stream->fill(buffer, batch_records);
        }
    };

    void merge(std::vector<Record>& out) {
        if (!begun_) {
            begun_ = true;
            for (std::size_t i = 0; i < runs_.size(); ++i) {
                if (runs_[i].refill()) {
                    heap_.push(runs_[i].head().header().ts_event, static_cast<std::uint32_t>(i));
                }
            }
        }
        while (!heap_.empty() && out.size() < batch_records) {
            Run& run = runs_[heap_.top()];
            out.push_back(run.head());
            ++run.at;
            if (run.refill()) {
                heap_.replace_top(run.head().header().ts_event);
            } else {
                heap_.pop();
            }
        }
    }

    std::unique_ptr<SymbolCache> symbols_;  // at one place: the streams refer to it
    std::vector<Run> runs_;
    RunHeap heap_;
    bool begun_ = false;
    std::uint64_t handed_over_ = 0;
};

bool is_folder(const std::string& path) {
    std::error_code error;
    return std::filesystem::is_directory(path, error);
}

/// What one input turned out to be: a journal (to be opened by its path), or bytes to be read on.
struct Opened {
    FileInput input;
    Format format = Format::Csv;
    std::optional<LineReader> lines;
};

Result<Opened> open_input(FileInput input, std::size_t file_count) {
    if (input.path != "-" && is_folder(input.path)) {
        if (input.format.value_or(Format::Journal) != Format::Journal) {
            return Error{fmt::format("{}: is a directory; only a journal may be one", input.path)};
        }
        return Opened{std::move(input), Format::Journal, std::nullopt};
    }
    Result<std::unique_ptr<ByteSource>> raw = open_raw(input.path);
    if (!raw.ok()) {
        return raw.error();
    }
    LineReader lines(decompressed(std::move(raw).value()),
                     file_count <= files_with_large_buffers ? large_buffer : small_buffer);
    Format format = Format::Csv;
    if (input.format) {
        format = *input.format;
    } else {
        const std::string_view head = lines.head(head_bytes);
        const std::optional<Format> detected = detect_format(head);
        if (!detected && lines.source().failure()) {
            return Error{fmt::format("{}: {}", input.path, lines.source().failure()->message)};
        }
        if (!detected && head.find_first_not_of(" \t\r\n") != std::string_view::npos) {
            return Error{fmt::format("{}: line 1: format not recognised; name it, one of {}",
                                     input.path, format_names())};
        }
        format = detected.value_or(Format::Ndjson);  // an empty file: any will do
    }
    return Opened{std::move(input), format, std::move(lines)};
}

/// True when a reader of plain files can open `path` itself.
bool is_plain_file(const std::string& path) {
    if (path == "-") {
        return false;
    }
    Result<std::unique_ptr<ByteSource>> raw = open_raw(path);
    std::array<char, 4> magic{};
    const std::size_t got = raw.ok() ? raw.value()->read(magic) : 0;
    return detect_compression({magic.data(), got}) == Compression::None;
}

Result<std::unique_ptr<RecordReader>> open_journal(Opened opened,
                                                   const FileReaderOptions& options) {
    const std::string& path = opened.input.path;
    if (options.open_journal && (!opened.lines || is_plain_file(path))) {
        return options.open_journal(path);
    }
    if (!options.open_journal_bytes || !opened.lines) {
        return Error{fmt::format("{}: is a journal, which cannot be read here", path)};
    }
    std::shared_ptr<ByteSource> source = std::move(*opened.lines).release();
    const auto read = [source](std::span<char> into) -> Result<std::size_t> {
        const std::size_t got = source->read(into);
        if (got == 0 && source->failure()) {
            return *source->failure();
        }
        return got;
    };
    return options.open_journal_bytes(read, path);
}

}  // namespace

Result<std::unique_ptr<RecordReader>> open_files(std::vector<FileInput> inputs,
                                                 FileReaderOptions options) {
    TS_ASSERT(!inputs.empty());
    const std::size_t file_count = inputs.size();
    auto symbols = std::make_unique<SymbolCache>();
    SymbolCache& cache = *symbols;
    auto reader = std::make_unique<FileReader>(std::move(symbols));
    for (FileInput& input : inputs) {
        Result<Opened> opened = open_input(std::move(input), file_count);
        if (!opened.ok()) {
            return opened.error();
        }
        const std::string path = opened->input.path;
        if (opened->format == Format::Journal) {
            Result<std::unique_ptr<RecordReader>> journal =
                open_journal(std::move(*opened), options);
            if (!journal.ok() || file_count == 1) {
                return journal;
            }
            reader->add(std::make_unique<JournalStream>(std::move(journal).value(), cache));
            continue;
        }
        if (opened->format == Format::Dbn) {
            Result<std::unique_ptr<DbnFile>> file =
                DbnFile::open(path, std::move(*opened->lines).release(), options, cache);
            if (!file.ok()) {
                return file.error();
            }
            reader->add(sort_if_wanted(std::move(file).value(), file_count, options));
            continue;
        }
        Result<std::unique_ptr<TextFile>> file =
            TextFile::open(path, std::move(*opened->lines), opened->format, options, cache);
        if (!file.ok()) {
            return file.error();
        }
        reader->add(order_rows(std::move(file).value(), file_count, options));
    }
    return std::unique_ptr<RecordReader>(std::move(reader));
}

}  // namespace tickstock
