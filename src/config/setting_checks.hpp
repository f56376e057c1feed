#pragma once

#include <string_view>

namespace tickstock {

// What the text settings accept; each row of the table names one of these.

/// "2024-02-29", a day that exists, from 1990 to 2035; or nothing.
bool is_date_or_empty(std::string_view text);

/// "09:30:00".
bool is_time_of_day(std::string_view text);

/// An IPv4 or IPv6 address by its characters, or "localhost".
bool is_address(std::string_view text);

/// "https://host…", as browsers send it.
bool is_origin(std::string_view text);

/// "SYMBOL … -> SHARD …"
bool is_routing_rule(std::string_view text);

/// An algorithm of auth.jwt_algorithm, or nothing.
bool is_jwt_algorithm_or_empty(std::string_view text);

/// A source that can be configured.
bool is_source_name(std::string_view text);

/// T, Q, A, AM, FMV, LULD, NOI.
bool is_polygon_channel(std::string_view text);

/// 1 to 16 printable characters without comma, or "*" alone.
bool is_symbol_or_all(std::string_view text);

/// "wss://host…" or "ws://host…".
bool is_websocket_url(std::string_view text);
bool is_websocket_url_or_empty(std::string_view text);

/// "https://host…" or "http://host…".
bool is_http_url(std::string_view text);

/// "https://host…" or "http://host…" of at most 2048 bytes: all that the webhooks take.
bool is_webhook_url(std::string_view text);

/// "sqlite", "off", or a PostgreSQL URL without a password.
bool is_storage_url(std::string_view text);

/// An input format of SPEC 2, or nothing. (sources/ has them too; this folder may not look there.)
bool is_format_or_empty(std::string_view text);

/// Anything but nothing.
bool is_path(std::string_view text);

/// 1 to 64 bytes.
bool is_name(std::string_view text);

}  // namespace tickstock
