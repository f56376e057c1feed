#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "auth/base64url.hpp"
#include "auth/jwt_verifier.hpp"
#include "auth/test_keys.hpp"

namespace tickstock::test_forgeries {

using namespace test_keys;

struct Forgery {
    std::string name;
    std::string token;
    AuthFailure expected;
};

inline constexpr std::string_view head = R"({"alg":"HS256","typ":"JWT"})";

/// A payload that is good but for what `change` says in place of its own members.
inline std::string payload(const std::string& exp = std::to_string(now_second + 3600),
                           const std::string& more = "", const std::string& sub = R"("alice")",
                           const std::string& aud = R"("tickstock")",
                           const std::string& iss = R"("issuer")") {
    return fmt::format(R"({{"sub":{},"role":"admin","aud":{},"iss":{},"exp":{}{}}})", sub, aud, iss,
                       exp, more);
}

/// Any header, with a good payload and a signature that holds.
inline std::string with_head(std::string_view header) {
    return sign_jwt(header, payload(), hmac_key());
}

/// Any payload, with a good header and a signature that holds.
inline std::string with_payload(std::string_view json) {
    return sign_jwt(head, json, hmac_key());
}

inline std::string unsigned_token(std::string_view header, std::string_view signature = "") {
    return base64url_encode(header) + "." + base64url_encode(payload()) + "." +
           std::string(signature);
}

inline void expect_refused(const JwtVerifier& verifier, const std::vector<Forgery>& forgeries) {
    for (const Forgery& forgery : forgeries) {
        const auto result = verifier.verify(forgery.token, now);
        if (result.ok()) {
            ADD_FAILURE() << forgery.name << ": accepted";
        } else {
            EXPECT_EQ(to_string(result.error()), to_string(forgery.expected)) << forgery.name;
        }
    }
}

}  // namespace tickstock::test_forgeries
