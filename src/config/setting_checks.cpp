#include "config/setting_checks.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "base/url.hpp"
#include "config/routing_rule_text.hpp"

namespace tickstock {
namespace {

bool digits_at(std::string_view text, std::size_t from, std::size_t count, int& out) {
    const char* begin = text.data() + from;
    return std::from_chars(begin, begin + count, out).ptr == begin + count && begin[0] != '-';
}

}  // namespace

bool is_date_or_empty(std::string_view text) {
    int y = 0, m = 0, d = 0;
    if (text.empty()) {
        return true;
    }
    if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !digits_at(text, 0, 4, y) ||
        !digits_at(text, 5, 2, m) || !digits_at(text, 8, 2, d)) {
        return false;
    }
    const auto date = std::chrono::year{y} / m / d;
    return date.ok() && y >= 1990 && y <= 2035;
}

bool is_time_of_day(std::string_view text) {
    int h = 0, m = 0, s = 0;
    return text.size() == 8 && text[2] == ':' && text[5] == ':' && digits_at(text, 0, 2, h) &&
           digits_at(text, 3, 2, m) && digits_at(text, 6, 2, s) && h < 24 && m < 60 && s < 60;
}

bool is_address(std::string_view text) {
    const bool is_v6 = text.find(':') != std::string_view::npos;
    return text == "localhost" ||
           (text.size() >= 2 && text.size() <= 45 &&
            text.find_first_not_of(is_v6 ? "0123456789abcdefABCDEF:." : "0123456789.") ==
                std::string_view::npos);
}

bool is_origin(std::string_view text) {
    return text.starts_with("http://") || text.starts_with("https://");
}

bool is_routing_rule(std::string_view text) {
    return parse_routing_rule(text).has_value();
}

bool is_jwt_algorithm_or_empty(std::string_view text) {
    return text.empty() || text == "HS256" || text == "RS256" || text == "EdDSA";
}

bool is_source_name(std::string_view text) {
    return text == "synthetic" || text == "replay" || text == "polygon" || text == "push";
}

bool is_polygon_channel(std::string_view text) {
    constexpr std::array<std::string_view, 7> channels{"T", "Q", "A", "AM", "FMV", "LULD", "NOI"};
    return std::find(channels.begin(), channels.end(), text) != channels.end();
}

bool is_symbol_or_all(std::string_view text) {
    return !text.empty() && text.size() <= 16 && std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < 0x7F && c != ',';
    }) && (text == "*" || text.find('*') == std::string_view::npos);
}

bool is_websocket_url(std::string_view text) {
    return (text.starts_with("wss://") || text.starts_with("ws://")) && parse_feed_url("", text);
}

bool is_websocket_url_or_empty(std::string_view text) {
    return text.empty() || is_websocket_url(text);
}

bool is_http_url(std::string_view text) {
    return (text.starts_with("https://") || text.starts_with("http://")) &&
           parse_feed_url("", text);
}

bool is_webhook_url(std::string_view text) {
    constexpr std::size_t longest = 2048;
    return text.size() <= longest && is_http_url(text);
}

bool is_storage_url(std::string_view text) {
    if (text == "sqlite" || text == "off") {
        return true;
    }
    // A password would stand in the journal and in `config show`.
    const std::size_t host = text.find("://") + 3;
    const std::size_t at = text.find('@');
    return (text.starts_with("postgresql://") || text.starts_with("postgres://")) &&
           text.find("password=") == std::string_view::npos &&
           (at == std::string_view::npos ||
            text.substr(host, at - host).find(':') == std::string_view::npos);
}

bool is_format_or_empty(std::string_view text) {
    constexpr std::array<std::string_view, 11> formats{"",
                                                       "alpaca-ws",
                                                       "dbn",
                                                       "polygon-ws",
                                                       "polygon-trades-csv",
                                                       "polygon-quotes-csv",
                                                       "polygon-minute-csv",
                                                       "csv",
                                                       "ndjson",
                                                       "polygon-day-csv",
                                                       "journal"};
    return std::find(formats.begin(), formats.end(), text) != formats.end();
}

bool is_path(std::string_view text) {
    return !text.empty();
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 64;
}

}  // namespace tickstock
