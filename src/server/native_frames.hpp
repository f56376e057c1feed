#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.hpp"
#include "server/subscription.hpp"

namespace tickstock::native_frames {

// The text of the native protocol's frames (docs/reference/protocol.md).

/// `"epoch":…,"NAME":…`.
void epoch_and(JsonWriter& json, const std::string& epoch, std::string_view name, Offset offset);
/// `["A","B"]`.
void write_names(JsonWriter& json, const std::vector<std::string>& names);

/// `{"op":OP,"id":ID`, not closed; without an id where it is empty.
std::string begin_frame(std::string_view op, const std::string& id);
std::string subscribed_text(const std::string& id, const Delivery& delivery,
                            const std::vector<std::string>& user_filters);
/// `next_epoch`: of what follows, told where it is another one.
std::string gap_text(const std::string& id, const Delivery& delivery,
                     const std::string& next_epoch);
std::string snapshot_head(const std::string& id, const Delivery& delivery);
/// From `"epoch":` to the frame's end, without events.
std::string bookmark_tail(const Delivery& delivery);

}  // namespace tickstock::native_frames
