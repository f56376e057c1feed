#include "server/access.hpp"

#include <algorithm>

#include "server/position.hpp"

namespace tickstock {
namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

/// `host[:port]` without its port; nothing when the port is no number.
std::optional<std::string_view> host_name(std::string_view host) {
    if (host.starts_with('[')) {
        const auto end = host.find(']');
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        const std::string_view rest = host.substr(end + 1);
        if (!rest.empty() && (rest.front() != ':' || !parse_unsigned(rest.substr(1)))) {
            return std::nullopt;
        }
        return host.substr(0, end + 1);
    }
    const auto colon = host.find(':');
    if (colon != std::string_view::npos && !parse_unsigned(host.substr(colon + 1))) {
        return std::nullopt;
    }
    return host.substr(0, colon);
}

/// Four decimal numbers up to 255 with dots, the first being 127.
bool is_loopback_v4(std::string_view text) {
    if (!text.starts_with("127.")) {
        return false;
    }
    for (int part = 1; part <= 4; ++part) {
        const auto end = part < 4 ? text.find('.') : text.size();
        if (end == std::string_view::npos || end > 3) {
            return false;
        }
        const auto number = parse_unsigned(text.substr(0, end));
        if (!number || *number > 255) {
            return false;
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
}

}  // namespace

bool is_loopback_address(std::string_view address) {
    return address == "localhost" || address == "::1" || is_loopback_v4(address);
}

AccessPolicy::AccessPolicy(const ServerSettings& settings) {
    for (const std::string& host : settings.allowed_hosts) {
        hosts_.push_back(lower(host));
    }
    const std::string& address = settings.address;
    hosts_.push_back(address.find(':') == std::string::npos ? address : '[' + address + ']');
    for (const std::string& origin : settings.allowed_origins) {
        origins_.push_back(lower(origin));
        const auto scheme = origin.find("://");
        if (scheme != std::string::npos) {
            hosts_.push_back(lower(origin.substr(scheme + 3)));
        }
    }
}

bool AccessPolicy::allows_host(std::string_view host) const {
    const std::string wanted = lower(host);
    if (std::ranges::find(hosts_, wanted) != hosts_.end()) {
        return true;
    }
    const auto name = host_name(wanted);
    return name && (std::ranges::find(hosts_, *name) != hosts_.end() || *name == "localhost" ||
                    *name == "[::1]" || is_loopback_v4(*name));
}

bool AccessPolicy::allows_origin(const std::optional<std::string>& origin, std::string_view host,
                                 bool is_tls) const {
    if (!origin) {
        return true;
    }
    const std::string given = lower(*origin);
    return given == (is_tls ? "https://" : "http://") + lower(host) || lists_origin(given);
}

bool AccessPolicy::lists_origin(std::string_view origin) const {
    return std::ranges::find(origins_, lower(origin)) != origins_.end();
}

}  // namespace tickstock
