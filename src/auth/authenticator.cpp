#include "auth/authenticator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "auth/api_key_store.hpp"
#include "auth/failure_throttle.hpp"
#include "auth/jwt_settings.hpp"
#include "auth/jwt_verifier.hpp"
#include "auth/revocation_list.hpp"
#include "auth/ticket_store.hpp"

namespace tickstock {

struct Authenticator::Parts {
    AuthSettings settings;
    Environment environment;
    std::optional<JwtVerifier> jwt;
    ApiKeyStore api_keys;
    RevocationList revocations;
    TicketStore tickets;
    FailureThrottle throttle;
    std::array<std::uint64_t, auth_failure_count> failures{};
    std::uint64_t successes = 0;

    bool off() const { return settings.mode == AuthMode::Off; }
    bool can_verify() const { return jwt.has_value() || api_keys.size() > 0; }

    Result<Identity, AuthFailure> authenticate(std::string_view credential,
                                               const std::string& client, UnixNanos wall,
                                               Nanos monotonic);
    Result<Identity, AuthFailure> verify(std::string_view credential, UnixNanos wall,
                                         Nanos monotonic);
    bool is_still_valid(const Identity& identity, UnixNanos wall) const;
    Result<Identity, AuthFailure> redeem(std::string_view ticket, UnixNanos wall, Nanos monotonic);
};

Result<Identity, AuthFailure> Authenticator::Parts::authenticate(std::string_view credential,
                                                                 const std::string& client,
                                                                 UnixNanos wall, Nanos monotonic) {
    if (off() && (credential.empty() || !can_verify())) {
        return local_identity();
    }
    if (credential.empty()) {
        return AuthFailure::Missing;
    }
    // A good one passes whatever its neighbours behind one address do.
    auto result = verify(credential, wall, monotonic);
    if (result || !is_guess(result.error())) {
        return result;
    }
    if (!throttle.allows(client, monotonic)) {
        return AuthFailure::Throttled;
    }
    throttle.failed(client, monotonic);
    return result;
}

Result<Identity, AuthFailure> Authenticator::Parts::verify(std::string_view credential,
                                                           UnixNanos wall, Nanos monotonic) {
    if (credential.size() > jwt_size_limit) {
        return AuthFailure::TooLarge;
    }
    if (looks_like_api_key(credential)) {
        return api_keys.verify(credential, wall);
    }
    if (TicketStore::has_form(credential)) {
        return redeem(credential, wall, monotonic);
    }
    if (!jwt) {
        return std::count(credential.begin(), credential.end(), '.') == 2 ? AuthFailure::UnknownKey
                                                                          : AuthFailure::Malformed;
    }
    auto identity = jwt->verify(credential, wall);
    if (identity && revocations.revokes(*identity)) {
        return AuthFailure::Revoked;
    }
    return identity;
}

Result<Identity, AuthFailure> Authenticator::Parts::redeem(std::string_view ticket, UnixNanos wall,
                                                           Nanos monotonic) {
    auto identity = tickets.redeem(ticket, monotonic);
    if (!identity) {
        return AuthFailure::Expired;  // or used, or dropped: 128 random bits are no guess
    }
    if (!is_still_valid(*identity, wall)) {
        return wall >= identity->expires_at ? AuthFailure::Expired : AuthFailure::Revoked;
    }
    return std::move(*identity);
}

bool Authenticator::Parts::is_still_valid(const Identity& identity, UnixNanos wall) const {
    switch (identity.kind) {
        case Identity::Kind::Local: return off();
        case Identity::Kind::ApiKey: return api_keys.is_still_valid(identity, wall);
        case Identity::Kind::Jwt: break;
    }
    return wall < identity.expires_at && !revocations.revokes(identity) && jwt &&
           jwt->has_key(identity.key_id);
}

Authenticator::Authenticator(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Authenticator::~Authenticator() = default;

Result<std::unique_ptr<Authenticator>> Authenticator::create(const AuthSettings& settings,
                                                             const std::string& data_directory,
                                                             const Environment& environment) {
    auto jwt = make_jwt_verifier(settings, environment);
    if (!jwt) {
        return jwt.error();
    }
    auto api_keys = ApiKeyStore::load(api_keys_path(settings, data_directory));
    if (!api_keys) {
        return api_keys.error();
    }
    auto revocations = RevocationList::load(settings.revoked_file);
    if (!revocations) {
        return revocations.error();
    }
    auto parts = std::make_unique<Parts>(
        Parts{settings, environment, std::move(jwt).value(), std::move(api_keys).value(),
              std::move(revocations).value(), TicketStore({settings.ticket_life}),
              FailureThrottle({settings.failures_per_minute})});
    return std::unique_ptr<Authenticator>(new Authenticator(std::move(parts)));
}

Result<Identity, AuthFailure> Authenticator::authenticate(std::string_view credential,
                                                          std::string_view address, UnixNanos wall,
                                                          Nanos monotonic) {
    auto result = parts_->authenticate(credential, throttle_key(address), wall, monotonic);
    ++(result ? parts_->successes : parts_->failures[static_cast<std::size_t>(result.error())]);
    return result;
}

bool Authenticator::is_still_valid(const Identity& identity, UnixNanos wall) const {
    return parts_->is_still_valid(identity, wall);
}

std::string Authenticator::issue_ticket(const Identity& identity, Nanos monotonic) {
    return parts_->tickets.issue(identity, monotonic);
}

std::vector<std::string> Authenticator::reload_if_changed() {
    std::vector<std::string> lines;
    if (const auto read = parts_->api_keys.reload_if_changed(); !read) {
        lines.push_back(read.error().message);
    }
    if (const auto read = parts_->revocations.reload_if_changed(); !read) {
        lines.push_back(read.error().message);
    }
    return lines;
}

Result<bool> Authenticator::reload_keys() {
    auto jwt = make_jwt_verifier(parts_->settings, parts_->environment);
    if (!jwt) {
        return jwt.error();
    }
    parts_->jwt = std::move(jwt).value();
    return true;
}

Nanos Authenticator::retry_after(std::string_view address, Nanos monotonic) const {
    return parts_->throttle.wait(throttle_key(address), monotonic);
}

bool Authenticator::required() const {
    return !parts_->off();
}

std::uint64_t Authenticator::failures(AuthFailure failure) const {
    return parts_->failures[static_cast<std::size_t>(failure)];
}

std::uint64_t Authenticator::successes() const {
    return parts_->successes;
}

std::vector<std::string> Authenticator::describe() const {
    std::vector<std::string> lines;
    lines.push_back(parts_->off() ? "off, whoever connects without a credential has all rights"
                                  : "required");
    if (parts_->jwt) {
        for (const auto& [kid, key] : parts_->jwt->keys()) {
            lines.push_back(fmt::format("tokens with {}, key {}{}", to_string(key.algorithm()),
                                        key.fingerprint(), kid.empty() ? "" : ", kid " + kid));
        }
        if (parts_->settings.jwt_audience.empty()) {
            lines.push_back(
                "auth.jwt_audience is empty: a token that the issuer made for "
                "another service is good here too");
        }
    }
    lines.push_back(
        fmt::format("{} API keys in {}", parts_->api_keys.size(), parts_->api_keys.path()));
    if (!parts_->off() && !parts_->can_verify()) {
        lines.push_back(
            "there is no key at all, so nobody can come in; tickstock token key "
            "makes one, and it counts within a second");
    }
    return lines;
}

std::string api_keys_path(const AuthSettings& settings, const std::string& data_directory) {
    return settings.api_keys_file.empty() ? data_directory + "/api_keys.json"
                                          : settings.api_keys_file;
}

std::string_view bearer_credential(std::string_view authorization) {
    constexpr std::string_view scheme = "bearer ";
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    if (authorization.size() < scheme.size() ||
        !std::equal(scheme.begin(), scheme.end(), authorization.begin(),
                    [&](char a, char b) { return a == lower(b); })) {
        return {};
    }
    return authorization.substr(scheme.size());
}

}  // namespace tickstock
