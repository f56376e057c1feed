#include "sources/files/text_file.hpp"

#include <fmt/format.h>

namespace tickstock {

TextFile::TextFile(std::string path, LineReader lines, Format format,
                   const FileReaderOptions& options, SymbolCache& symbols)
    : path_(std::move(path)),
      lines_(std::move(lines)),
      format_(format),
      ledger_(path_, options.on_first_reject),
      context_(options.source, symbols, ledger_) {
    context_.quote_sizes = options.quote_sizes;
    context_.live_now = options.live_now;
}

Result<std::unique_ptr<TextFile>> TextFile::open(std::string path, LineReader lines, Format format,
                                                 const FileReaderOptions& options,
                                                 SymbolCache& symbols) {
    std::unique_ptr<TextFile> file(
        new TextFile(std::move(path), std::move(lines), format, options, symbols));
    std::uint64_t header_line = 1;
    if (has_header(format)) {
        std::optional<LineReader::Line> line = file->lines_.next();
        while (line && line->text.empty()) {
            line = file->lines_.next();
        }
        if (!line) {
            file->note_failure();
            return file;
        }
        file->header_ = line->text;
        header_line = line->number;
    }
    Result<std::unique_ptr<LineDecoder>> decoder =
        make_line_decoder(format, file->header_, file->context_);
    if (!decoder.ok()) {
        return Error{
            fmt::format("{}: line {}: {}", file->path_, header_line, decoder.error().message)};
    }
    file->decoder_ = std::move(decoder).value();
    return file;
}

bool TextFile::fill(std::vector<Record>& out, std::size_t limit) {
    const std::size_t before = out.size();
    while (!at_end_ && out.size() - before < limit) {
        const std::optional<LineReader::Line> line = lines_.next();
        if (!line) {
            note_failure();
            break;
        }
        ledger_.at(line->number, line->byte);
        if (line->too_long) {
            ledger_.reject(Reason::LineTooLong, line->text);
        } else {
            decoder_->decode(line->text, out);
        }
    }
    return out.size() > before;
}

/// At the end: an input that failed has lost its last line.
void TextFile::note_failure() {
    at_end_ = true;
    if (const auto& failure = lines_.source().failure()) {
        ledger_.at(lines_.lines() + 1, 0);
        ledger_.reject(Reason::Malformed, failure->message);
    }
}

ReadProgress TextFile::progress() const {
    return {lines_.source().bytes_read(), lines_.source().bytes_total()};
}

std::optional<Error> TextFile::failure() const {
    const auto& failure = lines_.source().failure();
    if (!failure) {
        return std::nullopt;
    }
    return Error{fmt::format("{}: line {}: {}", path_, lines_.lines() + 1, failure->message)};
}

}  // namespace tickstock
