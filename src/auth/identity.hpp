#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace tickstock {

/// What someone may do; each may do what those before may (SPEC 12). In this order.
enum class Role : std::uint8_t {
    Viewer,  ///< reads
    Trader,  ///< has filters and universes of his own
    Admin,   ///< commands, and the filters of everyone
};

/// "viewer", "trader", "admin".
std::string_view to_string(Role role);
std::optional<Role> parse_role(std::string_view text);

/// Who a connection belongs to, once proven. A value: it stays as it was when a key changes, so
/// long-lived sessions ask Authenticator::is_still_valid().
struct Identity {
    enum class Kind : std::uint8_t { Local, Jwt, ApiKey };

    std::string user;  ///< is_user_name()
    Role role = Role::Viewer;
    Kind kind = Kind::Local;
    UnixNanos expires_at = time_never;  ///< first moment at which it holds no longer, leeway added
    std::string token_id;  ///< jti of a JWT (may be empty), id of an API key; empty for Local
    std::string key_id;    ///< fingerprint of the key that signed a JWT; else empty

    bool may(Role needed) const { return role >= needed; }
    friend bool operator==(const Identity&, const Identity&) = default;
};

/// 1 to 64 printable ASCII characters, without space, slash, backslash and quotes: a user's name
/// can stand in a path, a log line and a message as it is.
bool is_user_name(std::string_view text);

/// Who everyone is while auth.mode is off: user "local", admin.
Identity local_identity();

}  // namespace tickstock
