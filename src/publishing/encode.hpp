#pragma once

#include <string>
#include <string_view>

#include "model/event.hpp"

namespace tickstock {

/// Appends the event's body: compact JSON, members in the committed order of SPEC 11, null where
/// nothing applies. Deterministic: the bytes depend on the event alone, and they are what the
/// stream hash covers. `offset` and `ts_pub` stand beside the body, never in it.
void encode_body(const Event& event, std::string_view symbol, std::string& out);

}  // namespace tickstock
