#include "auth/jwt_verifier.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "auth/test_keys.hpp"

namespace tickstock {
namespace {

using namespace test_keys;
using namespace std::chrono_literals;

JwtVerifier verifier_of(std::vector<std::pair<std::string, std::string>> secrets,
                        JwtVerifier::Options options = {}) {
    std::vector<JwtVerifier::NamedKey> keys;
    for (const auto& [kid, text] : secrets) {
        keys.push_back({kid, hmac_key(text)});
    }
    return JwtVerifier(std::move(options), std::move(keys));
}

const std::string secret_a = "the first secret of 32 bytes or more";
const std::string secret_b = "the second secret of 32 bytes or more";
const std::string secret_c = "the third secret of 32 bytes or more";

std::string verdict(const JwtVerifier& verifier, const std::string& token, UnixNanos at = now) {
    const auto identity = verifier.verify(token, at);
    return identity ? identity->user : std::string(to_string(identity.error()));
}

std::string token_with(const std::string& secret, const std::string& kid) {
    JwtContent content = good_content();
    content.kid = kid;
    return make_jwt(content, hmac_key(secret));
}

TEST(JwtVerifier, TellsWhoItIs) {
    JwtContent content = good_content("alice@example.com");
    content.token_id = "j1";
    content.issuer = "issuer";
    content.audience = "tickstock";
    const JwtVerifier verifier = verifier_of({{"", secret_a}}, {"issuer", "tickstock"});
    const auto claims = verifier.verify_claims(make_jwt(content, hmac_key(secret_a)), now);
    ASSERT_TRUE(claims.ok()) << to_string(claims.error());
    EXPECT_EQ(claims->identity.user, "alice@example.com");
    EXPECT_EQ(claims->identity.role, Role::Trader);
    EXPECT_EQ(claims->identity.kind, Identity::Kind::Jwt);
    EXPECT_EQ(claims->identity.token_id, "j1");
    EXPECT_EQ(claims->identity.expires_at, now + 1h + 30s);
    EXPECT_EQ(claims->expires, now + 1h);
    EXPECT_EQ(claims->issuer, "issuer");
    EXPECT_EQ(claims->audiences, std::vector<std::string>{"tickstock"});
    EXPECT_TRUE(verifier.has_key(claims->identity.key_id));
    EXPECT_FALSE(verifier.has_key("0000000000000000"));
}

TEST(JwtVerifier, WithoutARoleAViewer) {
    const auto identity =
        verifier_of({{"", secret_a}})
            .verify(sign_jwt(R"({"alg":"HS256"})", R"({"sub":"a","exp":9000000000})",
                             hmac_key(secret_a)),
                    now);
    ASSERT_TRUE(identity.ok());
    EXPECT_EQ(identity->role, Role::Viewer);
}

TEST(JwtVerifier, TypesAndAudiencesThatAreGood) {
    const JwtVerifier verifier = verifier_of({{"", secret_a}}, {"", "tickstock"});
    for (const char* typ : {"JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"}) {
        const std::string header =
            std::string(R"({"alg":"HS256","x5t":"ignored","typ":")") + typ + "\"}";
        EXPECT_EQ(
            verdict(verifier, sign_jwt(header,
                                       R"({"sub":"a","exp":9000000000,"aud":["b","tickstock"],)"
                                       R"("realm_access":{"roles":["x"]}})",
                                       hmac_key(secret_a))),
            "a")
            << typ;
    }
}

TEST(JwtVerifier, TimesHaveALeeway) {
    const JwtVerifier verifier = verifier_of({{"", secret_a}});
    JwtContent content = good_content();
    content.expires = now;
    const std::string token = make_jwt(content, hmac_key(secret_a));
    EXPECT_EQ(verdict(verifier, token, now + 30s - 1ns), "alice");
    EXPECT_EQ(verdict(verifier, token, now + 30s), "expired");
    EXPECT_EQ(verdict(verifier, token, now - 30s), "alice");
    EXPECT_EQ(verdict(verifier, token, now - 30s - 1ns), "not_yet_valid");
    const JwtVerifier strict = verifier_of({{"", secret_a}}, {"", "", 0s});
    EXPECT_EQ(verdict(strict, token, now), "expired");
    EXPECT_EQ(verdict(strict, token, now - 1ns), "not_yet_valid");
}

TEST(JwtVerifier, KidOnlyLooksAKeyUp) {
    const JwtVerifier verifier = verifier_of({{"a", secret_a}, {"b", secret_b}, {"", secret_c}});
    EXPECT_EQ(verdict(verifier, token_with(secret_a, "a")), "alice");
    EXPECT_EQ(verdict(verifier, token_with(secret_b, "b")), "alice");
    EXPECT_EQ(verdict(verifier, token_with(secret_c, "")), "alice");
    EXPECT_EQ(verdict(verifier, token_with(secret_a, "b")), "bad_signature");
    EXPECT_EQ(verdict(verifier, token_with(secret_a, "")), "bad_signature");
    EXPECT_EQ(verdict(verifier, token_with(secret_c, "a")), "bad_signature");
    for (const char* kid : {"c", "A", "a ", "../../dev/null", "a' OR 1=1 --"}) {
        EXPECT_EQ(verdict(verifier, token_with(secret_a, kid)), "unknown_key") << kid;
    }
    EXPECT_EQ(verdict(verifier, sign_jwt(R"({"alg":"HS256","kid":""})",
                                         R"({"sub":"a","exp":9000000000})", hmac_key(secret_c))),
              "unknown_key");
}

TEST(JwtVerifier, WhereNoKeyHasAKidThatOfTheTokenSaysNothing) {
    EXPECT_EQ(verdict(verifier_of({{"", secret_a}}), token_with(secret_a, "whatever")), "alice");
    EXPECT_EQ(verdict(verifier_of({{"a", secret_a}}), token_with(secret_a, "")), "unknown_key");
}

TEST(JwtVerifier, OldAndNewKeyHoldWhileTheyAreRotated) {
    for (const char* kid : {"", "k"}) {
        const JwtVerifier both = verifier_of({{kid, secret_a}, {kid, secret_b}});
        EXPECT_EQ(verdict(both, token_with(secret_a, kid)), "alice");
        EXPECT_EQ(verdict(both, token_with(secret_b, kid)), "alice");
        EXPECT_EQ(verdict(both, token_with(secret_c, kid)), "bad_signature");
        EXPECT_EQ(verdict(verifier_of({{kid, secret_b}}), token_with(secret_a, kid)),
                  "bad_signature");
    }
}

TEST(JwtVerifier, ATokenOfTheLargestSizeIsRead) {
    std::string token;
    for (std::size_t pad = 2800; token.size() < jwt_size_limit; ++pad) {
        token = sign_jwt(R"({"alg":"HS256"})",
                         R"({"sub":"a","exp":9000000000,"x":")" + std::string(pad, 'x') + "\"}",
                         hmac_key(secret_a));
    }
    if (token.size() == jwt_size_limit) {
        EXPECT_EQ(verdict(verifier_of({{"", secret_a}}), token), "a");
    } else {
        EXPECT_EQ(verdict(verifier_of({{"", secret_a}}), token), "too_large");
    }
}

JwtContent random_content() {
    JwtContent content = good_content(
        *rc::gen::suchThat(rc::gen::container<std::string>(rc::gen::inRange<char>('!', '~')),
                           [](const std::string& text) { return is_user_name(text); }));
    content.role = static_cast<Role>(*rc::gen::inRange(0, 3));
    content.token_id = *rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '~'));
    content.expires = now + std::chrono::seconds(*rc::gen::inRange(1, 100'000'000));
    return content;
}

template <class Make>
void what_is_signed_is_verified(Make make_signer, JwtKey verifying) {
    const JwtContent content = random_content();
    const std::string token = make_jwt(content, make_signer());
    std::vector<JwtVerifier::NamedKey> keys;
    keys.push_back({"", std::move(verifying)});
    const JwtVerifier verifier({}, std::move(keys));
    const auto identity = verifier.verify(token, now);
    RC_ASSERT(identity.ok());
    RC_ASSERT(identity->user == content.user);
    RC_ASSERT(identity->role == content.role);
    RC_ASSERT(identity->token_id == content.token_id);

    std::string changed = token;
    const auto at = *rc::gen::inRange<std::size_t>(0, token.size());
    changed[at] =
        *rc::gen::suchThat(rc::gen::arbitrary<char>(), [&](char c) { return c != token[at]; });
    RC_ASSERT(!verifier.verify(changed, now).ok());
    RC_ASSERT(!verifier.verify(token.substr(0, at), now).ok());
    RC_ASSERT(!verifier.verify(token + changed[at], now).ok());
    RC_ASSERT(verifier.verify(token, content.expires + 30s).error() == AuthFailure::Expired);
}

RC_GTEST_PROP(JwtProperties, Hs256, ()) {
    what_is_signed_is_verified([] { return hmac_key(); }, hmac_key());
}

RC_GTEST_PROP(JwtProperties, EdDsa, ()) {
    what_is_signed_is_verified(ed25519_signer, ed25519_verifier());
}

RC_GTEST_PROP(JwtProperties, Rs256, ()) {
    what_is_signed_is_verified(rsa_signer, rsa_verifier());
}

RC_GTEST_PROP(JwtProperties, AnyTextIsRefused, (const std::string& text)) {
    RC_ASSERT(!verifier_of({{"", secret_a}}).verify(text, now).ok());
}

TEST(JwtProperties, NoSingleByteOfATokenMayChange) {
    const JwtVerifier verifier = verifier_of({{"", secret_a}});
    const std::string token = make_jwt(good_content(), hmac_key(secret_a));
    for (std::size_t at = 0; at < token.size(); ++at) {
        for (int value = 0; value < 256; ++value) {
            std::string changed = token;
            changed[at] = static_cast<char>(value);
            EXPECT_TRUE(changed == token || !verifier.verify(changed, now).ok())
                << at << " " << value;
        }
    }
}

}  // namespace
}  // namespace tickstock
