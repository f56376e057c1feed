#pragma once

// For tests of who is let in: a server that knows keys and tokens.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "auth/api_key.hpp"
#include "auth/authenticator.hpp"
#include "auth/jwt_signer.hpp"
#include "server/test_support.hpp"

namespace tickstock::testing {

inline constexpr std::string_view jwt_secret = "0123456789abcdef0123456789abcdef-test-secret";

/// A server that lets in whom it knows: keys in a directory of its own.
class AuthServer {
public:
    explicit AuthServer(std::function<void(ServerSettings&)> change = {},
                        std::function<void(AuthSettings&)> change_auth = {},
                        PushQueue* push = nullptr) {
        char name[] = "/tmp/tickstock_auth_XXXXXX";
        directory = mkdtemp(name);
        const std::string secret_file = directory + "/secret";
        std::ofstream(secret_file) << jwt_secret;
        std::filesystem::permissions(secret_file, std::filesystem::perms::owner_read);
        settings.mode = AuthMode::Required;
        settings.jwt_algorithm = "HS256";
        settings.jwt_key_files = {secret_file};
        settings.jwt_audience = "tickstock";
        settings.failures_per_minute = 10'000;
        if (change_auth) {
            change_auth(settings);
        }
        auto made = Authenticator::create(settings, directory, process_environment());
        EXPECT_TRUE(made.ok());
        authenticator = std::move(made).value();
        auto opened = UserStore::open(directory + "/users.db");
        EXPECT_TRUE(opened.ok());
        users = std::move(opened).value();
        server = std::make_unique<TestServer>(std::move(change), std::size_t{32} << 20, "",
                                              [this, push](ServerInfo& info) {
                                                  info.push = push;
                                                  info.auth = settings;
                                                  info.authenticator = authenticator.get();
                                                  info.users = users.get();
                                              });
    }
    ~AuthServer() {
        server->server.reset();
        users.reset();
        std::filesystem::remove_all(directory);
    }
    AuthServer(const AuthServer&) = delete;
    AuthServer& operator=(const AuthServer&) = delete;

    std::string key(const std::string& user, Role role) const {
        auto minted = mint_api_key(directory + "/api_keys.json", user, role, time_never, "",
                                   server->clock.wall());
        EXPECT_TRUE(minted.ok());
        return minted->text;
    }
    /// `lives`: from now, beyond the leeway; negative = over.
    std::string token(const std::string& user, Role role, Nanos lives,
                      const std::string& audience = "tickstock") const {
        JwtContent content;
        content.user = user;
        content.role = role;
        content.issued = server->clock.wall();
        content.expires = server->clock.wall() + lives;
        content.audience = audience;
        auto signer = JwtKey::hmac(Secret(jwt_secret));
        EXPECT_TRUE(signer.ok());
        return make_jwt(content, *signer);
    }
    std::uint16_t port() const { return server->port; }

    std::string directory;
    AuthSettings settings;
    std::unique_ptr<Authenticator> authenticator;
    std::unique_ptr<UserStore> users;
    std::unique_ptr<TestServer> server;
};

inline std::string bearer(const std::string& credential) {
    return "Authorization: Bearer " + credential + "\r\n";
}

/// Waits until what was written to the files of keys counts (a second).
inline void until_known(const AuthServer& server, const std::string& key) {
    for (int i = 0; i < 500; ++i) {
        if (RawClient(server.port()).get("/api/v1/me", bearer(key)).status == 200) {
            return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    FAIL() << "a key that was minted is not known";
}

}  // namespace tickstock::testing
