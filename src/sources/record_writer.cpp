#include "sources/record_writer.hpp"

#include <utility>
#include <vector>

#include "base/assert.hpp"
#include "sources/writing/record_writer_encoder.hpp"
#include "sources/writing/record_writer_output.hpp"

namespace tickstock {
namespace {

class TextWriter final : public RecordWriter {
public:
    TextWriter(std::unique_ptr<OutputSink> sink, std::unique_ptr<RecordEncoder> encoder)
        : sink_(std::move(sink)), encoder_(std::move(encoder)) {
        encoder_->begin(buffer_);
    }

    std::optional<Error> write(const RecordBatch& batch) override {
        symbols_.insert(symbols_.end(), batch.new_symbols.begin(), batch.new_symbols.end());
        for (const Record& record : batch.records) {
            const auto kind = static_cast<std::size_t>(record.kind());
            const bool held = record.kind() != RecordKind::ClockTick &&
                              encoder_->encode(record, symbol(record), buffer_);
            ++(held ? written_ : skipped_)[kind];
            constexpr std::size_t flush_at = 256 * 1024;
            if (buffer_.size() >= flush_at) {
                if (auto error = flush()) {
                    return error;
                }
            }
        }
        return std::nullopt;
    }

    std::optional<Error> finish() override {
        encoder_->end(buffer_);
        if (auto error = flush()) {
            return error;
        }
        return sink_->finish();
    }

    const KindCounts& written() const override { return written_; }
    const KindCounts& skipped() const override { return skipped_; }
    std::uint64_t bytes() const override { return sink_->bytes(); }

private:
    std::string_view symbol(const Record& record) const {
        const std::size_t id = record.header().symbol.value();
        TS_ASSERT(id < symbols_.size());
        return symbols_[id].view();
    }
    std::optional<Error> flush() {
        auto error = sink_->write(buffer_);
        buffer_.clear();
        return error;
    }

    std::unique_ptr<OutputSink> sink_;
    std::unique_ptr<RecordEncoder> encoder_;
    std::vector<SymbolText> symbols_;
    std::string buffer_;
    KindCounts written_{};
    KindCounts skipped_{};
};

std::unique_ptr<RecordEncoder> make_encoder(Format format) {
    switch (format) {
        case Format::PolygonWs: return make_polygon_ws_encoder();
        case Format::Csv: return make_csv_encoder();
        case Format::Ndjson: return make_ndjson_encoder();
        default: return make_flat_file_encoder(format);
    }
}

}  // namespace

Result<std::unique_ptr<RecordWriter>> open_writer(const std::string& path, Format format,
                                                  const RecordWriterOptions& options) {
    if (format == Format::Dbn || format == Format::AlpacaWs) {
        return Error{"cannot write " + path + " as " + std::string(to_string(format)) +
                     ": that format is only read; accepted are the other text formats"};
    }
    if (format == Format::Journal) {
        if (!options.open_journal) {
            return Error{"cannot write " + path +
                         " as journal: this command writes no journals; accepted are the text "
                         "formats"};
        }
        return options.open_journal(path);
    }
    auto sink = open_output(path);
    if (!sink) {
        return sink.error();
    }
    return std::unique_ptr<RecordWriter>(
        std::make_unique<TextWriter>(std::move(*sink), make_encoder(format)));
}

std::optional<Format> format_of_name(std::string_view path) {
    for (const std::string_view compression : {".gz", ".zst"}) {
        if (path.ends_with(compression)) {
            path.remove_suffix(compression.size());
            break;
        }
    }
    if (path.ends_with(".ndjson")) {
        return Format::Ndjson;
    }
    if (path.ends_with(".csv")) {
        return Format::Csv;
    }
    return path.ends_with(".jsonl") ? std::optional(Format::PolygonWs) : std::nullopt;
}

}  // namespace tickstock
