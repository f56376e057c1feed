#pragma once

#include <cstdint>
#include <string_view>

namespace tickstock {

/// Why a credential was not accepted. Never told to the client in more than one word; a log line
/// and a counter may say which.
enum class AuthFailure : std::uint8_t {
    Missing,              ///< no credential at all
    TooLarge,             ///< longer than anything that is accepted
    Malformed,            ///< not of the form of a JWT, API key or ticket
    HeaderNotAllowed,     ///< crit, jku, x5u, jwk, x5c, zip, b64 or cty in a JWT's header
    AlgorithmNotAllowed,  ///< another alg than the configured one, none included
    WrongType,            ///< typ is neither absent nor JWT nor at+jwt
    UnknownKey,           ///< no key, API key or ticket of this name
    BadSignature,         ///< or a wrong secret
    BadClaim,             ///< exp, nbf, iat, sub or role is missing or no good value
    Expired,
    NotYetValid,  ///< nbf or iat lies in the future
    WrongIssuer,
    WrongAudience,
    Revoked,
    Throttled,  ///< too many failures of this address
};

inline constexpr int auth_failure_count = 15;

/// "bad_signature" …
std::string_view to_string(AuthFailure failure);

/// True where the sender has proven nothing: those count against his address. A token that has
/// run out was good once and is not a guess.
bool is_guess(AuthFailure failure);

}  // namespace tickstock
