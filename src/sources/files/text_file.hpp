#pragma once

#include <memory>
#include <string>

#include "sources/file_reader.hpp"
#include "sources/files/line_reader.hpp"
#include "sources/files/record_stream.hpp"
#include "sources/formats/line_decoder.hpp"

namespace tickstock {

/// One input of a text format, decoded row by row in the order in which the rows stand.
class TextFile final : public RecordStream {
public:
    /// Reads the first bytes for the header. Errors begin with the file's name.
    /// REQUIRES: a format of lines of text, so neither Journal nor Dbn.
    static Result<std::unique_ptr<TextFile>> open(std::string path, LineReader lines, Format format,
                                                  const FileReaderOptions& options,
                                                  SymbolCache& symbols);

    bool fill(std::vector<Record>& out, std::size_t limit) override;
    StageCounts counts() const override { return ledger_.counts(); }
    ReadProgress progress() const override;
    std::optional<Error> failure() const override;

    const std::string& path() const { return path_; }
    Format format() const { return format_; }
    const std::string& header() const { return header_; }

private:
    TextFile(std::string path, LineReader lines, Format format, const FileReaderOptions& options,
             SymbolCache& symbols);
    void note_failure();

    std::string path_;
    LineReader lines_;
    Format format_;
    std::string header_;
    RowLedger ledger_;
    DecodeContext context_;                 // refers to ledger_
    std::unique_ptr<LineDecoder> decoder_;  // none: the file is empty
    bool at_end_ = false;
};

}  // namespace tickstock
