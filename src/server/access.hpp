#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace tickstock {

/// Which pages may talk to a server that trusts whoever reaches it: keeps a foreign web page from
/// using the visitor's browser as its way in. Exact matches only.
class AccessPolicy {
public:
    explicit AccessPolicy(const ServerSettings& settings);

    /// The Host header must name this machine's loopback, the address that it listens on, an
    /// allowed host or that of an allowed origin: a foreign name that resolves to 127.0.0.1 is
    /// refused.
    bool allows_host(std::string_view host) const;

    /// No Origin (not a browser) passes; else it must be `http://` + Host (`https://` with TLS), or
    /// an allowed one.
    bool allows_origin(const std::optional<std::string>& origin, std::string_view host,
                       bool is_tls) const;

    /// True for an origin of server.allowed_origins: its pages may read what they get, too.
    bool lists_origin(std::string_view origin) const;

private:
    std::vector<std::string> origins_;
    std::vector<std::string> hosts_;
};

/// True for `127.0.0.1`, `::1`, `localhost` and the like: what server.address may be.
bool is_loopback_address(std::string_view address);

}  // namespace tickstock
