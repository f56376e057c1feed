// The filter's parameters in a URL, of pages and of Server-Sent Events.
#include <fmt/format.h>

#include <algorithm>

#include "server/events_api.hpp"
#include "server/filter.hpp"

namespace tickstock {
namespace {

using Adder = bool (*)(FilterSpec&, std::string_view);

/// The list parameter of that name, nothing when it is none.
Adder list_parameter(std::string_view name) {
    if (name == "symbols" || name == "symbol") {
        return add_symbol;
    }
    if (name == "types" || name == "type") {
        return add_type;
    }
    if (name == "directions") {
        return add_direction;
    }
    if (name == "universes") {
        return add_universe;
    }
    if (name == "vwap_position") {
        return add_vwap_position;
    }
    return name == "sources" ? add_source : nullptr;
}

bool read_since(std::string_view text, Since& since) {
    if (text == "now") {
        since.kind = Since::Kind::Now;
    } else if (text == "snapshot") {
        since.kind = Since::Kind::Snapshot;
    } else {
        const auto position = parse_position(text);
        if (!position) {
            return false;
        }
        since = {Since::Kind::From, *position};
    }
    return true;
}

bool read_interval(std::string_view text, Nanos& interval) {
    const auto number = parse_unsigned(text);
    if (!number || *number > 60'000) {
        return false;
    }
    interval = std::chrono::milliseconds(*number);
    return true;
}

bool read_parameter(std::string_view name, std::string_view value, SubscribeRequest& request) {
    if (const Adder add = list_parameter(name)) {
        const auto words = split_list(value);
        return std::ranges::all_of(
            words, [&](std::string_view word) { return add(request.filter, word); });
    }
    if (is_threshold(name)) {
        return set_threshold(request.filter, name, value);
    }
    if (name == "min_strength") {
        return set_min_strength(request.filter, value);
    }
    if (name == "since") {
        return read_since(value, request.since);
    }
    if (name == "interval_ms") {
        return read_interval(value, request.interval);
    }
    if (name == "conflate") {
        request.conflate = value == "true";
        return value == "true" || value == "false";
    }
    if (name == "user_filters") {
        request.user_filters = value == "true";
        return value == "true" || value == "false";
    }
    return false;
}

}  // namespace

Result<SubscribeRequest, ProtocolError> parse_subscription_query(const Target& target,
                                                                 std::string_view others) {
    SubscribeRequest request;
    const auto allowed = split_list(others);
    for (const auto& [name, value] : target.query) {
        if (std::ranges::find(allowed, name) != allowed.end()) {
            continue;
        }
        if (!read_parameter(name, value, request)) {
            return ProtocolError{
                ErrorCode::BadRequest,
                fmt::format("parameter \"{}\" is unknown or its value \"{}\" is not accepted; "
                            "docs/reference/protocol.md lists the parameters",
                            name.substr(0, 64), value.substr(0, 64)),
                {}};
        }
    }
    if (request.conflate && request.interval == Nanos{0}) {
        return ProtocolError{
            ErrorCode::BadRequest, "\"conflate\" needs \"interval_ms\" above 0", {}};
    }
    return request;
}

}  // namespace tickstock
