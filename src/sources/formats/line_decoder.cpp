#include "sources/formats/line_decoder.hpp"

#include "sources/alpaca/alpaca_ws_decoder.hpp"
#include "sources/formats/dynamic_decoder.hpp"
#include "sources/formats/flat_file_decoder.hpp"
#include "sources/formats/polygon_ws_decoder.hpp"

namespace tickstock {

bool has_header(Format format) {
    switch (format) {
        case Format::PolygonTradesCsv:
        case Format::PolygonQuotesCsv:
        case Format::PolygonMinuteCsv:
        case Format::PolygonDayCsv:
        case Format::Csv: return true;
        case Format::PolygonWs:
        case Format::Ndjson:
        case Format::Dbn:
        case Format::AlpacaWs:
        case Format::Journal: break;
    }
    return false;
}

Result<std::unique_ptr<LineDecoder>> make_line_decoder(Format format, std::string_view header,
                                                       DecodeContext& context) {
    TS_ASSERT(format != Format::Journal && format != Format::Dbn);
    if (format == Format::PolygonWs) {
        return make_polygon_ws_decoder(context);
    }
    if (format == Format::AlpacaWs) {
        return make_alpaca_ws_decoder(context);
    }
    if (format == Format::Ndjson) {
        return make_ndjson_decoder(context);
    }
    const Result<CsvHeader> columns = CsvHeader::parse(header);
    if (!columns.ok()) {
        return columns.error();
    }
    return format == Format::Csv ? make_csv_decoder(*columns, context)
                                 : make_flat_file_decoder(format, *columns, context);
}

}  // namespace tickstock
