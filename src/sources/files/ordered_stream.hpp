#pragma once

#include <cstddef>
#include <memory>

#include "sources/file_reader.hpp"
#include "sources/files/record_stream.hpp"
#include "sources/files/text_file.hpp"

namespace tickstock {

/// Records that are looked at before the order of a file's rows is decided (32 MiB). Several files
/// share it, but each gets 1,024.
inline constexpr std::size_t order_head_records = std::size_t{1} << 18;

/// The file in the order of `options.order`. With Detect the first records are read ahead:
/// - the file ends among them: whether it is grouped by symbol is known exactly, and it is sorted;
/// - they look grouped: the file is sorted through runs in a temporary file;
/// - symbols are mixed: time-ordered, it streams on as it stands;
/// - neither (one symbol so far): the rest of the file is sampled (probe_grouped).
/// `head_records`: for tests.
std::unique_ptr<RecordStream> order_rows(std::unique_ptr<TextFile> file, std::size_t file_count,
                                         const FileReaderOptions& options,
                                         std::size_t head_records = order_head_records);

/// For files that come in time order by their format: sorted when `options.order` asks for it.
std::unique_ptr<RecordStream> sort_if_wanted(std::unique_ptr<RecordStream> file,
                                             std::size_t file_count,
                                             const FileReaderOptions& options);

}  // namespace tickstock
