#include "auth/secret.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <cstdlib>

#include "auth/private_file.hpp"

namespace tickstock {
namespace {

constexpr std::size_t secret_file_limit = 64 * 1024;

Result<Secret> read_secret(const std::string& path, Privacy privacy) {
    auto file = read_file(path, privacy, secret_file_limit);
    if (!file) {
        return file.error();
    }
    std::string_view text = file->text;
    if (text.ends_with('\n')) {
        text.remove_suffix(text.ends_with("\r\n") ? 2 : 1);
    }
    Secret secret(text);
    OPENSSL_cleanse(file->text.data(), file->text.size());
    if (secret.empty()) {
        return Error{fmt::format("{}: is empty; accepted is a file that holds the secret", path)};
    }
    return secret;
}

}  // namespace

Secret::~Secret() {
    OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) {
    other.bytes_.clear();
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        OPENSSL_cleanse(bytes_.data(), bytes_.size());
        bytes_ = std::move(other.bytes_);
        other.bytes_.clear();
    }
    return *this;
}

bool operator==(const Secret& a, const Secret& b) {
    return a.size() == b.size() &&
           CRYPTO_memcmp(a.bytes_.data(), b.bytes_.data(), a.bytes_.size()) == 0;
}

Environment process_environment() {
    return [](const char* name) -> const char* { return std::getenv(name); };
}

Result<Secret> read_secret_file(const std::string& path, const Environment& environment) {
    const char* folder = environment("CREDENTIALS_DIRECTORY");
    const bool guarded =
        folder != nullptr && *folder != 0 && path.starts_with(std::string(folder) + "/");
    return read_secret(path, guarded ? Privacy::OwnerGroup : Privacy::Owner);
}

Result<std::optional<Secret>> load_secret(const std::string& name, const std::string& path,
                                          const Environment& environment) {
    const auto wrap = [](Result<Secret> secret) -> Result<std::optional<Secret>> {
        if (!secret) {
            return secret.error();
        }
        return std::optional<Secret>(std::move(secret).value());
    };
    if (const char* folder = environment("CREDENTIALS_DIRECTORY");
        folder != nullptr && *folder != 0) {
        const std::string credential = std::string(folder) + "/" + name;
        if (stamp_of(credential).exists) {
            return wrap(read_secret_file(credential, environment));
        }
    }
    if (!path.empty()) {
        return wrap(read_secret_file(path, environment));
    }
    if (const char* file = environment((name + "_FILE").c_str()); file != nullptr && *file != 0) {
        return wrap(read_secret_file(file, environment));
    }
    if (const char* value = environment(name.c_str()); value != nullptr && *value != 0) {
        return std::optional<Secret>(Secret(value));
    }
    return std::optional<Secret>();
}

}  // namespace tickstock
