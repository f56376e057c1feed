#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/record.hpp"
#include "sources/formats/decode_context.hpp"

namespace tickstock {

/// Reads pages of the vendor's REST service into records as the wire would have brought them:
/// times cut to milliseconds, the same fields. Rejected rows are counted in the context's ledger.
/// One thread.
class PolygonRestReader {
public:
    enum class Kind : std::uint8_t {
        Trades,      ///< /v3/trades
        Quotes,      ///< /v3/quotes
        MinuteBars,  ///< /v2/aggs/…/range/1/minute
    };
    explicit PolygonRestReader(DecodeContext& context);
    ~PolygonRestReader();
    PolygonRestReader(const PolygonRestReader&) = delete;
    PolygonRestReader& operator=(const PolygonRestReader&) = delete;

    /// Appends a page's rows and sets `next`: the address of the page behind it, empty at the end.
    /// False: the page is no JSON of that shape. `body` is padded in place.
    bool read_page(std::string& body, Kind kind, std::string_view symbol, std::vector<Record>& out,
                   std::string& next);

    /// The snapshot of all tickers: when each was updated last. False as above.
    bool read_snapshot(std::string& body, std::unordered_map<std::string, UnixNanos>& updated);

private:
    struct Parser;
    DecodeContext& context_;
    std::unique_ptr<Parser> parser_;
};

}  // namespace tickstock
