#pragma once

#include <string>
#include <string_view>

#include "auth/identity.hpp"
#include "auth/jwt_key.hpp"
#include "base/time.hpp"

namespace tickstock {

/// What a token that we make says.
struct JwtContent {
    std::string user;  ///< REQUIRES: is_user_name()
    Role role = Role::Viewer;
    UnixNanos issued{};
    UnixNanos expires{};   ///< cut to whole seconds
    std::string issuer;    ///< empty = left out
    std::string audience;  ///< empty = left out
    std::string token_id;  ///< jti; empty = left out
    std::string kid;       ///< empty = left out
};

/// A signed token, for `tickstock token mint` and tests. REQUIRES: `key` can sign.
std::string make_jwt(const JwtContent& content, const JwtKey& key);

/// Any header and payload, signed: tests make forgeries with it.
std::string sign_jwt(std::string_view header_json, std::string_view payload_json,
                     const JwtKey& key);

}  // namespace tickstock
