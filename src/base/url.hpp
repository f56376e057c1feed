#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tickstock {

/// The parts of ws://, wss://, http:// and https:// addresses. No user names, no fragments.
struct FeedUrl {
    bool tls = false;
    std::string host;    ///< a name or an address; of IPv6 without brackets
    std::string port;    ///< digits
    std::string target;  ///< path and query, begins with '/'

    /// Of this machine: an address of 127.0.0.0/8, ::1 or localhost.
    bool is_loopback() const;
    /// For the Host header: brackets around IPv6, the port where it is not the scheme's.
    std::string authority() const;
};

/// `setting` names where the text comes from, for the error.
Result<FeedUrl> parse_feed_url(std::string_view setting, std::string_view text);

/// The same of an address to which a key is sent: without TLS only of this machine.
Result<FeedUrl> parse_secret_url(std::string_view setting, std::string_view text);

}  // namespace tickstock
