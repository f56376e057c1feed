#include "auth/jwt_signer.hpp"

#include "auth/base64url.hpp"
#include "base/assert.hpp"
#include "base/json_writer.hpp"

namespace tickstock {

std::string sign_jwt(std::string_view header_json, std::string_view payload_json,
                     const JwtKey& key) {
    std::string token = base64url_encode(header_json) + "." + base64url_encode(payload_json);
    const std::string signature = key.sign(token);
    return token + "." + base64url_encode(signature);
}

std::string make_jwt(const JwtContent& content, const JwtKey& key) {
    TS_ASSERT(is_user_name(content.user));
    const auto add = [](JsonWriter& json, const char* name, const std::string& value) {
        if (!value.empty()) {
            json.key(name).string(value);
        }
    };
    std::string header;
    JsonWriter head(header);
    head.begin_object().key("alg").string(to_string(key.algorithm())).key("typ").string("JWT");
    add(head, "kid", content.kid);
    head.end_object();

    std::string payload;
    JsonWriter json(payload);
    json.begin_object().key("sub").string(content.user).key("role").string(to_string(content.role));
    add(json, "iss", content.issuer);
    add(json, "aud", content.audience);
    json.key("iat").number(unix_second(content.issued));
    json.key("exp").number(unix_second(content.expires));
    add(json, "jti", content.token_id);
    json.end_object();
    return sign_jwt(header, payload, key);
}

}  // namespace tickstock
