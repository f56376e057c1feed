#include "auth/jwt_verifier.hpp"

#include <algorithm>

#include "auth/base64url.hpp"
#include "auth/jwt_claims.hpp"
#include "base/assert.hpp"

namespace tickstock {
namespace {

/// The three segments as they came.
struct Segments {
    std::string_view header;
    std::string_view payload;
    std::string_view signature;
    std::string_view signed_text;  // header, dot, payload
};

std::optional<Segments> split(std::string_view token) {
    const auto first = token.find('.');
    const auto second = first == token.npos ? first : token.find('.', first + 1);
    if (second == token.npos || token.find('.', second + 1) != token.npos) {
        return std::nullopt;
    }
    Segments parts{token.substr(0, first), token.substr(first + 1, second - first - 1),
                   token.substr(second + 1), token.substr(0, second)};
    if (parts.header.empty() || parts.payload.empty()) {
        return std::nullopt;
    }
    return parts;
}

}  // namespace

JwtVerifier::JwtVerifier(Options options, std::vector<NamedKey> keys)
    : options_(std::move(options)), keys_(std::move(keys)) {
    TS_ASSERT(!keys_.empty());
    for (const NamedKey& named : keys_) {
        TS_ASSERT(named.key.algorithm() == keys_.front().key.algorithm());
        any_kid_ = any_kid_ || !named.kid.empty();
    }
}

Result<Identity, AuthFailure> JwtVerifier::verify(std::string_view token, UnixNanos now) const {
    auto claims = verify_claims(token, now);
    if (!claims) {
        return claims.error();
    }
    return std::move(claims->identity);
}

Result<JwtClaims, AuthFailure> JwtVerifier::verify_claims(std::string_view token,
                                                          UnixNanos now) const {
    if (token.size() > jwt_size_limit) {
        return AuthFailure::TooLarge;
    }
    const auto parts = split(token);
    if (!parts) {
        return AuthFailure::Malformed;
    }
    const auto header = base64url_decode(parts->header);
    const auto payload = base64url_decode(parts->payload);
    const auto signature = base64url_decode(parts->signature);
    if (!header || !payload || !signature) {
        return AuthFailure::Malformed;
    }
    const auto checked = check_jwt_header(*header, keys_.front().key.algorithm());
    if (!checked) {
        return checked.error();
    }
    const auto key =
        key_for(checked->kid ? &*checked->kid : nullptr, parts->signed_text, *signature);
    if (!key) {
        return key.error();
    }
    auto claims = check_jwt_claims(*payload, options_, now);
    if (claims) {
        claims->identity.key_id = (*key)->fingerprint();
    }
    return claims;
}

Result<const JwtKey*, AuthFailure> JwtVerifier::key_for(const std::string* kid,
                                                        std::string_view signed_text,
                                                        std::string_view signature) const {
    const std::string_view wanted = kid == nullptr || !any_kid_ ? "" : std::string_view(*kid);
    bool known = false;
    for (const NamedKey& named : keys_) {
        // An empty kid in a token is a name like any other, and no key has it.
        const bool fits = kid != nullptr && any_kid_ ? !named.kid.empty() && named.kid == wanted
                                                     : named.kid.empty();
        known = known || fits;
        if (fits && named.key.verifies(signed_text, signature)) {
            return &named.key;
        }
    }
    return known ? AuthFailure::BadSignature : AuthFailure::UnknownKey;
}

bool JwtVerifier::has_key(std::string_view fingerprint) const {
    return std::any_of(keys_.begin(), keys_.end(), [&](const NamedKey& named) {
        return named.key.fingerprint() == fingerprint;
    });
}

}  // namespace tickstock
