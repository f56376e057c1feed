#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/event_rows.hpp"

namespace tickstock {

/// Members of a published body that storage keeps as columns.
struct BodyFields {
    std::string_view id;  ///< slices of the body
    std::string_view session;
    std::int64_t rev = 0;
    SessionFacts facts;
};

/// Nothing when the body is not one that encode_body() wrote: no JSON object, or without these
/// members. Reads names and values at their depth; what a string holds never counts as a member.
std::optional<BodyFields> read_body(std::string_view body);

/// Valid UTF-8 without a NUL: what both databases keep byte for byte.
bool is_storable_text(std::string_view text);

}  // namespace tickstock
