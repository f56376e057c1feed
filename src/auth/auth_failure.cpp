#include "auth/auth_failure.hpp"

#include <array>

namespace tickstock {

std::string_view to_string(AuthFailure failure) {
    constexpr std::array<std::string_view, auth_failure_count> words{"missing",
                                                                     "too_large",
                                                                     "malformed",
                                                                     "header_not_allowed",
                                                                     "algorithm_not_allowed",
                                                                     "wrong_type",
                                                                     "unknown_key",
                                                                     "bad_signature",
                                                                     "bad_claim",
                                                                     "expired",
                                                                     "not_yet_valid",
                                                                     "wrong_issuer",
                                                                     "wrong_audience",
                                                                     "revoked",
                                                                     "throttled"};
    return words[static_cast<std::size_t>(failure)];
}

bool is_guess(AuthFailure failure) {
    switch (failure) {
        case AuthFailure::TooLarge:
        case AuthFailure::Malformed:
        case AuthFailure::HeaderNotAllowed:
        case AuthFailure::AlgorithmNotAllowed:
        case AuthFailure::WrongType:
        case AuthFailure::UnknownKey:
        case AuthFailure::BadSignature: return true;
        case AuthFailure::Missing:
        case AuthFailure::BadClaim:
        case AuthFailure::Expired:
        case AuthFailure::NotYetValid:
        case AuthFailure::WrongIssuer:
        case AuthFailure::WrongAudience:
        case AuthFailure::Revoked:
        case AuthFailure::Throttled: break;
    }
    return false;
}

}  // namespace tickstock
