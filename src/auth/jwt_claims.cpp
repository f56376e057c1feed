#include "auth/jwt_claims.hpp"

#include <algorithm>
#include <array>

#include "auth/strict_json.hpp"

namespace tickstock {
namespace {

using nlohmann::json;

// Issuers put nested claims of their own into tokens; nothing of ours is deeper than 2.
constexpr std::size_t depth_limit = 8;

// Names of a header that ask for a key of the token's own, an extension, or another token inside.
constexpr std::array<const char*, 8> refused_names{"crit", "jku", "x5u", "jwk",
                                                   "x5c",  "zip", "b64", "cty"};

// 2255: still a time in nanoseconds.
constexpr std::uint64_t latest_second = 9'000'000'000;

constexpr std::size_t longest_token_id = 256;

bool equal_any_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

/// A member that must be a text where it is there.
bool read_text(const json& object, const char* name, std::optional<std::string>& into) {
    const auto found = object.find(name);
    if (found == object.end()) {
        return true;
    }
    if (!found->is_string()) {
        return false;
    }
    into = found->get<std::string>();
    return true;
}

/// A time that must be whole seconds from 1970 on where it is there.
bool read_time(const json& object, const char* name, std::optional<UnixNanos>& into) {
    const auto found = object.find(name);
    if (found == object.end()) {
        return true;
    }
    if (!found->is_number_unsigned() || found->get<std::uint64_t>() > latest_second) {
        return false;
    }
    into = from_unix_second(static_cast<std::int64_t>(found->get<std::uint64_t>()));
    return true;
}

/// RFC 7519 4.1.3: a text or a list of texts.
bool read_audiences(const json& object, std::vector<std::string>& into) {
    const auto found = object.find("aud");
    if (found == object.end()) {
        return true;
    }
    if (found->is_string()) {
        into.push_back(found->get<std::string>());
        return true;
    }
    if (!found->is_array()) {
        return false;
    }
    for (const json& item : *found) {
        if (!item.is_string()) {
            return false;
        }
        into.push_back(item.get<std::string>());
    }
    return true;
}

bool read_identity(const json& object, Identity& identity) {
    std::optional<std::string> sub, role, jti;
    if (!read_text(object, "sub", sub) || !read_text(object, "role", role) ||
        !read_text(object, "jti", jti) || !sub || !is_user_name(*sub)) {
        return false;
    }
    const auto parsed = parse_role(role.value_or("viewer"));
    if (!parsed || (jti && jti->size() > longest_token_id)) {
        return false;
    }
    identity.kind = Identity::Kind::Jwt;
    identity.user = *sub;
    identity.role = *parsed;
    identity.token_id = jti.value_or("");
    return true;
}

}  // namespace

Result<JwtHeader, AuthFailure> check_jwt_header(std::string_view text, JwtAlgorithm algorithm) {
    const auto header = parse_strict_object(text, depth_limit);
    if (!header) {
        return AuthFailure::Malformed;
    }
    if (std::any_of(refused_names.begin(), refused_names.end(),
                    [&](const char* name) { return header->contains(name); })) {
        return AuthFailure::HeaderNotAllowed;
    }
    std::optional<std::string> alg, typ;
    JwtHeader result;
    if (!read_text(*header, "alg", alg) || !alg || !read_text(*header, "typ", typ) ||
        !read_text(*header, "kid", result.kid)) {
        return AuthFailure::Malformed;
    }
    if (*alg != to_string(algorithm)) {
        return AuthFailure::AlgorithmNotAllowed;
    }
    // RFC 9068 2.1 for at+jwt; a media type may have "application/" left out, in any case.
    if (typ && !equal_any_case(*typ, "JWT") && !equal_any_case(*typ, "at+jwt") &&
        !equal_any_case(*typ, "application/at+jwt")) {
        return AuthFailure::WrongType;
    }
    return result;
}

Result<JwtClaims, AuthFailure> check_jwt_claims(std::string_view text,
                                                const JwtVerifier::Options& options,
                                                UnixNanos now) {
    const auto payload = parse_strict_object(text, depth_limit);
    if (!payload) {
        return AuthFailure::Malformed;
    }
    JwtClaims claims;
    std::optional<UnixNanos> exp, nbf, iat;
    std::optional<std::string> issuer;
    if (!read_time(*payload, "exp", exp) || !exp || !read_time(*payload, "nbf", nbf) ||
        !read_time(*payload, "iat", iat) || !read_text(*payload, "iss", issuer) ||
        !read_audiences(*payload, claims.audiences) || !read_identity(*payload, claims.identity)) {
        return AuthFailure::BadClaim;
    }
    claims.issuer = issuer.value_or("");
    claims.expires = *exp;
    claims.identity.expires_at = *exp + options.leeway;
    if (!options.issuer.empty() && claims.issuer != options.issuer) {
        return AuthFailure::WrongIssuer;
    }
    if (!options.audience.empty() && std::find(claims.audiences.begin(), claims.audiences.end(),
                                               options.audience) == claims.audiences.end()) {
        return AuthFailure::WrongAudience;
    }
    if (now >= claims.identity.expires_at) {
        return AuthFailure::Expired;
    }
    if ((nbf && now + options.leeway < *nbf) || (iat && now + options.leeway < *iat)) {
        return AuthFailure::NotYetValid;
    }
    return claims;
}

}  // namespace tickstock
