#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/auth_failure.hpp"
#include "auth/identity.hpp"
#include "auth/jwt_key.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace tickstock {

/// A token longer than this is refused unread.
inline constexpr std::size_t jwt_size_limit = 4096;

/// What a verified token says beyond who it is for: for people who ask why.
struct JwtClaims {
    Identity identity;
    std::string issuer;
    std::vector<std::string> audiences;
    UnixNanos expires{};  ///< without leeway
};

/// JSON Web Tokens (RFC 7519, signed as RFC 7515, with the advice of RFC 8725). The configuration
/// decides on algorithm and keys; of a token's header only kid is used, to look a key up. The
/// payload is not even parsed before the signature holds. Any thread: it never changes.
///
/// Claims: exp (required), nbf, iat: whole seconds since 1970, checked with leeway. iss, aud where
/// configured. sub (required) is the user, role the role ("viewer" where it is missing), jti names
/// the token for revocation. Others have no effect.
class JwtVerifier {
public:
    struct Options {
        std::string issuer;    ///< empty = any
        std::string audience;  ///< empty = any
        Nanos leeway = std::chrono::seconds(30);
    };
    /// Several keys may have one kid: each is tried, old and new, while keys are rotated. Keys
    /// without kid serve tokens without one, and all tokens where no key has a kid.
    struct NamedKey {
        std::string kid;  ///< empty = none
        JwtKey key;
    };

    /// REQUIRES: at least one key, all of one algorithm.
    JwtVerifier(Options options, std::vector<NamedKey> keys);

    Result<Identity, AuthFailure> verify(std::string_view token, UnixNanos now) const;
    Result<JwtClaims, AuthFailure> verify_claims(std::string_view token, UnixNanos now) const;

    /// True while a key of this fingerprint is among the keys.
    bool has_key(std::string_view fingerprint) const;
    const std::vector<NamedKey>& keys() const { return keys_; }

private:
    Result<const JwtKey*, AuthFailure> key_for(const std::string* kid, std::string_view signed_text,
                                               std::string_view signature) const;

    Options options_;
    std::vector<NamedKey> keys_;
    bool any_kid_ = false;
};

}  // namespace tickstock
