#include "channels/processing_result.hpp"

#include <fmt/format.h>

namespace tickstock {

std::string channel_error_text(std::string_view name, ChannelType type, std::string_view message) {
    return fmt::format("Channel {} ({}): {}", name, to_string(type), message);
}

}  // namespace tickstock
