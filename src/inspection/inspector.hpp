#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace tickstock {

/// Candles of a symbol, from the records in the journal.
struct CandleRequest {
    std::string symbol;
    std::int64_t interval_seconds = 60;  ///< 1, 5, 15, 60, 300 or 3600
    std::int64_t since = 0;              ///< s since 1970 of the first candle wanted; 0 = by limit
    std::size_t limit = 390;             ///< the newest so many; at most 1,000
};

/// A symbol's newest records with the fate that each met.
struct TraceRequest {
    std::string symbol;
    std::size_t limit = 100;  ///< the newest so many; at most 1,000
    std::uint64_t from = 0;   ///< sequence of the first record wanted; 0 = by limit
    std::uint64_t to = 0;     ///< of the last; 0 = all
};

/// Reads the journal of the running engine on a thread of its own, to answer what the pipeline does
/// not keep: a symbol's candles and the fate of its records. Any thread may ask.
class Inspector {
public:
    /// A JSON text; an error is a sentence for the client.
    using Done = std::function<void(Result<std::string>)>;

    virtual ~Inspector() = default;

    /// Does not wait. False: too many questions wait, and `done` is not called. It is called once,
    /// on the inspector's thread, which it must not hold up.
    virtual bool candles(CandleRequest request, Done done) = 0;
    virtual bool trace(TraceRequest request, Done done) = 0;
};

}  // namespace tickstock
