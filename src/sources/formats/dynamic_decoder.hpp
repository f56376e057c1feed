#pragma once

#include <memory>

#include "base/result.hpp"
#include "sources/formats/csv_header.hpp"
#include "sources/formats/dynamic_object.hpp"
#include "sources/formats/field_values.hpp"
#include "sources/formats/line_decoder.hpp"

namespace tickstock {

/// The record that a dynamic object is (identify()), with its values checked. A trade's size may
/// be absent (0); a bar without a timeframe is a minute bar; an exchange that is no number is 0;
/// quote sizes are shares. Unidentified when it is no record.
FieldStatus build_dynamic(const DynamicObject& object, DecodeContext& context, Record& out);

/// `csv`: rows under a free header (names of DynamicKey). Fails when the header names no symbol,
/// no timestamp, or no kind of record.
Result<std::unique_ptr<LineDecoder>> make_csv_decoder(const CsvHeader& header,
                                                      DecodeContext& context);

/// `ndjson`: an object a line. Numbers may also stand as strings. Of a key that stands twice the
/// first counts. Members of no meaning are skipped, checked for their structure only.
std::unique_ptr<LineDecoder> make_ndjson_decoder(DecodeContext& context);

}  // namespace tickstock
