#pragma once

#include <string_view>
#include <vector>

#include "model/record.hpp"
#include "sources/dbn/dbn_metadata.hpp"
#include "sources/dbn/dbn_symbols.hpp"
#include "sources/formats/decode_context.hpp"

namespace tickstock::dbn {

/// One record of a DBN stream -> at most one record of ours (docs/sources.md has the table). Every
/// record is a row of the context's ledger: taken, or dropped by reason. No order book is built:
/// market-by-order gives its trades and nothing else. One thread; `context` must outlive it.
class Decoder {
public:
    Decoder(const Metadata& metadata, DecodeContext& context);

    /// `bytes`: one whole record. Appends to `out`.
    /// REQUIRES: bytes.size() is what its length byte says, and at least header_bytes.
    void decode(std::string_view bytes, std::vector<Record>& out);

private:
    FieldStatus build(std::string_view bytes, Record& out);
    FieldStatus build_trade(std::string_view bytes, Record& out);
    FieldStatus build_top(std::string_view bytes, Record& out);
    FieldStatus build_quote(std::string_view bytes, Record& out);
    FieldStatus build_order_trade(std::string_view bytes, Record& out);
    FieldStatus build_bar(std::string_view bytes, Timeframe timeframe, Record& out);
    FieldStatus build_status(std::string_view bytes, Record& out);
    FieldStatus read_mapping(std::string_view bytes);
    FieldStatus read_definition(std::string_view bytes);
    /// Header with symbol and times; `recv` = `event` where there is no ts_recv.
    FieldStatus fill(std::string_view bytes, std::uint64_t event, std::uint64_t recv,
                     SourceKind kind, RecordHeader& header);

    /// The same for a record with ts_recv and flags, which say whether ts_recv is good.
    FieldStatus fill_received(std::string_view bytes, std::uint64_t event, std::size_t recv,
                              std::size_t flags, RecordHeader& header);

    std::uint8_t version_;
    std::size_t symbol_length_;
    InstrumentMap instruments_;
    DecodeContext& context_;
};

}  // namespace tickstock::dbn
