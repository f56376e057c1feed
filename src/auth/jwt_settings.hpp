#pragma once

#include <optional>
#include <string>
#include <vector>

#include "auth/jwt_verifier.hpp"
#include "auth/secret.hpp"
#include "base/result.hpp"
#include "config/config.hpp"

namespace tickstock {

/// "kid=path", or a path alone: a kid is 1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-'.
struct KeyFileSetting {
    std::string kid;
    std::string path;
};
KeyFileSetting parse_key_file_setting(const std::string& text);

/// The keys that tokens are verified with: the configured files, or where none is configured the
/// secret TICKSTOCK_JWT_KEY (load_secret). Nothing when tokens are not configured at all. Errors
/// name setting or file.
Result<std::vector<JwtVerifier::NamedKey>> load_jwt_keys(const AuthSettings& settings,
                                                         const Environment& environment);

/// The verifier that the settings describe.
Result<std::optional<JwtVerifier>> make_jwt_verifier(const AuthSettings& settings,
                                                     const Environment& environment);

}  // namespace tickstock
