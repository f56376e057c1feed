#pragma once

#include <memory>

#include "base/result.hpp"
#include "sources/formats/csv_header.hpp"
#include "sources/formats/line_decoder.hpp"

namespace tickstock {

/// Decoder of the vendor's four flat files. Columns are found by name, in any order; only those
/// without which no record can be made must be there. ts_event = sip_timestamp (bars:
/// window_start), ts_execution = participant_timestamp. A row with more or fewer fields than the
/// header is malformed.
/// REQUIRES: format is one of the Polygon…Csv formats.
Result<std::unique_ptr<LineDecoder>> make_flat_file_decoder(Format format, const CsvHeader& header,
                                                            DecodeContext& context);

}  // namespace tickstock
