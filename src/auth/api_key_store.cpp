#include "auth/api_key_store.hpp"

#include <openssl/crypto.h>

#include "base/assert.hpp"

namespace tickstock {

Result<ApiKeyStore> ApiKeyStore::load(std::string path) {
    ApiKeyStore store;
    store.path_ = std::move(path);
    auto file = read_api_keys(store.path_);
    if (!file) {
        return file.error();
    }
    store.take(std::move(*file));
    return store;
}

void ApiKeyStore::take(ApiKeyFile file) {
    stamp_ = file.stamp;
    keys_.clear();
    for (ApiKey& key : file.keys) {
        std::string id = key.id;
        keys_.emplace(std::move(id), std::move(key));
    }
}

Result<bool> ApiKeyStore::reload_if_changed() {
    const FileStamp now = stamp_of(path_);
    if (now == stamp_) {
        return false;
    }
    stamp_ = now;  // a bad file is told of once, not each second
    auto file = read_api_keys(path_);
    if (!file) {
        return file.error();
    }
    take(std::move(*file));
    return true;
}

Result<Identity, AuthFailure> ApiKeyStore::verify(std::string_view text, UnixNanos now) const {
    const auto parts = split_api_key(text);
    if (!parts) {
        return AuthFailure::Malformed;
    }
    static const std::string nobodys_hash(64, '0');
    const auto found = keys_.find(std::string(parts->id));
    const bool known = found != keys_.end();
    const std::string hash = sha256_hex(parts->secret);
    ++hashes_;
    const std::string& expected = known ? found->second.secret_hash : nobodys_hash;
    TS_ASSERT(expected.size() == hash.size());
    const bool same = CRYPTO_memcmp(hash.data(), expected.data(), hash.size()) == 0;
    if (!known) {
        return AuthFailure::UnknownKey;
    }
    if (!same) {
        return AuthFailure::BadSignature;
    }
    const ApiKey& key = found->second;
    if (key.revoked) {
        return AuthFailure::Revoked;
    }
    if (now >= key.expires) {
        return AuthFailure::Expired;
    }
    Identity identity;
    identity.user = key.user;
    identity.role = key.role;
    identity.kind = Identity::Kind::ApiKey;
    identity.expires_at = key.expires;
    identity.token_id = key.id;
    return identity;
}

bool ApiKeyStore::is_still_valid(const Identity& identity, UnixNanos now) const {
    const auto found = keys_.find(identity.token_id);
    return found != keys_.end() && !found->second.revoked && now < found->second.expires &&
           found->second.role == identity.role && found->second.user == identity.user;
}

}  // namespace tickstock
