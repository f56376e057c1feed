#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "model/accounting.hpp"
#include "model/record.hpp"
#include "sources/formats/decode_context.hpp"
#include "sources/formats/line_decoder.hpp"
#include "sources/push/push_queue.hpp"

namespace tickstock {

/// Turns pushed NDJSON rows into records. One thread.
class PushRows {
public:
    PushRows();

    struct Times {
        UnixNanos received;     ///< ts_recv of the records
        UnixNanos wall;         ///< for rows of the future: the wall clock as it stands
        bool is_event = false;  ///< the setting clock = event: ts_recv = ts_event
    };
    /// Replaces the content of `out` by the good rows of `batch` whose number is above `through`,
    /// and fills everything in the result but `accepted`, `refused` and `sequence`. A record's
    /// source_sequence is its row's number, its kind that of rows that clients push.
    void decode(const PushQueue::Batch& batch, std::uint64_t through, const Times& times,
                RecordBatch& out, PushResult& result);

    /// Rows in = records out + dropped by reason.
    StageCounts counts() const;

private:
    void take_row(std::string_view row, std::uint64_t line, RecordBatch& out, PushResult& result);

    SymbolCache symbols_;
    RowLedger ledger_;
    DecodeContext context_;
    std::unique_ptr<LineDecoder> decoder_;
    std::string line_;    // the row, with the padding that decoders read beyond
    StageCounts before_;  // of the ledger, to see why a row was rejected
    std::uint64_t duplicates_ = 0;
};

}  // namespace tickstock
