#pragma once

#include <string>

#include "auth/jwt_verifier.hpp"
#include "base/result.hpp"
#include "config/config.hpp"

namespace tickstock {

/// The key that `tickstock token mint` signs with. `algorithm_word` empty: auth.jwt_algorithm, else
/// HS256. `key_file` is "[KID=]PATH" of a secret or a private key in PEM; empty: the first
/// configured secret, for HS256 only. Errors are ready to show.
Result<JwtVerifier::NamedKey> signing_key(AuthSettings settings, const std::string& algorithm_word,
                                          const std::string& key_file);

}  // namespace tickstock
