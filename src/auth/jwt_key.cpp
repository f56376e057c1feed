#include "auth/jwt_key.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <array>
#include <vector>

#include "base/assert.hpp"

namespace tickstock {
namespace {

constexpr std::size_t hmac_size = 32;
constexpr std::size_t smallest_secret = 32;  // RFC 7518 3.2: as long as the hash
constexpr int smallest_rsa_bits = 2048;      // RFC 7518 3.3
constexpr int largest_rsa_bits = 8192;       // a larger one costs each client milliseconds

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string fingerprint_of(std::string_view bytes) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
    SHA256(bytes_of(bytes), bytes.size(), hash.data());
    std::string text;
    for (std::size_t i = 0; i < 8; ++i) {
        text += fmt::format("{:02x}", hash[i]);
    }
    return text;
}

std::array<unsigned char, hmac_size> hmac_sha256(const Secret& secret, std::string_view text) {
    std::array<unsigned char, hmac_size> mac{};
    unsigned length = 0;
    TS_ASSERT(HMAC(EVP_sha256(), secret.reveal().data(), static_cast<int>(secret.size()),
                   bytes_of(text), text.size(), mac.data(), &length) != nullptr);
    TS_ASSERT(length == hmac_size);
    return mac;
}

/// The hash that RS256 signs; Ed25519 hashes by itself.
const EVP_MD* digest_of(JwtAlgorithm algorithm) {
    return algorithm == JwtAlgorithm::Rs256 ? EVP_sha256() : nullptr;
}

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeBio {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;
using Bio = std::unique_ptr<BIO, FreeBio>;

Bio reader_of(std::string_view pem) {
    return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

/// A PEM with a pass phrase is refused instead of asking the terminal for it.
int no_pass_phrase(char*, int, int, void*) {
    return -1;
}

bool is_pem(std::string_view text) {
    return text.find("-----BEGIN ") != std::string_view::npos;
}

}  // namespace

std::string_view to_string(JwtAlgorithm algorithm) {
    switch (algorithm) {
        case JwtAlgorithm::Hs256: return "HS256";
        case JwtAlgorithm::Rs256: return "RS256";
        case JwtAlgorithm::EdDsa: break;
    }
    return "EdDSA";
}

std::optional<JwtAlgorithm> parse_jwt_algorithm(std::string_view text) {
    for (const auto algorithm : {JwtAlgorithm::Hs256, JwtAlgorithm::Rs256, JwtAlgorithm::EdDsa}) {
        if (text == to_string(algorithm)) {
            return algorithm;
        }
    }
    return std::nullopt;
}

void JwtKey::FreeKey::operator()(evp_pkey_st* key) const {
    EVP_PKEY_free(key);
}

Result<JwtKey> JwtKey::hmac(Secret secret) {
    if (is_pem(secret.reveal())) {
        return Error{"is a PEM; accepted for HS256 is a secret that nobody else has"};
    }
    if (secret.size() < smallest_secret) {
        return Error{
            fmt::format("has {} bytes; accepted for HS256 are {} or more (tickstock token "
                        "secret makes one)",
                        secret.size(), smallest_secret)};
    }
    // A keyed hash: the fingerprint may be seen.
    const auto mac = hmac_sha256(secret, "tickstock key fingerprint");
    std::string fingerprint =
        fingerprint_of({reinterpret_cast<const char*>(mac.data()), mac.size()});
    return JwtKey(JwtAlgorithm::Hs256, std::move(secret), nullptr, std::move(fingerprint));
}

Result<JwtKey> JwtKey::from_pkey(JwtAlgorithm algorithm, Pkey pkey) {
    const int type = EVP_PKEY_get_base_id(pkey.get());
    if (type != (algorithm == JwtAlgorithm::Rs256 ? EVP_PKEY_RSA : EVP_PKEY_ED25519)) {
        const char* name = OBJ_nid2sn(type);
        return Error{fmt::format("is a key of type {}; accepted for {} is {}",
                                 name == nullptr ? "unknown" : name, to_string(algorithm),
                                 algorithm == JwtAlgorithm::Rs256 ? "RSA" : "Ed25519")};
    }
    const int bits = EVP_PKEY_get_bits(pkey.get());
    if (algorithm == JwtAlgorithm::Rs256 && (bits < smallest_rsa_bits || bits > largest_rsa_bits)) {
        return Error{fmt::format("is an RSA key of {} bits; accepted are {} to {}", bits,
                                 smallest_rsa_bits, largest_rsa_bits)};
    }
    unsigned char* der = nullptr;
    const int length = i2d_PUBKEY(pkey.get(), &der);
    TS_ASSERT(length > 0);
    std::string fingerprint =
        fingerprint_of({reinterpret_cast<const char*>(der), static_cast<std::size_t>(length)});
    OPENSSL_free(der);
    return JwtKey(algorithm, Secret(), std::move(pkey), std::move(fingerprint));
}

Result<JwtKey> JwtKey::public_pem(JwtAlgorithm algorithm, std::string_view pem) {
    TS_ASSERT(algorithm != JwtAlgorithm::Hs256);
    if (pem.find("PRIVATE KEY-----") != std::string_view::npos) {
        return Error{"holds a private key; accepted is the public one (openssl pkey -pubout)"};
    }
    Pkey pkey(PEM_read_bio_PUBKEY(reader_of(pem).get(), nullptr, no_pass_phrase, nullptr));
    ERR_clear_error();
    if (pkey == nullptr) {
        return Error{"is no public key; accepted is a PEM that begins -----BEGIN PUBLIC KEY-----"};
    }
    return from_pkey(algorithm, std::move(pkey));
}

Result<JwtKey> JwtKey::private_pem(JwtAlgorithm algorithm, std::string_view pem) {
    TS_ASSERT(algorithm != JwtAlgorithm::Hs256);
    Pkey pkey(PEM_read_bio_PrivateKey(reader_of(pem).get(), nullptr, no_pass_phrase, nullptr));
    ERR_clear_error();
    if (pkey == nullptr) {
        return Error{
            "is no private key; accepted is a PEM without a pass phrase that begins "
            "-----BEGIN PRIVATE KEY-----"};
    }
    return from_pkey(algorithm, std::move(pkey));
}

bool JwtKey::verifies(std::string_view text, std::string_view signature) const {
    if (algorithm_ == JwtAlgorithm::Hs256) {
        const auto mac = hmac_sha256(secret_, text);
        return signature.size() == mac.size() &&
               CRYPTO_memcmp(mac.data(), signature.data(), mac.size()) == 0;
    }
    const Context context(EVP_MD_CTX_new());
    const bool good = EVP_DigestVerifyInit(context.get(), nullptr, digest_of(algorithm_), nullptr,
                                           pkey_.get()) == 1 &&
                      EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                       bytes_of(text), text.size()) == 1;
    ERR_clear_error();
    return good;
}

std::string JwtKey::sign(std::string_view text) const {
    if (algorithm_ == JwtAlgorithm::Hs256) {
        const auto mac = hmac_sha256(secret_, text);
        return std::string(mac.begin(), mac.end());
    }
    const Context context(EVP_MD_CTX_new());
    std::size_t length = 0;
    TS_ASSERT(EVP_DigestSignInit(context.get(), nullptr, digest_of(algorithm_), nullptr,
                                 pkey_.get()) == 1);
    TS_ASSERT(EVP_DigestSign(context.get(), nullptr, &length, bytes_of(text), text.size()) == 1);
    std::string signature(length, '\0');
    TS_ASSERT(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                             &length, bytes_of(text), text.size()) == 1);
    signature.resize(length);
    return signature;
}

}  // namespace tickstock
