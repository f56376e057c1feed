#pragma once

#include <memory>
#include <string_view>

#include "sources/formats/line_decoder.hpp"

namespace tickstock {

/// `alpaca-ws`: a line is a frame of Alpaca's market data stream v2 as JSON, an array of objects
/// told apart by `T` (docs/sources.md has the table):
///   t -> Trade, q -> Quote, b and u (a bar once more, after late trades) -> Bar of a minute,
///   d -> Bar of a day, l -> TradingStatus with bands, s -> TradingStatus where it stops or resumes
///   trading, x and c -> Trade with a correction: the word that the print of that id is void;
///   i, n, success, subscription, error and other s carry no record: unsupported_message; any other
///   T: unidentified.
/// Bad frames and objects are counted as for polygon-ws.
std::unique_ptr<LineDecoder> make_alpaca_ws_decoder(DecodeContext& context);

/// True when `line` begins like such a frame: its first object has a `T` and no `ev` before it.
bool is_alpaca_frame(std::string_view line);

}  // namespace tickstock
