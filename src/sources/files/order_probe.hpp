#pragma once

#include <string>

#include "sources/file_reader.hpp"

namespace tickstock {

/// Opens `path` a second time and looks at rows spread over the whole file: does it look grouped by
/// symbol? Reads 64 blocks of 64 KiB of an uncompressed file; of a compressed one, which must be
/// decompressed to be seen, one line in 64 KiB. False for what cannot be read twice (standard
/// input, a pipe). `header` is the first line of formats that have one.
bool probe_grouped(const std::string& path, Format format, const std::string& header,
                   const FileReaderOptions& options);

}  // namespace tickstock
