// Any bytes as a credential, as a token's payload that is signed, and as a file of API keys.

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "auth/api_key_store.hpp"
#include "auth/authenticator.hpp"
#include "auth/jwt_signer.hpp"
#include "auth/jwt_verifier.hpp"

namespace {

using namespace tickstock;

constexpr UnixNanos now = from_unix_second(1'772'463'600);

JwtKey key() {
    return JwtKey::hmac(Secret("a secret of the fuzz target, of 32 bytes or more")).value();
}

const JwtVerifier& verifier() {
    static const JwtVerifier made = [] {
        std::vector<JwtVerifier::NamedKey> keys;
        keys.push_back({"", key()});
        return JwtVerifier({"", ""}, std::move(keys));
    }();
    return made;
}

/// Nobody has the secret, so nothing is accepted.
void check_token(std::string_view text) {
    assert(!verifier().verify(text, now).ok());
    split_api_key(text);
    bearer_credential(text);
}

/// A payload whose signature holds: what is accepted is within bounds.
void check_payload(std::string_view text) {
    static const JwtKey signer = key();
    const std::string token = sign_jwt(R"({"alg":"HS256"})", text, signer);
    if (const auto identity = verifier().verify(token, now)) {
        assert(token.size() <= jwt_size_limit);
        assert(is_user_name(identity->user));
        assert(identity->expires_at > now);
    }
}

/// A header of any kind: the token may only be accepted under the one algorithm.
void check_header(std::string_view text) {
    static const JwtKey signer = key();
    const std::string token = sign_jwt(text, R"({"sub":"a","exp":9000000000})", signer);
    if (verifier().verify(token, now)) {
        assert(text.find("HS256") != text.npos || text.find('\\') != text.npos);
    }
}

void check_key_file(std::string_view text) {
    const auto keys = parse_api_keys(text, "keys.json");
    if (!keys) {
        assert(keys.error().message.starts_with("keys.json: "));
        return;
    }
    // What was read is written so that it reads the same.
    const auto again = parse_api_keys(api_keys_text(*keys), "keys.json");
    assert(again.ok() && *again == *keys);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_token(text);
    check_payload(text);
    check_header(text);
    check_key_file(text);
    return 0;
}
