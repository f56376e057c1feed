#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/record_reader.hpp"
#include "sources/format.hpp"
#include "sources/formats/decode_context.hpp"

namespace tickstock {

/// One file to read. `path` "-" is standard input. Compression is always detected.
struct FileInput {
    std::string path;
    std::optional<Format> format;  ///< detected when absent
};

/// In which order the records of one file come.
enum class RowOrder : std::uint8_t {
    Detect,  ///< sorted by time when the rows are grouped by symbol, else as they stand
    AsRead,  ///< as they stand
    ByTime,  ///< sorted by time, stable
};

struct FileReaderOptions {
    SourceId source;
    QuoteSizeRule quote_sizes = QuoteSizeRule::ByDate;
    /// Absent for files. When given, records more than 1 h ahead of it are rejected.
    std::optional<UnixNanos> live_now;
    RowOrder order = RowOrder::Detect;
    /// Called for the first rejected row of each reason in each file, from within read().
    RejectCallback on_first_reject;
    /// Opens a journal (a segment file or a folder of them). The journal is another layer's, so
    /// who wires the two passes it; without it a journal is an error.
    std::function<Result<std::unique_ptr<RecordReader>>(const std::string& path)> open_journal;
    /// The same for journals that are no plain file: compressed, or on standard input. `read` fills
    /// up to into.size() bytes and says how many, 0 = the end; `name` is for messages.
    std::function<Result<std::unique_ptr<RecordReader>>(
        std::function<Result<std::size_t>(std::span<char> into)> read, const std::string& name)>
        open_journal_bytes;
    /// Where sorted runs of large files go (a file without a name); empty = the system's place for
    /// temporary files. Needs 128 bytes a record of the largest grouped file.
    std::string temporary_folder;
};

/// Opens the files and reads them as one run: each file in the order of `options.order`, several
/// merged by (ts_event, position in `inputs`, row). Symbol ids are shared by all of them. Fails,
/// with the file's name, when a file cannot be opened, its format is unknown, or a needed column is
/// missing. An empty file is a run of no records.
///
/// Memory: at most 32 MiB of decoded records for all files together while their order is looked at
/// (but 1,024 records a file), plus buffers of about 0.4 MiB a file (a line may need 1 MiB more),
/// plus 32 MiB for each file that is sorted.
/// REQUIRES: !inputs.empty().
Result<std::unique_ptr<RecordReader>> open_files(std::vector<FileInput> inputs,
                                                 FileReaderOptions options);

}  // namespace tickstock
