#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickstock {

/// A path about the engine's state, or one that asks it to change.
enum class ControlKind : std::uint8_t {
    Channels,
    Channel,
    ChannelDebug,
    PauseChannel,
    ResumeChannel,
    Universes,
    Universe,
    HaltSymbol,
    ResumeSymbol,
    RuleOn,
    RuleOff,
    Router,
    Journal,
    Decisions,
};

struct ControlRoute {
    ControlKind kind = ControlKind::Channels;
    std::string name;  ///< of the channel, universe, symbol or rule; as given, not yet checked
};

/// The route of a decoded path. `is_read` = GET or HEAD: below /api/v1/symbols/ these belong to the
/// symbol's page, because a symbol's text may hold a slash.
std::optional<ControlRoute> find_control_route(std::string_view path, bool is_read);

/// As in the header Allow: "GET, HEAD", "POST" or "GET, HEAD, PUT, DELETE".
std::string_view allowed_methods(ControlKind kind);
/// True when allowed_methods() has `method`.
bool allows_method(ControlKind kind, std::string_view method);

/// A path as in the OpenAPI document: "/api/v1/channels/{name}/pause".
struct ControlPath {
    std::string path;
    ControlKind kind;
};
/// Every path about the engine. A test holds the OpenAPI document against it.
std::vector<ControlPath> control_paths();

}  // namespace tickstock
