#include "cli/signing_key.hpp"

#include <fmt/format.h>

#include "auth/jwt_settings.hpp"

namespace tickstock {

Result<JwtVerifier::NamedKey> signing_key(AuthSettings settings, const std::string& algorithm_word,
                                          const std::string& key_file) {
    const std::string word = !algorithm_word.empty()           ? algorithm_word
                             : !settings.jwt_algorithm.empty() ? settings.jwt_algorithm
                                                               : "HS256";
    const auto algorithm = parse_jwt_algorithm(word);
    if (!algorithm) {
        return Error{fmt::format("--algorithm {}: accepted are HS256, RS256, EdDSA", word)};
    }
    if (*algorithm == JwtAlgorithm::Hs256) {
        settings.jwt_algorithm = word;
        if (!key_file.empty()) {
            settings.jwt_key_files = {key_file};
        }
        auto keys = load_jwt_keys(settings, process_environment());
        if (!keys) {
            return keys.error();
        }
        return std::move(keys->front());
    }
    if (key_file.empty()) {
        return Error{fmt::format("{} needs --key-file with the private key in PEM", word)};
    }
    const KeyFileSetting file = parse_key_file_setting(key_file);
    auto pem = read_secret_file(file.path, process_environment());
    if (!pem) {
        return pem.error();
    }
    auto key = JwtKey::private_pem(*algorithm, pem->reveal());
    if (!key) {
        return Error{fmt::format("{} {}", file.path, key.error().message)};
    }
    return JwtVerifier::NamedKey{file.kid, std::move(key).value()};
}

}  // namespace tickstock
