#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/identity.hpp"
#include "auth/private_file.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace tickstock {

/// The two parts of "tsk_<id>_<secret>": 12 characters that name the key, and 32 random bytes in 43
/// characters that prove it.
struct ApiKeyParts {
    std::string_view id;
    std::string_view secret;
};

/// Nothing when `text` is not of the form of an API key. Views into `text`.
std::optional<ApiKeyParts> split_api_key(std::string_view text);

/// True where a text means to be an API key.
bool looks_like_api_key(std::string_view text);

/// What is kept of an API key: its secret's hash, never the secret.
///
/// SHA-256 and not argon2id, on purpose: a slow hash protects secrets that people choose, by making
/// each guess dear. No passwords exist here; a secret of 256 random bits cannot be guessed whatever
/// a try costs, and a fast hash keeps a flood of false keys cheap for the server.
struct ApiKey {
    std::string id;
    std::string secret_hash;  ///< SHA-256 of the secret's text, 64 hex digits
    std::string user;
    Role role = Role::Viewer;
    UnixNanos created{};
    UnixNanos expires = time_never;  ///< whole seconds
    bool revoked = false;
    std::string note;

    friend bool operator==(const ApiKey&, const ApiKey&) = default;
};

/// SHA-256, 64 hex digits.
std::string sha256_hex(std::string_view bytes);

struct ApiKeyFile {
    std::vector<ApiKey> keys;
    FileStamp stamp;
};

/// The keys in a file; none where there is no file. An error names file and entry.
Result<ApiKeyFile> read_api_keys(const std::string& path);

/// The same from the file's text. `path` stands in errors.
Result<std::vector<ApiKey>> parse_api_keys(std::string_view text, const std::string& path);

std::string api_keys_text(const std::vector<ApiKey>& keys);

struct NewApiKey {
    std::string text;  ///< shown once, kept nowhere
    ApiKey key;
};

/// Adds a key to the file (which is made, mode 0600). `expires` as in ApiKey.
/// REQUIRES: is_user_name(user).
Result<NewApiKey> mint_api_key(const std::string& path, const std::string& user, Role role,
                               UnixNanos expires, const std::string& note, UnixNanos now);

/// Revokes a key; an error when the file holds none of this id.
Result<ApiKey> revoke_api_key(const std::string& path, const std::string& id);

}  // namespace tickstock
