#pragma once

#include <memory>
#include <string_view>

#include "sources/formats/line_decoder.hpp"

namespace tickstock {

/// `polygon-ws`: a line is a frame of the vendor's stream, an array of objects (also a single
/// object). The members' order does not matter; of a member that stands twice the first counts;
/// unknown members are skipped, checked for their structure only. An object with a bad value is one
/// rejected row and harms no other. A frame that is no JSON array to its end is one malformed row;
/// where the JSON breaks inside, what stood before stays and the rest is one malformed row.
///   T -> Trade, Q -> Quote, A -> Bar of a second, AM -> Bar of a minute, FMV -> FairValue,
///   LULD -> TradingStatus with bands, NOI of type H -> TradingStatus, Resume, "reopening";
///   status, LV and other NOI carry no record: unsupported_message; any other ev: unidentified.
std::unique_ptr<LineDecoder> make_polygon_ws_decoder(DecodeContext& context);

/// True when the JSON object in `line` is a message of the vendor: its `ev` is one of the words
/// above (a status only when it has no `action`, which is a key of ndjson).
bool is_vendor_message(std::string_view line);

}  // namespace tickstock
