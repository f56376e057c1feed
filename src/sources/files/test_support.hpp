#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "sources/file_reader.hpp"
#include "sources/formats/line_decoder.hpp"

namespace tickstock {

// Helpers of this folder's tests.

/// The folder of recorded market data; empty when it is absent.
inline std::string recorded_data() {
    const char* given = std::getenv("TICKSTOCK_TEST_DATA");
#ifdef TICKSTOCK_SOURCE_DIR  // not while the header is compiled alone
    const std::string folder = given != nullptr ? given : TICKSTOCK_SOURCE_DIR "/../shared/data";
#else
    const std::string folder = given != nullptr ? given : "";
#endif
    return std::filesystem::is_directory(folder) ? folder : std::string{};
}

/// Everything that a reader gives.
struct ReadAll {
    std::vector<Record> records;
    std::vector<SymbolText> symbols;  // by id
    StageCounts counts;
    ReadProgress progress;
    std::optional<Error> failure;

    std::string_view symbol(std::size_t i) const {
        return symbols[records[i].header().symbol.value()].view();
    }
};

inline ReadAll read_all(RecordReader& reader) {
    ReadAll all;
    RecordBatch batch;
    while (reader.read(batch)) {
        EXPECT_TRUE(reader.counts().closes());
        EXPECT_FALSE(batch.records.empty());
        all.records.insert(all.records.end(), batch.records.begin(), batch.records.end());
        all.symbols.insert(all.symbols.end(), batch.new_symbols.begin(), batch.new_symbols.end());
    }
    EXPECT_TRUE(batch.records.empty());
    all.counts = reader.counts();
    all.progress = reader.progress();
    all.failure = reader.failure();
    EXPECT_TRUE(all.counts.closes());
    return all;
}

inline ReadAll read_all(std::vector<FileInput> inputs, FileReaderOptions options = {}) {
    auto reader = open_files(std::move(inputs), std::move(options));
    if (!reader.ok()) {
        ADD_FAILURE() << reader.error().message;
        return {};
    }
    return read_all(*reader.value());
}

/// A folder of its own that goes with the test.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "sources-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            ADD_FAILURE() << "no temporary folder";
        }
        path_ = name;
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::string write(const std::string& name, std::string_view content) const {
        const std::string file = (path_ / name).string();
        std::ofstream(file, std::ios::binary) << content;
        return file;
    }

private:
    std::filesystem::path path_;
};

/// A decoder with all it needs, fed line by line.
class DecoderHarness {
public:
    explicit DecoderHarness(Format format, std::string_view header = {}) {
        context.emplace(SourceId{3}, symbols, ledger);
        auto made = make_line_decoder(format, header, *context);
        EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.error().message);
        if (made.ok()) {
            decoder = std::move(made).value();
        }
    }

    /// The records of one line.
    std::vector<Record> decode(std::string_view line) {
        std::string padded(line);
        padded.append(line_padding, '\0');
        std::vector<Record> out;
        decoder->decode(std::string_view(padded).substr(0, line.size()), out);
        EXPECT_TRUE(ledger.counts().closes());
        return out;
    }
    std::uint64_t dropped(Reason reason) const { return ledger.counts().dropped_for(reason); }
    std::string_view symbol(const Record& record) const {
        return symbols.text(record.header().symbol).view();
    }

    SymbolCache symbols;
    RowLedger ledger;
    std::optional<DecodeContext> context;
    std::unique_ptr<LineDecoder> decoder;
};

}  // namespace tickstock
