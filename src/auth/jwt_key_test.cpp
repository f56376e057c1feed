#include "auth/jwt_key.hpp"

#include <gtest/gtest.h>

#include "auth/base64url.hpp"
#include "auth/test_keys.hpp"

namespace tickstock {
namespace {

using namespace test_keys;

struct Vector {
    std::string_view signed_text;
    std::string_view signature;  ///< base64url
};

// RFC 7515 A.1.
constexpr Vector hs256{
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ",
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"};

// RFC 7515 A.2.
constexpr Vector rs256{
    "eyJhbGciOiJSUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ",
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
    "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
    "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
    "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"};

// RFC 8037 A.4.
constexpr Vector eddsa{
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"};

void expect_vector(const JwtKey& verifier, const JwtKey& signer, const Vector& vector) {
    const std::string signature = base64url_decode(vector.signature).value();
    EXPECT_TRUE(verifier.verifies(vector.signed_text, signature));
    EXPECT_EQ(base64url_encode(signer.sign(vector.signed_text)), vector.signature);
    EXPECT_EQ(verifier.fingerprint(), signer.fingerprint());
    EXPECT_EQ(verifier.fingerprint().size(), 16u);
    EXPECT_FALSE(verifier.verifies(std::string(vector.signed_text) + "A", signature));
    EXPECT_FALSE(verifier.verifies(vector.signed_text, ""));
}

TEST(JwtKey, Hs256VectorOfRfc7515) {
    const std::string secret = base64url_decode(hmac_secret_base64url).value();
    expect_vector(hmac_key(secret), hmac_key(secret), hs256);
}

TEST(JwtKey, Rs256VectorOfRfc7515) {
    expect_vector(rsa_verifier(), rsa_signer(), rs256);
}

TEST(JwtKey, EdDsaVectorOfRfc8037) {
    expect_vector(ed25519_verifier(), ed25519_signer(), eddsa);
}

std::string refusal(Result<JwtKey> key) {
    return key ? "accepted" : key.error().message;
}

TEST(JwtKey, RefusesKeysThatAreTooWeakOrOfAnotherKind) {
    using enum JwtAlgorithm;
    EXPECT_EQ(refusal(JwtKey::hmac(Secret("31 bytes of text are too short."))),
              "has 31 bytes; accepted for HS256 are 32 or more (tickstock token secret makes one)");
    EXPECT_EQ(refusal(JwtKey::hmac(Secret("32 bytes of text are just enough"))), "accepted");
    EXPECT_EQ(refusal(JwtKey::hmac(Secret(rsa_public))),
              "is a PEM; accepted for HS256 is a secret that nobody else has");
    EXPECT_EQ(refusal(JwtKey::public_pem(Rs256, rsa_small_public)),
              "is an RSA key of 1024 bits; accepted are 2048 to 8192");
    EXPECT_EQ(refusal(JwtKey::public_pem(Rs256, ed25519_public)),
              "is a key of type ED25519; accepted for RS256 is RSA");
    EXPECT_EQ(refusal(JwtKey::public_pem(EdDsa, rsa_public)),
              "is a key of type rsaEncryption; accepted for EdDSA is Ed25519");
    EXPECT_EQ(refusal(JwtKey::public_pem(EdDsa, ec_public)),
              "is a key of type id-ecPublicKey; accepted for EdDSA is Ed25519");
    EXPECT_EQ(refusal(JwtKey::public_pem(Rs256, rsa_private)),
              "holds a private key; accepted is the public one (openssl pkey -pubout)");
    EXPECT_EQ(refusal(JwtKey::public_pem(Rs256, "nonsense")),
              "is no public key; accepted is a PEM that begins -----BEGIN PUBLIC KEY-----");
    EXPECT_EQ(refusal(JwtKey::private_pem(EdDsa, ed25519_public)),
              "is no private key; accepted is a PEM without a pass phrase that begins -----BEGIN "
              "PRIVATE KEY-----");
}

TEST(JwtKey, FingerprintsTellKeysApart) {
    EXPECT_NE(hmac_key().fingerprint(),
              hmac_key("another secret of 32 bytes or more").fingerprint());
    EXPECT_NE(rsa_verifier().fingerprint(), ed25519_verifier().fingerprint());
}

TEST(JwtKey, NamesOfAlgorithmsAreExact) {
    EXPECT_EQ(parse_jwt_algorithm("EdDSA"), JwtAlgorithm::EdDsa);
    for (const char* text : {"", "hs256", "HS384", "none", "ES256", "EDDSA", "RS256 "}) {
        EXPECT_FALSE(parse_jwt_algorithm(text)) << text;
    }
}

}  // namespace
}  // namespace tickstock
