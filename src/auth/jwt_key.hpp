#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "auth/secret.hpp"
#include "base/result.hpp"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace tickstock {

/// RFC 7518 and RFC 8037; EdDSA with Ed25519 only. Others are never accepted.
enum class JwtAlgorithm : std::uint8_t { Hs256, Rs256, EdDsa };

/// "HS256", "RS256", "EdDSA": exactly what stands in a header.
std::string_view to_string(JwtAlgorithm algorithm);
std::optional<JwtAlgorithm> parse_jwt_algorithm(std::string_view text);

/// A key for one algorithm, chosen when it is made: no token can make it another's, so an RSA
/// public key can never serve as an HMAC secret. Any thread once made.
class JwtKey {
public:
    /// HS256. Refuses a secret of less than 32 bytes, and one that is a PEM (a public key that
    /// everybody knows, set by mistake).
    static Result<JwtKey> hmac(Secret secret);

    /// RS256 (2,048 to 8,192 bits) or EdDSA, from a public key in PEM. Refuses private keys (they
    /// have no business on a server that only verifies) and those of another algorithm.
    static Result<JwtKey> public_pem(JwtAlgorithm algorithm, std::string_view pem);

    /// The same from a private key, which can sign too.
    static Result<JwtKey> private_pem(JwtAlgorithm algorithm, std::string_view pem);

    JwtAlgorithm algorithm() const { return algorithm_; }

    /// 16 hex digits of the key's hash, to name it in logs and to know it again.
    const std::string& fingerprint() const { return fingerprint_; }

    bool verifies(std::string_view text, std::string_view signature) const;

    /// REQUIRES: an HMAC secret or a private key.
    std::string sign(std::string_view text) const;

private:
    struct FreeKey {
        void operator()(evp_pkey_st* key) const;
    };
    using Pkey = std::unique_ptr<evp_pkey_st, FreeKey>;

    JwtKey(JwtAlgorithm algorithm, Secret secret, Pkey pkey, std::string fingerprint)
        : algorithm_(algorithm),
          secret_(std::move(secret)),
          pkey_(std::move(pkey)),
          fingerprint_(std::move(fingerprint)) {}
    static Result<JwtKey> from_pkey(JwtAlgorithm algorithm, Pkey pkey);

    JwtAlgorithm algorithm_;
    Secret secret_;  // HS256
    Pkey pkey_;      // the others
    std::string fingerprint_;
};

}  // namespace tickstock
