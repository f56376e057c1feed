// Forged tokens against public keys (RELIABILITY row 26).

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "auth/test_forgeries.hpp"

namespace tickstock {
namespace {

using namespace test_forgeries;
using namespace test_keys;
using enum AuthFailure;

/// A token with an HMAC whose secret is the text of a public key. (JwtKey refuses such a secret.)
std::string confused(std::string_view header, std::string_view secret) {
    const std::string text = base64url_encode(header) + "." + base64url_encode(payload());
    std::array<unsigned char, 32> mac{};
    unsigned length = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &length);
    return text + "." + base64url_encode({reinterpret_cast<const char*>(mac.data()), length});
}

TEST(JwtForgeries, AgainstRs256) {
    std::vector<JwtVerifier::NamedKey> keys;
    keys.push_back({"", rsa_verifier()});
    const JwtVerifier verifier({"issuer", "tickstock"}, std::move(keys));
    const std::string header = R"({"alg":"RS256"})";
    const std::string good = sign_jwt(header, payload(), rsa_signer());
    ASSERT_TRUE(verifier.verify(good, now).ok());
    const auto second = good.rfind('.');
    const std::string raw = base64url_decode(good.substr(second + 1)).value();
    const auto with_signature = [&](const std::string& bytes) {
        return good.substr(0, second + 1) + base64url_encode(bytes);
    };
    expect_refused(
        verifier,
        {{"the public key as an HMAC secret", confused(head, rsa_public), AlgorithmNotAllowed},
         {"the same that says RS256", confused(header, rsa_public), BadSignature},
         {"HS256 with any secret", with_payload(payload()), AlgorithmNotAllowed},
         {"none", unsigned_token(R"({"alg":"none"})"), AlgorithmNotAllowed},
         {"signature empty", with_signature(""), BadSignature},
         {"signature all zero", with_signature(std::string(256, '\0')), BadSignature},
         {"signature of one", with_signature(std::string(255, '\0') + '\1'), BadSignature},
         {"a zero byte before", with_signature('\0' + raw), BadSignature},
         {"a zero byte behind", with_signature(raw + '\0'), BadSignature},
         {"signature cut", with_signature(raw.substr(0, 255)), BadSignature},
         {"Ed25519 signature", sign_jwt(header, payload(), ed25519_signer()), BadSignature}});
}

/// A little-endian number of 32 bytes plus the order of Ed25519's group (RFC 8032 5.1).
std::string plus_order(std::string s) {
    constexpr std::array<unsigned char, 32> order{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                                  0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                                  0,    0,    0,    0,    0,    0,    0,    0,
                                                  0,    0,    0,    0,    0,    0,    0,    0x10};
    unsigned carry = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        carry += static_cast<unsigned char>(s[i]) + unsigned{order[i]};
        s[i] = static_cast<char>(carry & 0xff);
        carry >>= 8;
    }
    return s;
}

TEST(JwtForgeries, AgainstEdDsa) {
    std::vector<JwtVerifier::NamedKey> keys;
    keys.push_back({"", ed25519_verifier()});
    const JwtVerifier verifier({"issuer", "tickstock"}, std::move(keys));
    const std::string header = R"({"alg":"EdDSA"})";
    const std::string good = sign_jwt(header, payload(), ed25519_signer());
    ASSERT_TRUE(verifier.verify(good, now).ok());
    const auto second = good.rfind('.');
    const std::string raw = base64url_decode(good.substr(second + 1)).value();
    const auto with_signature = [&](const std::string& bytes) {
        return good.substr(0, second + 1) + base64url_encode(bytes);
    };
    expect_refused(
        verifier,
        {{"S plus the group's order",
          with_signature(raw.substr(0, 32) + plus_order(raw.substr(32))), BadSignature},
         {"S with its top bit",
          with_signature(raw.substr(0, 63) + static_cast<char>(raw[63] | '\x80')), BadSignature},
         {"all zero", with_signature(std::string(64, '\0')), BadSignature},
         {"R the neutral point, S zero", with_signature('\1' + std::string(63, '\0')),
          BadSignature},
         {"signature cut", with_signature(raw.substr(0, 63)), BadSignature},
         {"signature longer", with_signature(raw + '\0'), BadSignature},
         {"halves swapped", with_signature(raw.substr(32) + raw.substr(0, 32)), BadSignature},
         {"the public key as an HMAC secret", confused(head, ed25519_public), AlgorithmNotAllowed},
         {"alg Ed25519", sign_jwt(R"({"alg":"Ed25519"})", payload(), ed25519_signer()),
          AlgorithmNotAllowed}});
}

}  // namespace
}  // namespace tickstock
