#pragma once

#include <charconv>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/decimal.hpp"
#include "base/price.hpp"
#include "base/time.hpp"
#include "model/record.hpp"
#include "sources/format.hpp"

namespace tickstock {

/// Turns records into the text of one format. Appends to `out`; keeps what must wait.
class RecordEncoder {
public:
    virtual ~RecordEncoder() = default;

    /// What stands before the first record.
    virtual void begin(std::string& out) = 0;

    /// False when the format cannot hold the record. `symbol` is its name.
    virtual bool encode(const Record& record, std::string_view symbol, std::string& out) = 0;

    /// What stands behind the last record.
    virtual void end(std::string& out) = 0;
};

std::unique_ptr<RecordEncoder> make_polygon_ws_encoder();
/// REQUIRES: one of the four flat-file formats.
std::unique_ptr<RecordEncoder> make_flat_file_encoder(Format format);
std::unique_ptr<RecordEncoder> make_csv_encoder();
std::unique_ptr<RecordEncoder> make_ndjson_encoder();

/// True when quote sizes of that time were round lots of 100 on the vendor's wire and in its files.
bool quote_sizes_in_lots(UnixNanos t);

inline void append_int(std::string& out, std::int64_t value) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}
inline void append_unsigned(std::string& out, std::uint64_t value) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}
inline void append_time(std::string& out, UnixNanos t) {
    append_int(out, to_ns(t));
}
inline void append_millis(std::string& out, UnixNanos t) {
    append_int(out, std::chrono::floor<std::chrono::milliseconds>(t).time_since_epoch().count());
}
inline void append_price(std::string& out, Price price) {
    append_decimal(out, price.raw(), Price::decimals);
}
inline void append_size(std::string& out, Size size) {
    append_decimal(out, size.raw(), Size::decimals);
}
/// "12,37".
inline void append_codes(std::string& out, const ConditionList& conditions) {
    bool first = true;
    for (const auto code : conditions.codes()) {
        if (!first) {
            out.push_back(',');
        }
        first = false;
        append_unsigned(out, code);
    }
}
/// A text as one field of a CSV row, quoted where it must be.
inline void append_field(std::string& out, std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
        out += text;
        return;
    }
    out.push_back('"');
    for (const char c : text) {
        if (c == '"') {
            out.push_back('"');
        }
        out.push_back(c);
    }
    out.push_back('"');
}

}  // namespace tickstock
