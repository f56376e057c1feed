// Any bytes as a file: decompression, format detection, header, decoding, order of the rows (with a
// head so small that sorting through a temporary file is reached).

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decoder_checks.hpp"
#include "sources/files/ordered_stream.hpp"
#include "sources/format.hpp"

namespace {

using namespace tickstock;

void read_file(std::string_view bytes) {
    LineReader lines(decompressed(memory_source(bytes)), 64);
    const std::optional<Format> format = detect_format(lines.head(4096));
    if (!format || *format == Format::Journal || *format == Format::Dbn) {
        return;
    }
    TS_ASSERT(parse_format(to_string(*format)) == format);
    SymbolCache symbols;
    const FileReaderOptions options;
    // "-" is never opened a second time, so nothing but `bytes` is read.
    auto file = TextFile::open("-", std::move(lines), *format, options, symbols);
    if (!file.ok()) {
        return;
    }
    constexpr std::size_t head_records = 8;
    const auto stream = order_rows(std::move(file).value(), 1, options, head_records);
    std::vector<Record> records;
    while (stream->fill(records, 5)) {
        TS_ASSERT(stream->counts().closes());
    }
    TS_ASSERT(stream->counts().out == records.size());
    for (const Record& record : records) {
        check_record(record, symbols.size());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    read_file({reinterpret_cast<const char*>(data), size});
    return 0;
}
