#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/strong.hpp"

namespace tickstock {

/// Where a client stands: it has seen everything up to and including `offset` of that epoch.
struct Position {
    std::string epoch;
    Offset offset;

    friend bool operator==(const Position&, const Position&) = default;
};

/// `epoch:offset`, the form of SSE ids and query parameters.
std::string to_string(const Position& position);
std::optional<Position> parse_position(std::string_view text);

/// An epoch as the protocol carries it: 1 to 64 letters, digits, '-', '_' or '.'.
bool is_valid_epoch(std::string_view text);

/// A whole decimal number up to 2^64 − 1, nothing else.
std::optional<std::uint64_t> parse_unsigned(std::string_view text);

/// Where a subscription starts.
struct Since {
    enum class Kind {
        Now,       ///< with the next event
        Snapshot,  ///< the latest event per (symbol, type), then the stream
        From,      ///< after `position`
    };
    Kind kind = Kind::Now;
    Position position;
};

}  // namespace tickstock
