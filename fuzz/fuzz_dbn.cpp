// Any bytes as a DBN file: head, metadata, records, symbols.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decoder_checks.hpp"
#include "sources/files/dbn_file.hpp"

namespace {

using namespace tickstock;

void read_file(std::string_view bytes) {
    SymbolCache symbols;
    FileReaderOptions options;
    options.on_first_reject = [](const Reject& reject) {
        TS_ASSERT(reject.excerpt.size() <= RowLedger::excerpt_bytes && reject.line > 0);
    };
    auto file = DbnFile::open("-", memory_source(bytes), options, symbols);
    if (!file.ok()) {
        TS_ASSERT(file.error().message.starts_with("-: byte "));
        return;
    }
    std::vector<Record> records;
    while (file.value()->fill(records, 5)) {
        TS_ASSERT(file.value()->counts().closes());
    }
    TS_ASSERT(file.value()->counts().closes());
    TS_ASSERT(file.value()->counts().out == records.size());
    TS_ASSERT(!file.value()->failure() ||
              file.value()->counts().dropped_for(Reason::Malformed) > 0);
    for (Record& record : records) {
        TS_ASSERT(record.header().ts_recv >= time_first && record.header().ts_recv < time_last);
        record.header().ts_recv = record.header().ts_event;  // the text formats have no other
        check_record(record, symbols.size());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    read_file({reinterpret_cast<const char*>(data), size});
    return 0;
}
