// Forged tokens, each with the reason for which it must be refused (RELIABILITY row 26).

#include <gtest/gtest.h>

#include "auth/base64url.hpp"
#include "auth/jwt_verifier.hpp"
#include "auth/test_forgeries.hpp"
#include "auth/test_keys.hpp"

namespace tickstock {
namespace {

using namespace test_forgeries;
using namespace test_keys;
using enum AuthFailure;

JwtVerifier hmac_verifier() {
    std::vector<JwtVerifier::NamedKey> keys;
    keys.push_back({"", hmac_key()});
    return JwtVerifier({"issuer", "tickstock"}, std::move(keys));
}

std::string flipped(std::string token, std::size_t at) {
    token[at] = token[at] == 'A' ? 'Q' : 'A';
    return token;
}

std::vector<Forgery> forged_signatures() {
    const std::string good = with_payload(payload());
    const auto first = good.find('.');
    const auto second = good.rfind('.');
    const std::string signed_text = good.substr(0, second);
    const std::string raw = base64url_decode(good.substr(second + 1)).value();
    return {
        {"alg none", unsigned_token(R"({"alg":"none"})"), AlgorithmNotAllowed},
        {"alg None", unsigned_token(R"({"alg":"None"})"), AlgorithmNotAllowed},
        {"alg nOnE", unsigned_token(R"({"alg":"nOnE"})"), AlgorithmNotAllowed},
        {"alg NONE", unsigned_token(R"({"alg":"NONE"})"), AlgorithmNotAllowed},
        {"alg none, a signature", unsigned_token(R"({"alg":"none"})", "AAAA"), AlgorithmNotAllowed},
        {"alg empty", unsigned_token(R"({"alg":""})"), AlgorithmNotAllowed},
        {"alg missing", unsigned_token(R"({"typ":"JWT"})"), Malformed},
        {"alg null", unsigned_token(R"({"alg":null})"), Malformed},
        {"alg a list", unsigned_token(R"({"alg":["HS256"]})"), Malformed},
        {"alg a number", unsigned_token(R"({"alg":256})"), Malformed},
        {"alg hs256", with_head(R"({"alg":"hs256"})"), AlgorithmNotAllowed},
        {"alg with a space", with_head(R"({"alg":"HS256 "})"), AlgorithmNotAllowed},
        {"alg with NUL", with_head(R"({"alg":"HS256\u0000"})"), AlgorithmNotAllowed},
        {"alg HS384", with_head(R"({"alg":"HS384"})"), AlgorithmNotAllowed},
        {"alg HS512", with_head(R"({"alg":"HS512"})"), AlgorithmNotAllowed},
        {"alg ES256", with_head(R"({"alg":"ES256"})"), AlgorithmNotAllowed},
        {"alg PS256", with_head(R"({"alg":"PS256"})"), AlgorithmNotAllowed},
        {"alg RS256", with_head(R"({"alg":"RS256"})"), AlgorithmNotAllowed},
        {"alg EdDSA, signed so", sign_jwt(R"({"alg":"EdDSA"})", payload(), ed25519_signer()),
         AlgorithmNotAllowed},
        {"signature empty", signed_text + ".", BadSignature},
        {"signature cut", signed_text + "." + good.substr(second + 1, 40), BadSignature},
        {"signature of one byte", signed_text + ".AA", BadSignature},
        {"signature longer", good + "AAAA", BadSignature},
        {"signature twice", signed_text + "." + base64url_encode(raw + raw), BadSignature},
        {"signature all zero", signed_text + "." + std::string(43, 'A'), BadSignature},
        {"signature flipped at its begin", flipped(good, second + 1), BadSignature},
        {"signature flipped in the middle", flipped(good, second + 20), BadSignature},
        {"signature of another secret",
         sign_jwt(head, payload(), hmac_key("another secret of 32 bytes or more")), BadSignature},
        {"signature of another token",
         signed_text.substr(0, first) + "." + base64url_encode(payload("1900000000")) +
             good.substr(second),
         BadSignature},
        {"payload flipped", flipped(good, first + 10), BadSignature},
        {"RSA signature", sign_jwt(head, payload(), rsa_signer()), BadSignature},
    };
}

std::vector<Forgery> forged_headers() {
    const std::string jwk = R"({"kty":"oct","k":"AAAA"})";
    return {
        {"jwk", with_head(fmt::format(R"({{"alg":"HS256","jwk":{}}})", jwk)), HeaderNotAllowed},
        {"jku", with_head(R"({"alg":"HS256","jku":"https://evil.example/keys"})"),
         HeaderNotAllowed},
        {"x5u", with_head(R"({"alg":"HS256","x5u":"https://evil.example/c"})"), HeaderNotAllowed},
        {"x5c", with_head(R"({"alg":"HS256","x5c":["MII"]})"), HeaderNotAllowed},
        {"crit", with_head(R"({"alg":"HS256","crit":["exp"],"exp":1})"), HeaderNotAllowed},
        {"crit empty", with_head(R"({"alg":"HS256","crit":[]})"), HeaderNotAllowed},
        {"crit null", with_head(R"({"alg":"HS256","crit":null})"), HeaderNotAllowed},
        {"b64", with_head(R"({"alg":"HS256","b64":false})"), HeaderNotAllowed},
        {"zip", with_head(R"({"alg":"HS256","zip":"DEF"})"), HeaderNotAllowed},
        {"nested by cty", with_head(R"({"alg":"HS256","cty":"JWT"})"), HeaderNotAllowed},
        {"typ JWE", with_head(R"({"alg":"HS256","typ":"JWE"})"), WrongType},
        {"typ of a refresh token", with_head(R"({"alg":"HS256","typ":"rt+jwt"})"), WrongType},
        {"typ empty", with_head(R"({"alg":"HS256","typ":""})"), WrongType},
        {"typ a number", with_head(R"({"alg":"HS256","typ":1})"), Malformed},
        {"kid a number", with_head(R"({"alg":"HS256","kid":1})"), Malformed},
        {"kid null", with_head(R"({"alg":"HS256","kid":null})"), Malformed},
        {"alg twice", with_head(R"({"alg":"none","alg":"HS256"})"), Malformed},
        {"alg twice, once escaped", with_head(R"({"alg":"HS256","\u0061lg":"HS256"})"), Malformed},
        {"no object", with_head(R"(["HS256"])"), Malformed},
        {"no JSON", with_head("alg=HS256"), Malformed},
        {"empty", "." + base64url_encode(payload()) + ".AAAA", Malformed},
        {"more behind the object", with_head(R"({"alg":"HS256"}{})"), Malformed},
        {"a comment", with_head(R"({"alg":"HS256"/**/})"), Malformed},
        {"a byte order mark", with_head("\xef\xbb\xbf{\"alg\":\"HS256\"}"), Malformed},
        {"no UTF-8", with_head("{\"alg\":\"HS256\",\"x\":\"\xff\"}"), Malformed},
        {"NUL behind the object", with_head(std::string_view("{\"alg\":\"HS256\"}\0", 16)),
         Malformed},
        {"deep", with_head(R"({"alg":"HS256","x":[[[[[[[[1]]]]]]]]})"), Malformed},
    };
}

std::vector<Forgery> forged_forms() {
    const std::string good = with_payload(payload());
    const auto first = good.find('.');
    const auto second = good.rfind('.');
    std::string loose_bits = good;  // another text for the same signature bytes
    loose_bits.back() = static_cast<char>(loose_bits.back() + 1);
    return {
        {"no dot", "eyJhbGciOiJub25lIn0", Malformed},
        {"one dot", good.substr(0, second), Malformed},
        {"three dots", good + ".", Malformed},
        {"five segments", "a.b.c.d.e", Malformed},
        {"only dots", "..", Malformed},
        {"payload empty", good.substr(0, first) + ".." + good.substr(second + 1), Malformed},
        {"header padded", good.substr(0, first) + "=" + good.substr(first), Malformed},
        {"signature padded", good + "=", Malformed},
        {"unused bits set", loose_bits, Malformed},
        {"a space before", " " + good, Malformed},
        {"a space behind", good + " ", Malformed},
        {"a line end behind", good + "\n", Malformed},
        {"a line end inside", good.substr(0, first) + ".\n" + good.substr(first + 1), Malformed},
        {"NUL behind", good + std::string(1, '\0'), Malformed},
        {"base64 with + and /", good.substr(0, second + 1) + std::string(42, '+') + "A", Malformed},
        {"another Bearer", "Bearer " + good, Malformed},
        {"a comma and a second token", good + "," + good, Malformed},
        {"JSON serialization", R"({"payload":"e30","signatures":[]})", Malformed},
        {"4,097 bytes", good + std::string(jwt_size_limit + 1 - good.size(), 'A'), TooLarge},
        {"a megabyte", std::string(1 << 20, 'A'), TooLarge},
    };
}

std::vector<Forgery> forged_claims() {
    const std::string in_an_hour = std::to_string(now_second + 3600);
    const auto exp = [](const std::string& value) { return with_payload(payload(value)); };
    const auto more = [&](const std::string& members) {
        return with_payload(payload(in_an_hour, members));
    };
    const auto sub = [&](const std::string& value) {
        return with_payload(payload(in_an_hour, "", value));
    };
    const auto aud = [&](const std::string& value) {
        return with_payload(payload(in_an_hour, "", R"("alice")", value));
    };
    const auto iss = [&](const std::string& value) {
        return with_payload(payload(in_an_hour, "", R"("alice")", R"("tickstock")", value));
    };
    const std::string nested = with_payload(payload());
    return {
        {"exp missing", with_payload(R"({"sub":"alice","aud":"tickstock","iss":"issuer"})"),
         BadClaim},
        {"exp a text", exp("\"" + in_an_hour + "\""), BadClaim},
        {"exp negative", exp("-1"), BadClaim},
        {"exp a fraction", exp(in_an_hour + ".5"), BadClaim},
        {"exp with an exponent", exp("1e30"), BadClaim},
        {"exp 2^63", exp("9223372036854775808"), BadClaim},
        {"exp 2^64", exp("18446744073709551616"), BadClaim},
        {"exp in milliseconds", exp("1772463600000"), BadClaim},
        {"exp past all nanoseconds", exp("9223372037"), BadClaim},
        {"exp null", exp("null"), BadClaim},
        {"exp true", exp("true"), BadClaim},
        {"exp a list", exp("[" + in_an_hour + "]"), BadClaim},
        {"exp NaN", exp("NaN"), Malformed},
        {"exp with a leading zero", exp("0" + in_an_hour), Malformed},
        {"exp zero", exp("0"), Expired},
        {"exp past the leeway", exp(std::to_string(now_second - 30)), Expired},
        {"exp twice", more(",\"exp\":9000000000"), Malformed},
        {"nbf in the future", more(",\"nbf\":" + std::to_string(now_second + 31)), NotYetValid},
        {"nbf a text", more(",\"nbf\":\"0\""), BadClaim},
        {"iat in the future", more(",\"iat\":" + std::to_string(now_second + 31)), NotYetValid},
        {"iat negative", more(",\"iat\":-5"), BadClaim},
        {"sub missing", with_payload(R"({"exp":9000000000,"aud":"tickstock","iss":"issuer"})"),
         BadClaim},
        {"sub empty", sub("\"\""), BadClaim},
        {"sub a number", sub("1"), BadClaim},
        {"sub a path", sub("\"../admin\""), BadClaim},
        {"sub with a line end", sub("\"alice\\nadmin\""), BadClaim},
        {"sub with NUL", sub("\"alice\\u0000\""), BadClaim},
        {"sub with quotes", sub("\"al\\\"ice\""), BadClaim},
        {"sub not ASCII", sub("\"\xd0\xb0lice\""), BadClaim},
        {"sub of 65 bytes", sub("\"" + std::string(65, 'a') + "\""), BadClaim},
        {"sub twice", more(",\"sub\":\"bob\""), Malformed},
        {"role twice", more(",\"role\":\"admin\""), Malformed},
        {"role unknown",
         with_payload(
             R"({"sub":"a","role":"root","exp":9000000000,"aud":"tickstock","iss":"issuer"})"),
         BadClaim},
        {"role a list",
         with_payload(
             R"({"sub":"a","role":["admin"],"exp":9000000000,"aud":"tickstock","iss":"issuer"})"),
         BadClaim},
        {"jti a number", more(",\"jti\":7"), BadClaim},
        {"jti of 257 bytes", more(",\"jti\":\"" + std::string(257, 'j') + "\""), BadClaim},
        {"aud missing", with_payload(R"({"sub":"alice","iss":"issuer","exp":9000000000})"),
         WrongAudience},
        {"aud foreign", aud("\"other\""), WrongAudience},
        {"aud in capitals", aud("\"TickStock\""), WrongAudience},
        {"aud of which ours is a part", aud("\"tickstock2\""), WrongAudience},
        {"aud a list of foreign ones", aud(R"(["other","tickstoc"])"), WrongAudience},
        {"aud an empty list", aud("[]"), WrongAudience},
        {"aud a list with a number", aud(R"(["tickstock",1])"), BadClaim},
        {"aud an object", aud(R"({"tickstock":1})"), BadClaim},
        {"aud null", aud("null"), BadClaim},
        {"iss missing", with_payload(R"({"sub":"alice","aud":"tickstock","exp":9000000000})"),
         WrongIssuer},
        {"iss foreign", iss("\"issuer.evil\""), WrongIssuer},
        {"iss a list", iss(R"(["issuer"])"), BadClaim},
        {"payload a list", with_payload("[1]"), Malformed},
        {"payload deep", more(",\"x\":" + std::string(500, '[') + std::string(500, ']')),
         Malformed},
        {"payload no UTF-8", more(",\"x\":\"\xc0\xaf\""), Malformed},
        {"a token in a token", with_payload(nested), Malformed},
    };
}

TEST(JwtForgeries, TheGoodTokenThatTheyAreMadeFromIsAccepted) {
    const auto identity = hmac_verifier().verify(with_payload(payload()), now);
    ASSERT_TRUE(identity.ok()) << to_string(identity.error());
    EXPECT_EQ(identity->user, "alice");
    EXPECT_EQ(identity->role, Role::Admin);
}

TEST(JwtForgeries, Signatures) {
    expect_refused(hmac_verifier(), forged_signatures());
}

TEST(JwtForgeries, Headers) {
    expect_refused(hmac_verifier(), forged_headers());
}

TEST(JwtForgeries, Forms) {
    expect_refused(hmac_verifier(), forged_forms());
}

TEST(JwtForgeries, Claims) {
    expect_refused(hmac_verifier(), forged_claims());
}

TEST(JwtForgeries, ThereAreMoreThanAHundred) {
    EXPECT_GE(forged_signatures().size() + forged_headers().size() + forged_forms().size() +
                  forged_claims().size(),
              100u);
}

}  // namespace
}  // namespace tickstock
