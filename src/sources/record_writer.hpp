#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/record.hpp"
#include "sources/format.hpp"

namespace tickstock {

/// How many records of each kind (by RecordKind).
using KindCounts = std::array<std::uint64_t, 6>;

/// Writes records to a file that the readers of this folder read again. One thread.
class RecordWriter {
public:
    virtual ~RecordWriter() = default;

    /// Appends the records of `batch` in their order. Batches come from one reader: their symbol
    /// ids go on from batch to batch. A record that the format cannot hold is counted in skipped().
    /// An error (disk full, …) is final.
    virtual std::optional<Error> write(const RecordBatch& batch) = 0;

    /// Completes the file and gives it its name. Without it nothing is left behind.
    virtual std::optional<Error> finish() = 0;

    virtual const KindCounts& written() const = 0;
    virtual const KindCounts& skipped() const = 0;
    /// On disk, compressed where the file is; complete after finish().
    virtual std::uint64_t bytes() const = 0;
};

struct RecordWriterOptions {
    /// Opens a journal to write. The journal is another layer's, so who wires the two passes it;
    /// without it Format::Journal is an error.
    std::function<Result<std::unique_ptr<RecordWriter>>(const std::string& path)> open_journal;
};

/// Opens `path` for writing: "-" = standard output, a name that ends in .gz or .zst is compressed.
/// Until finish() the records stand in `path`.tmp.
///
/// What the formats hold (all else is skipped and counted):
///   polygon-ws           trades, quotes, second and minute bars, fair values, LULD bands; times of
///                        trades, quotes and bars in ms
///   polygon-trades-csv   trades
///   polygon-quotes-csv   quotes
///   polygon-minute-csv   minute bars
///   polygon-day-csv      day bars; minute bars are folded into one row a symbol and day: prices
///                        of the regular session, volume of all. Written at the end.
///   csv, ndjson          trades, quotes, bars, fair values, halts, pauses, resumptions
Result<std::unique_ptr<RecordWriter>> open_writer(const std::string& path, Format format,
                                                  const RecordWriterOptions& options = {});

/// The format that a file name suggests: *.ndjson, *.csv, and *.jsonl for polygon-ws, all also with
/// .gz or .zst. Nothing for other names.
std::optional<Format> format_of_name(std::string_view path);

}  // namespace tickstock
