#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/price.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/accounting.hpp"
#include "sources/formats/symbol_cache.hpp"

namespace tickstock {

/// What a bid or offer size of the vendor counts.
enum class QuoteSizeRule : std::uint8_t {
    ByDate,  ///< round lots of 100 until 2025-11-02, shares from 2025-11-03 (New York) on
    Shares,
    Lots,
};

/// The first row of an input that was rejected for a reason.
struct Reject {
    Reason reason = Reason::Malformed;
    std::string_view file;     ///< path, "-" for standard input, or a feed's name
    std::uint64_t line = 0;    ///< from 1; a feed counts frames
    std::uint64_t byte = 0;    ///< of the line's begin in the decompressed text
    std::string_view excerpt;  ///< at most 200 bytes of the row, as it came
};
using RejectCallback = std::function<void(const Reject&)>;

/// Counts the rows of one input and reports the first reject of each reason with its position.
class RowLedger {
public:
    static constexpr std::size_t excerpt_bytes = 200;

    RowLedger() = default;
    RowLedger(std::string file, RejectCallback on_first_reject)
        : file_(std::move(file)), on_first_reject_(std::move(on_first_reject)) {}

    /// Where the rows counted next stand.
    void at(std::uint64_t line, std::uint64_t byte) {
        line_ = line;
        byte_ = byte;
    }
    void accept() {
        ++counts_.in;
        ++counts_.out;
    }
    void reject(Reason reason, std::string_view row) {
        ++counts_.in;
        counts_.drop(reason);
        if (counts_.dropped_for(reason) == 1 && on_first_reject_) {
            on_first_reject_({reason, file_, line_, byte_, row.substr(0, excerpt_bytes)});
        }
    }

    const std::string& file() const { return file_; }
    /// in = out + dropped; `out` counts decoded records.
    const StageCounts& counts() const { return counts_; }

private:
    std::string file_;
    RejectCallback on_first_reject_;
    StageCounts counts_;
    std::uint64_t line_ = 0;
    std::uint64_t byte_ = 0;
};

/// What every decoder needs beside the bytes. Owned by the source; one thread.
struct DecodeContext {
    DecodeContext(SourceId source_id, SymbolCache& cache, RowLedger& rows)
        : source(source_id), symbols(cache), ledger(rows) {}

    SourceId source;
    SymbolCache& symbols;
    RowLedger& ledger;
    QuoteSizeRule quote_sizes = QuoteSizeRule::ByDate;
    /// Live sources: the wall time; records more than 1 h ahead of it are rejected.
    std::optional<UnixNanos> live_now;
    /// polygon-ws, when set: the day's volume that each decoded bar names is appended (wire `dav`
    /// or `av`; 0 = not given), one for each bar that is handed over.
    std::vector<Size>* day_volumes = nullptr;
    /// polygon-ws, alpaca-ws: the longest line. Feeds set what their frames may have.
    std::size_t line_length = std::size_t{1} << 20;
};

}  // namespace tickstock
