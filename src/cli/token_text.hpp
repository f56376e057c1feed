#pragma once

#include <string>
#include <vector>

#include "auth/api_key.hpp"
#include "auth/jwt_verifier.hpp"

namespace tickstock {

// What `tickstock token` prints.

/// Up to 200 bytes without control characters.
bool is_note(std::string_view text);

void print_api_keys(const std::string& path, const std::vector<ApiKey>& keys, UnixNanos now);
void print_identity(const Identity& identity);
/// What a JWT says beyond the identity.
void print_claims(const JwtClaims& claims);

}  // namespace tickstock
