#include "base/url.hpp"

#include <algorithm>

namespace tickstock {

std::string FeedUrl::authority() const {
    const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return port == (tls ? "443" : "80") ? name : name + ":" + port;
}

Result<FeedUrl> parse_feed_url(std::string_view setting, std::string_view text) {
    const auto bad = [&](std::string_view why) {
        return Error{std::string(setting) + " = " + std::string(text) + ": " + std::string(why)};
    };
    FeedUrl url;
    std::string_view rest = text;
    const auto scheme = [&](std::string_view word) {
        return rest.starts_with(word) && (rest.remove_prefix(word.size()), true);
    };
    if (scheme("wss://") || scheme("https://")) {
        url.tls = true;
    } else if (!scheme("ws://") && !scheme("http://")) {
        return bad("no address; accepted: wss://, ws://, https:// or http:// and a host");
    }
    const std::size_t path = rest.find_first_of("/?");
    std::string_view authority = rest.substr(0, path);
    url.target = path == std::string_view::npos ? "/" : std::string(rest.substr(path));
    if (url.target.front() != '/') {
        url.target.insert(0, "/");
    }
    if (authority.find('@') != std::string_view::npos) {
        return bad("a user name has no place here");
    }
    if (authority.starts_with('[')) {
        const std::size_t close = authority.find(']');
        if (close == std::string_view::npos) {
            return bad("'[' without ']'");
        }
        url.host = authority.substr(1, close - 1);
        authority.remove_prefix(close + 1);
    } else {
        const std::size_t colon = authority.find(':');
        url.host = authority.substr(0, colon);
        authority.remove_prefix(std::min(colon, authority.size()));
    }
    url.port = url.tls ? "443" : "80";
    if (!authority.empty()) {
        url.port = authority.substr(1);
        const bool digits = std::all_of(url.port.begin(), url.port.end(),
                                        [](char c) { return c >= '0' && c <= '9'; });
        if (authority.front() != ':' || url.port.empty() || url.port.size() > 5 || !digits ||
            std::stoul(url.port) == 0 || std::stoul(url.port) > 65'535) {
            return bad("behind the host only :PORT is accepted, 1 to 65535");
        }
    }
    const bool visible =
        std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
    if (url.host.empty() || !visible) {
        return bad("no host, or a character that no address has");
    }
    return url;
}

bool FeedUrl::is_loopback() const {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

Result<FeedUrl> parse_secret_url(std::string_view setting, std::string_view text) {
    auto url = parse_feed_url(setting, text);
    if (url.ok() && !url->tls && !url->is_loopback()) {
        return Error{std::string(setting) + " = " + std::string(text) +
                     ": the key would go over the network in clear; accepted is wss:// or "
                     "https://, and without TLS an address of this machine"};
    }
    return url;
}

}  // namespace tickstock
