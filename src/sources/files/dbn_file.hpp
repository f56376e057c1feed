#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sources/dbn/dbn_decoder.hpp"
#include "sources/dbn/dbn_metadata.hpp"
#include "sources/file_reader.hpp"
#include "sources/files/byte_source.hpp"
#include "sources/files/record_stream.hpp"

namespace tickstock {

/// One input in Databento's binary encoding, record by record in the order in which they stand (by
/// the time at which the vendor received them). Reading ends, with a failure, where the length of a
/// record cannot be or the file is cut off; records that are bad in themselves are counted and the
/// rest goes on. Memory: the metadata while it is read, the instruments, and 256 KiB.
class DbnFile final : public RecordStream {
public:
    /// Reads the metadata. Errors begin with the file's name. An empty input is a run of no
    /// records.
    static Result<std::unique_ptr<DbnFile>> open(std::string path,
                                                 std::unique_ptr<ByteSource> bytes,
                                                 const FileReaderOptions& options,
                                                 SymbolCache& symbols);

    bool fill(std::vector<Record>& out, std::size_t limit) override;
    StageCounts counts() const override { return ledger_.counts(); }
    ReadProgress progress() const override;
    std::optional<Error> failure() const override { return failure_; }

private:
    DbnFile(std::string path, std::unique_ptr<ByteSource> bytes, const FileReaderOptions& options,
            SymbolCache& symbols);
    Result<bool> read_head();
    /// Has `wanted` bytes in the buffer; false at the end.
    bool have(std::size_t wanted);
    std::string_view buffered() const { return {buffer_.data() + begin_, end_ - begin_}; }
    void take(std::size_t count);
    /// The next record whole in the buffer: its length; 0 at the end.
    std::size_t next_record();
    void fail(const std::string& message);

    std::string path_;
    std::unique_ptr<ByteSource> bytes_;
    RowLedger ledger_;
    DecodeContext context_;                // refers to ledger_
    std::optional<dbn::Decoder> decoder_;  // none: the file is empty
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t position_ = 0;  // of begin_, in the decompressed bytes
    std::uint64_t records_ = 0;
    bool at_end_ = false;
    std::optional<Error> failure_;
};

}  // namespace tickstock
