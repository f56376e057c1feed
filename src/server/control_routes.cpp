#include "server/control_routes.hpp"

#include <array>

#include "server/pages.hpp"

namespace tickstock {
namespace {

constexpr std::string_view api = "/api/v1/";
constexpr std::string_view read_only = "GET, HEAD";
constexpr std::string_view command = "POST";
constexpr std::string_view resource = "GET, HEAD, PUT, DELETE";

struct Plain {
    std::string_view path;
    ControlKind kind;
};
constexpr std::array plain_paths{
    Plain{"channels", ControlKind::Channels}, Plain{"universes", ControlKind::Universes},
    Plain{"router", ControlKind::Router}, Plain{"journal", ControlKind::Journal},
    Plain{"decisions", ControlKind::Decisions}};

/// `folder/{name}` and, with an action, `folder/{name}/action`.
struct Named {
    std::string_view folder;
    std::string_view action;  // empty = the thing itself
    ControlKind kind;
};
constexpr std::array named_paths{
    Named{"channels/", "", ControlKind::Channel},
    Named{"channels/", "/debug", ControlKind::ChannelDebug},
    Named{"channels/", "/pause", ControlKind::PauseChannel},
    Named{"channels/", "/resume", ControlKind::ResumeChannel},
    Named{"universes/", "", ControlKind::Universe},
    Named{"symbols/", "/halt", ControlKind::HaltSymbol},
    Named{"symbols/", "/resume", ControlKind::ResumeSymbol},
    Named{"rules/", "/on", ControlKind::RuleOn},
    Named{"rules/", "/off", ControlKind::RuleOff},
};

bool is_about_symbol(ControlKind kind) {
    return kind == ControlKind::HaltSymbol || kind == ControlKind::ResumeSymbol;
}

}  // namespace

std::optional<ControlRoute> find_control_route(std::string_view path, bool is_read) {
    if (!path.starts_with(api)) {
        return std::nullopt;
    }
    path.remove_prefix(api.size());
    for (const Plain& plain : plain_paths) {
        if (path == plain.path) {
            return ControlRoute{plain.kind, {}};
        }
    }
    for (const Named& named : named_paths) {
        if (!path.starts_with(named.folder) || !path.ends_with(named.action) ||
            path.size() <= named.folder.size() + named.action.size() ||
            (is_read && is_about_symbol(named.kind))) {
            continue;
        }
        const std::string_view name = path.substr(
            named.folder.size(), path.size() - named.folder.size() - named.action.size());
        if (is_about_symbol(named.kind) || name.find('/') == std::string_view::npos) {
            return ControlRoute{named.kind, std::string(name)};
        }
    }
    return std::nullopt;
}

std::string_view allowed_methods(ControlKind kind) {
    switch (kind) {
        case ControlKind::PauseChannel:
        case ControlKind::ResumeChannel:
        case ControlKind::HaltSymbol:
        case ControlKind::ResumeSymbol:
        case ControlKind::RuleOn:
        case ControlKind::RuleOff: return command;
        case ControlKind::Universe: return resource;
        case ControlKind::Channels:
        case ControlKind::Channel:
        case ControlKind::ChannelDebug:
        case ControlKind::Universes:
        case ControlKind::Router:
        case ControlKind::Journal:
        case ControlKind::Decisions: break;
    }
    return read_only;
}

bool allows_method(ControlKind kind, std::string_view method) {
    return has_method(allowed_methods(kind), method);
}

std::vector<ControlPath> control_paths() {
    std::vector<ControlPath> paths;
    for (const Plain& plain : plain_paths) {
        paths.push_back({std::string(api).append(plain.path), plain.kind});
    }
    for (const Named& named : named_paths) {
        const std::string_view name = is_about_symbol(named.kind) ? "{symbol}" : "{name}";
        paths.push_back(
            {std::string(api).append(named.folder).append(name).append(named.action), named.kind});
    }
    return paths;
}

}  // namespace tickstock
