#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/jwt_verifier.hpp"

namespace tickstock {

/// What of a header is used.
struct JwtHeader {
    std::optional<std::string> kid;
};

/// Checks a decoded header: its algorithm is `algorithm`, its type one of ours, and nothing in it
/// asks for a key or an extension of its own.
Result<JwtHeader, AuthFailure> check_jwt_header(std::string_view json, JwtAlgorithm algorithm);

/// Checks a decoded payload whose signature holds.
Result<JwtClaims, AuthFailure> check_jwt_claims(std::string_view json,
                                                const JwtVerifier::Options& options, UnixNanos now);

}  // namespace tickstock
