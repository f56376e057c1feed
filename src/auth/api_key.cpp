#include "auth/api_key.hpp"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "auth/base64url.hpp"
#include "base/assert.hpp"

namespace tickstock {
namespace {

constexpr std::string_view prefix = "tsk_";
constexpr std::size_t id_bytes = 9;
constexpr std::size_t id_length = 12;
constexpr std::size_t secret_bytes = 32;
constexpr std::size_t secret_length = 43;
constexpr std::size_t key_limit = 10'000;

bool is_base64url(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
}

/// Reads the file, lets `change` work on its keys, writes it. Another process waits meanwhile.
template <class Change>
Result<bool> change_keys(const std::string& path, Change change) {
    const auto lock = FileLock::take(path);
    if (!lock) {
        return lock.error();
    }
    auto file = read_api_keys(path);
    if (!file) {
        return file.error();
    }
    if (const auto changed = change(file->keys); !changed) {
        return changed.error();
    }
    const auto written = write_private_file(path, api_keys_text(file->keys), false);
    if (!written) {
        return written.error();
    }
    return true;
}

}  // namespace

bool looks_like_api_key(std::string_view text) {
    return text.starts_with(prefix);
}

std::optional<ApiKeyParts> split_api_key(std::string_view text) {
    if (text.size() != prefix.size() + id_length + 1 + secret_length || !text.starts_with(prefix)) {
        return std::nullopt;
    }
    const ApiKeyParts parts{text.substr(prefix.size(), id_length),
                            text.substr(prefix.size() + id_length + 1)};
    if (text[prefix.size() + id_length] != '_' || !is_base64url(parts.id) ||
        !is_base64url(parts.secret)) {
        return std::nullopt;
    }
    return parts;
}

std::string sha256_hex(std::string_view bytes) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), hash.data());
    std::string text;
    text.reserve(2 * hash.size());
    for (const unsigned char byte : hash) {
        constexpr std::string_view hex = "0123456789abcdef";
        text += hex[byte >> 4];
        text += hex[byte & 15];
    }
    return text;
}

Result<NewApiKey> mint_api_key(const std::string& path, const std::string& user, Role role,
                               UnixNanos expires, const std::string& note, UnixNanos now) {
    TS_ASSERT(is_user_name(user));
    NewApiKey made;
    made.key.user = user;
    made.key.role = role;
    made.key.created = from_unix_second(unix_second(now));
    made.key.expires = expires == time_never ? expires : from_unix_second(unix_second(expires));
    made.key.note = note;
    const auto changed = change_keys(path, [&](std::vector<ApiKey>& keys) -> Result<bool> {
        if (keys.size() >= key_limit) {
            return Error{fmt::format("{}: holds {} keys; accepted are at most {}", path,
                                     keys.size(), key_limit)};
        }
        const auto is_taken = [&](const std::string& id) {
            return std::any_of(keys.begin(), keys.end(),
                               [&](const ApiKey& key) { return key.id == id; });
        };
        do {
            made.key.id = random_base64url(id_bytes);
        } while (is_taken(made.key.id));
        const std::string secret = random_base64url(secret_bytes);
        made.key.secret_hash = sha256_hex(secret);
        made.text = fmt::format("{}{}_{}", prefix, made.key.id, secret);
        keys.push_back(made.key);
        return true;
    });
    if (!changed) {
        return changed.error();
    }
    return made;
}

Result<ApiKey> revoke_api_key(const std::string& path, const std::string& id) {
    ApiKey revoked;
    const auto changed = change_keys(path, [&](std::vector<ApiKey>& keys) -> Result<bool> {
        const auto found =
            std::find_if(keys.begin(), keys.end(), [&](const ApiKey& key) { return key.id == id; });
        if (found == keys.end()) {
            return Error{
                fmt::format("{}: holds no key {} (tickstock token list shows those it "
                            "holds)",
                            path, id)};
        }
        found->revoked = true;
        revoked = *found;
        return true;
    });
    if (!changed) {
        return changed.error();
    }
    return revoked;
}

}  // namespace tickstock
