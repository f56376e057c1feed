#include "auth/jwt_settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "auth/private_file.hpp"

namespace tickstock {
namespace {

constexpr std::size_t pem_limit = 64 * 1024;
constexpr const char* secret_name = "TICKSTOCK_JWT_KEY";

bool is_kid(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    });
}

/// `where` stands before what is wrong with a key.
Result<JwtKey> named(const std::string& where, Result<JwtKey> key) {
    if (!key) {
        return Error{fmt::format("{} {}", where, key.error().message)};
    }
    return key;
}

Result<JwtKey> read_key(JwtAlgorithm algorithm, const std::string& path,
                        const Environment& environment) {
    if (algorithm == JwtAlgorithm::Hs256) {
        auto secret = read_secret_file(path, environment);
        if (!secret) {
            return secret.error();
        }
        return named(path, JwtKey::hmac(std::move(secret).value()));
    }
    const auto file = read_file(path, Privacy::Anyone, pem_limit);
    if (!file) {
        return file.error();
    }
    return named(path, JwtKey::public_pem(algorithm, file->text));
}

Result<JwtKey> read_environment_key(JwtAlgorithm algorithm, const Environment& environment) {
    auto secret = load_secret(secret_name, "", environment);
    if (!secret) {
        return secret.error();
    }
    if (!secret->has_value()) {
        return Error{
            fmt::format("auth.jwt_algorithm = {}: there is no key; accepted is one in "
                        "auth.jwt_key_file or in the environment as {}",
                        to_string(algorithm), secret_name)};
    }
    Secret found = std::move(**secret);
    return named(secret_name, algorithm == JwtAlgorithm::Hs256
                                  ? JwtKey::hmac(std::move(found))
                                  : JwtKey::public_pem(algorithm, found.reveal()));
}

}  // namespace

KeyFileSetting parse_key_file_setting(const std::string& text) {
    const auto equals = text.find('=');
    if (equals == text.npos || !is_kid(std::string_view(text).substr(0, equals))) {
        return {"", text};
    }
    return {text.substr(0, equals), text.substr(equals + 1)};
}

Result<std::vector<JwtVerifier::NamedKey>> load_jwt_keys(const AuthSettings& settings,
                                                         const Environment& environment) {
    std::vector<JwtVerifier::NamedKey> keys;
    const auto algorithm = parse_jwt_algorithm(settings.jwt_algorithm);
    if (!algorithm) {
        if (!settings.jwt_key_files.empty()) {
            return Error{
                "auth.jwt_key_file is set and auth.jwt_algorithm is not: accepted are "
                "HS256, RS256, EdDSA"};
        }
        return keys;
    }
    for (const std::string& text : settings.jwt_key_files) {
        const KeyFileSetting file = parse_key_file_setting(text);
        auto key = read_key(*algorithm, file.path, environment);
        if (!key) {
            return key.error();
        }
        keys.push_back({file.kid, std::move(key).value()});
    }
    if (keys.empty()) {
        auto key = read_environment_key(*algorithm, environment);
        if (!key) {
            return key.error();
        }
        keys.push_back({"", std::move(key).value()});
    }
    return keys;
}

Result<std::optional<JwtVerifier>> make_jwt_verifier(const AuthSettings& settings,
                                                     const Environment& environment) {
    auto keys = load_jwt_keys(settings, environment);
    if (!keys) {
        return keys.error();
    }
    if (keys->empty()) {
        return std::optional<JwtVerifier>();
    }
    return std::optional<JwtVerifier>(JwtVerifier(
        {settings.jwt_issuer, settings.jwt_audience, settings.leeway}, std::move(keys).value()));
}

}  // namespace tickstock
