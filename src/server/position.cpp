#include "server/position.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace tickstock {

std::string to_string(const Position& position) {
    return position.epoch + ":" + std::to_string(position.offset.value());
}

std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

bool is_valid_epoch(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.';
    };
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, allowed);
}

std::optional<Position> parse_position(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || !is_valid_epoch(text.substr(0, colon))) {
        return std::nullopt;
    }
    const auto offset = parse_unsigned(text.substr(colon + 1));
    if (!offset) {
        return std::nullopt;
    }
    return Position{std::string(text.substr(0, colon)), Offset{*offset}};
}

}  // namespace tickstock
