#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tickstock {

/// The input formats (SPEC 2).
enum class Format : std::uint8_t {
    PolygonWs,         ///< "polygon-ws": a vendor frame a line
    PolygonTradesCsv,  ///< "polygon-trades-csv": flat file trades_v1
    PolygonQuotesCsv,  ///< "polygon-quotes-csv": flat file quotes_v1
    PolygonMinuteCsv,  ///< "polygon-minute-csv": flat file minute_aggs_v1
    PolygonDayCsv,     ///< "polygon-day-csv": flat file day_aggs_v1
    Csv,               ///< "csv": any header row that names what SPEC 2 needs
    Ndjson,            ///< "ndjson": an object a line
    Dbn,               ///< "dbn": Databento's binary encoding, versions 1 to 3
    AlpacaWs,          ///< "alpaca-ws": a frame of Alpaca's stream v2 a line
    Journal,           ///< "journal": what this engine recorded
};

std::string_view to_string(Format format);

/// The format of that name; nothing for an unknown name.
std::optional<Format> parse_format(std::string_view name);

/// All names, comma separated, for error messages and help.
std::string format_names();

/// First bytes of every journal segment file (they are part of the journal's documented layout).
inline constexpr std::string_view journal_magic = "TSJOURNL";

/// Says what `head`, the first (decompressed) bytes of an input, is. A few lines are enough; the
/// last one may be cut. Nothing when no format fits. minute_aggs and day_aggs share their columns:
/// the distance of window_start from midnight UTC in the rows tells them apart (day bars begin at
/// midnight New York time).
std::optional<Format> detect_format(std::string_view head);

}  // namespace tickstock
