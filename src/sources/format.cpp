#include "sources/format.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "sources/alpaca/alpaca_ws_decoder.hpp"
#include "sources/formats/csv_header.hpp"
#include "sources/formats/dynamic_object.hpp"
#include "sources/formats/field_values.hpp"
#include "sources/formats/identify.hpp"
#include "sources/formats/line_decoder.hpp"
#include "sources/formats/polygon_ws_decoder.hpp"

namespace tickstock {
namespace {

constexpr std::array<std::string_view, 10> all_formats{
    "polygon-ws",
    "polygon-trades-csv",
    "polygon-quotes-csv",
    "polygon-minute-csv",
    "polygon-day-csv",
    "csv",
    "ndjson",
    "dbn",
    "alpaca-ws",
    "journal",
};

/// Takes the first line off `text`, without its line end.
std::string_view take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (!line.empty() && line.back() == '\r') {
        line.remove_suffix(1);
    }
    return line;
}

/// Day bars begin at midnight in New York, when nobody trades: 04:00 or 05:00 UTC.
bool begins_at_new_york_midnight(std::string_view window_start) {
    UnixNanos time{};
    if (read_time(window_start, std::nullopt, time) != field_ok) {
        return false;
    }
    const Nanos of_day = time - std::chrono::floor<std::chrono::days>(time);
    return of_day == std::chrono::hours(4) || of_day == std::chrono::hours(5);
}

/// Day bars, when every whole row of `rows` looks like one.
Format minute_or_day(const CsvHeader& header, std::string_view rows) {
    const std::size_t column = header.find("window_start");
    bool any = false;
    while (!rows.empty()) {
        const bool whole = rows.find('\n') != std::string_view::npos;
        std::string line(take_line(rows));
        const std::size_t length = line.size();
        line.append(line_padding, '\0');
        CsvRow row;
        const bool cut = any && !whole;  // a head may end inside of a line
        if (length == 0 || cut || !split_csv(std::string_view(line).substr(0, length), row)) {
            continue;
        }
        if (!begins_at_new_york_midnight(row[column])) {
            return Format::PolygonMinuteCsv;
        }
        any = true;
    }
    return any ? Format::PolygonDayCsv : Format::PolygonMinuteCsv;
}

bool has_all(const CsvHeader& header, std::initializer_list<std::string_view> wanted) {
    return header.first_missing(wanted).empty();
}

std::optional<Format> detect_csv(std::string_view line, std::string_view rows) {
    const Result<CsvHeader> header = CsvHeader::parse(line);
    if (!header.ok()) {
        return std::nullopt;
    }
    if (has_all(*header, {"ticker", "price", "size", "sip_timestamp"})) {
        return Format::PolygonTradesCsv;
    }
    if (has_all(*header, {"ticker", "bid_price", "ask_price", "sip_timestamp"})) {
        return Format::PolygonQuotesCsv;
    }
    if (has_all(*header, {"ticker", "volume", "open", "close", "high", "low", "window_start"})) {
        return minute_or_day(*header, rows);
    }
    DynamicObject columns;
    for (const std::string& name : header->names()) {
        columns.set(find_dynamic_key(name), "1");
    }
    const bool usable = columns.has(DynamicKey::Symbol) && columns.has(DynamicKey::Timestamp) &&
                        (columns.has_kind() || identify(columns) != DynamicKind::Unknown);
    return usable ? std::optional(Format::Csv) : std::nullopt;
}

}  // namespace

std::string_view to_string(Format format) {
    const auto index = static_cast<std::size_t>(format);
    TS_ASSERT(index < all_formats.size());
    return all_formats[index];
}

std::optional<Format> parse_format(std::string_view name) {
    const auto found = std::find(all_formats.begin(), all_formats.end(), name);
    return found == all_formats.end()
               ? std::nullopt
               : std::optional(static_cast<Format>(found - all_formats.begin()));
}

std::string format_names() {
    std::string all;
    for (const std::string_view name : all_formats) {
        all += all.empty() ? "" : ", ";
        all += name;
    }
    return all;
}

std::optional<Format> detect_format(std::string_view head) {
    if (head.substr(0, journal_magic.size()) == journal_magic) {
        return Format::Journal;
    }
    // Behind the letters stands a version, a small number: no text.
    if (head.substr(0, 3) == "DBN" && head.size() > 3 && static_cast<unsigned char>(head[3]) < 9) {
        return Format::Dbn;
    }
    if (head.substr(0, 3) == "\xEF\xBB\xBF") {
        head.remove_prefix(3);
    }
    std::string_view line;
    while (line.find_first_not_of(" \t") == std::string_view::npos && !head.empty()) {
        line = take_line(head);
    }
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.empty()) {
        return std::nullopt;
    }
    if (line.front() == '[') {
        return is_alpaca_frame(line) ? Format::AlpacaWs : Format::PolygonWs;
    }
    if (line.front() == '{') {
        return is_vendor_message(line) ? Format::PolygonWs : Format::Ndjson;
    }
    return detect_csv(line, head);
}

}  // namespace tickstock
