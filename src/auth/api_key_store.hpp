#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "auth/api_key.hpp"
#include "auth/auth_failure.hpp"
#include "auth/identity.hpp"
#include "base/result.hpp"

namespace tickstock {

/// The API keys of a file in memory. An unknown id costs the same hash and comparison as a known
/// one, so the time tells nobody which ids exist. One thread.
class ApiKeyStore {
public:
    static Result<ApiKeyStore> load(std::string path);

    /// Reads the file again if it is another one than before; true when it was. On an error what
    /// held before holds on.
    Result<bool> reload_if_changed();

    /// `now` is wall time.
    Result<Identity, AuthFailure> verify(std::string_view text, UnixNanos now) const;

    /// False once the key of this identity was revoked, removed, given another role or has run out.
    bool is_still_valid(const Identity& identity, UnixNanos now) const;

    std::size_t size() const { return keys_.size(); }
    const std::string& path() const { return path_; }
    /// Hashes computed so far: the same for each attempt of the right form.
    std::uint64_t hashes() const { return hashes_; }

private:
    void take(ApiKeyFile file);

    std::string path_;
    FileStamp stamp_;
    std::unordered_map<std::string, ApiKey> keys_;  // by id
    mutable std::uint64_t hashes_ = 0;
};

}  // namespace tickstock
