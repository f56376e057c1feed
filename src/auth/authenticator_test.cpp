#include "auth/authenticator.hpp"

#include <gtest/gtest.h>

#include <set>

#include "auth/api_key.hpp"
#include "auth/jwt_settings.hpp"
#include "auth/test_keys.hpp"

namespace tickstock {
namespace {

using namespace test_keys;
using namespace std::chrono_literals;

const char* no_variables(const char*) {
    return nullptr;
}

/// A data directory, a secret and settings that require credentials.
struct Desk {
    Folder folder;
    AuthSettings settings;
    std::string keys = folder / "api_keys.json";

    Desk() {
        settings.mode = AuthMode::Required;
        settings.jwt_algorithm = "HS256";
        settings.jwt_key_files = {folder.write("secret", std::string(secret) + "\n")};
        settings.revoked_file = folder / "revoked";
    }
    std::unique_ptr<Authenticator> make() const {
        return Authenticator::create(settings, folder.path(), no_variables).value();
    }
    std::string error() const {
        const auto made = Authenticator::create(settings, folder.path(), no_variables);
        return made ? "none" : made.error().message;
    }
    std::string token(const std::string& user = "alice", const std::string& jti = "j1") const {
        JwtContent content = good_content(user);
        content.token_id = jti;
        return make_jwt(content, hmac_key());
    }
    NewApiKey key(const std::string& user = "bob") const {
        return mint_api_key(keys, user, Role::Viewer, time_never, "", now).value();
    }
};

std::string who(Authenticator& authenticator, std::string_view credential,
                std::string_view address = "192.0.2.1", Nanos at = 0s) {
    const auto identity = authenticator.authenticate(credential, address, now, at);
    return identity ? identity->user : std::string(to_string(identity.error()));
}

TEST(Authenticator, TakesTokensKeysAndTickets) {
    const Desk desk;
    const std::string key = desk.key().text;
    const auto authenticator = desk.make();
    EXPECT_EQ(who(*authenticator, desk.token()), "alice");
    EXPECT_EQ(who(*authenticator, key), "bob");
    const Identity alice = authenticator->authenticate(desk.token(), "", now, 0s).value();
    const std::string ticket = authenticator->issue_ticket(alice, 0s);
    EXPECT_EQ(authenticator->authenticate(ticket, "", now, 1s).value(), alice);
    EXPECT_EQ(who(*authenticator, ticket), "expired");  // used: no guess
    EXPECT_EQ(who(*authenticator, ""), "missing");
    EXPECT_EQ(who(*authenticator, "nonsense"), "malformed");
    EXPECT_EQ(who(*authenticator, std::string(5000, 'a')), "too_large");
    EXPECT_EQ(authenticator->successes(), 4u);
    EXPECT_EQ(authenticator->failures(AuthFailure::Missing), 1u);
}

TEST(Authenticator, OffLetsEveryoneInButHoldsCredentialsToTheirWord) {
    Desk desk;
    desk.settings.mode = AuthMode::Off;
    const auto authenticator = desk.make();
    EXPECT_FALSE(authenticator->required());
    EXPECT_EQ(authenticator->authenticate("", "", now, 0s).value(), local_identity());
    EXPECT_EQ(who(*authenticator, desk.token()), "alice");
    EXPECT_EQ(who(*authenticator, desk.token() + "A"), "bad_signature");
    EXPECT_TRUE(authenticator->is_still_valid(local_identity(), now));
    desk.settings.jwt_algorithm.clear();
    desk.settings.jwt_key_files.clear();
    const auto without_keys = desk.make();
    EXPECT_EQ(who(*without_keys, "whatever"), "local");
    EXPECT_FALSE(Desk().make()->is_still_valid(local_identity(), now));
}

TEST(Authenticator, GuessesAreThrottledByAddressAndRunOutTokensAreNone) {
    const Desk desk;
    const auto authenticator = desk.make();
    JwtContent content = good_content();
    content.expires = now - 1h;
    const std::string expired = make_jwt(content, hmac_key());
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(who(*authenticator, expired), "expired");
        EXPECT_EQ(who(*authenticator, ""), "missing");
    }
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(who(*authenticator, "tsk_abcdefghijkl_" + std::string(43, 'S')), "unknown_key");
    }
    EXPECT_EQ(who(*authenticator, "nonsense"), "throttled");
    EXPECT_EQ(authenticator->retry_after("192.0.2.1", 0s), 12s);
    EXPECT_EQ(who(*authenticator, "nonsense", "192.0.2.2"), "malformed");
    EXPECT_EQ(who(*authenticator, "nonsense", "192.0.2.1", 12s), "malformed");
    EXPECT_EQ(who(*authenticator, desk.token()), "alice");  // whatever neighbours guess
}

TEST(Authenticator, LiveSessionsEndWithTheirTokenKeyOrRight) {
    const Desk desk;
    const NewApiKey bobs = desk.key();
    const auto authenticator = desk.make();
    const Identity alice = authenticator->authenticate(desk.token(), "", now, 0s).value();
    const Identity carol =
        authenticator->authenticate(desk.token("carol", "j2"), "", now, 0s).value();
    const Identity bob = authenticator->authenticate(bobs.text, "", now, 0s).value();
    EXPECT_TRUE(authenticator->is_still_valid(alice, now + 1h + 30s - 1ns));
    EXPECT_FALSE(authenticator->is_still_valid(alice, now + 1h + 30s));
    EXPECT_TRUE(authenticator->is_still_valid(bob, now + 24h * 365));

    desk.folder.write("revoked", "# gone\njti=j1\n", 0644);
    ASSERT_TRUE(revoke_api_key(desk.keys, bobs.key.id).ok());
    const std::string ticket = authenticator->issue_ticket(alice, 0s);
    EXPECT_TRUE(authenticator->reload_if_changed().empty());
    EXPECT_FALSE(authenticator->is_still_valid(alice, now));
    EXPECT_FALSE(authenticator->is_still_valid(bob, now));
    EXPECT_TRUE(authenticator->is_still_valid(carol, now));
    EXPECT_EQ(who(*authenticator, desk.token()), "revoked");
    EXPECT_EQ(who(*authenticator, bobs.text), "revoked");
    EXPECT_EQ(who(*authenticator, ticket), "revoked");
    desk.folder.write("revoked", "sub=carol\r\n", 0644);
    EXPECT_TRUE(authenticator->reload_if_changed().empty());
    EXPECT_FALSE(authenticator->is_still_valid(carol, now));
    EXPECT_TRUE(authenticator->is_still_valid(alice, now));
}

TEST(Authenticator, AKeyThatIsTakenAwayEndsItsSessions) {
    const Desk desk;
    const auto authenticator = desk.make();
    const Identity alice = authenticator->authenticate(desk.token(), "", now, 0s).value();
    desk.folder.write("secret", "another secret of 32 bytes or more");
    EXPECT_TRUE(authenticator->is_still_valid(alice, now));
    ASSERT_TRUE(authenticator->reload_keys().ok());
    EXPECT_FALSE(authenticator->is_still_valid(alice, now));
    EXPECT_EQ(who(*authenticator, desk.token()), "bad_signature");
    desk.folder.write("secret", "short");
    EXPECT_FALSE(authenticator->reload_keys().ok());
    const auto other =
        make_jwt(good_content("dave"), hmac_key("another secret of 32 bytes or more"));
    EXPECT_EQ(who(*authenticator, other), "dave");
}

TEST(Authenticator, BadRevocationLinesAreToldAndTheOthersCount) {
    const Desk desk;
    const auto authenticator = desk.make();
    desk.folder.write("revoked", "nonsense\njti=j1\n");
    EXPECT_EQ(authenticator->reload_if_changed(),
              std::vector<std::string>{desk.settings.revoked_file +
                                       ":1: accepted are jti=ID, sub=USER and # comments"});
    EXPECT_TRUE(authenticator->reload_if_changed().empty());
    EXPECT_EQ(who(*authenticator, desk.token()), "revoked");
    std::filesystem::remove(desk.settings.revoked_file);
    EXPECT_EQ(authenticator->reload_if_changed(),
              std::vector<std::string>{desk.settings.revoked_file +
                                       ": is gone; what it revoked stays revoked"});
    EXPECT_EQ(who(*authenticator, desk.token()), "revoked");
}

TEST(Authenticator, ErrorsAtStartNameSettingOrFile) {
    Desk desk;
    const std::string path = desk.folder / "secret";
    desk.folder.write("secret", "short");
    EXPECT_EQ(desk.error(), path +
                                " has 5 bytes; accepted for HS256 are 32 or more (tickstock token "
                                "secret makes one)");
    desk.settings.jwt_algorithm.clear();
    EXPECT_EQ(desk.error(),
              "auth.jwt_key_file is set and auth.jwt_algorithm is not: accepted are HS256, RS256, "
              "EdDSA");
    desk.settings.jwt_algorithm = "RS256";
    desk.settings.jwt_key_files.clear();
    EXPECT_EQ(
        desk.error(),
        "auth.jwt_algorithm = RS256: there is no key; accepted is one in auth.jwt_key_file or "
        "in the environment as TICKSTOCK_JWT_KEY");
    desk.settings.jwt_key_files = {"k1=" + desk.folder.write("rsa", rsa_public, 0644)};
    EXPECT_EQ(desk.error(), "none");
    desk.folder.write("revoked", "?");
    EXPECT_NE(desk.error().find("revoked:1: accepted are"), std::string::npos);
}

TEST(Authenticator, ThePublicKeysOfTheOtherAlgorithmsWork) {
    Desk desk;
    desk.settings.jwt_algorithm = "EdDSA";
    desk.settings.jwt_key_files = {"old=" + desk.folder.write("a", ed25519_public, 0644)};
    const auto authenticator = desk.make();
    JwtContent content = good_content();
    content.kid = "old";
    EXPECT_EQ(who(*authenticator, make_jwt(content, ed25519_signer())), "alice");
    EXPECT_EQ(who(*authenticator, desk.token()), "algorithm_not_allowed");
}

TEST(Authenticator, TheSecretMayComeFromTheEnvironmentAndIsNeverDescribed) {
    Desk desk;
    desk.settings.jwt_key_files.clear();
    const auto made =
        Authenticator::create(desk.settings, desk.folder.path(), [](const char* name) {
            return std::string_view(name) == "TICKSTOCK_JWT_KEY" ? secret.data() : nullptr;
        });
    ASSERT_TRUE(made.ok()) << made.error().message;
    EXPECT_EQ(who(**made, desk.token()), "alice");
    for (const std::string& line : (*made)->describe()) {
        EXPECT_EQ(line.find(secret), std::string::npos) << line;
    }
    EXPECT_NE((*made)->describe()[1].find(hmac_key().fingerprint()), std::string::npos);
}

TEST(KeyFileSetting, MayHaveAKid) {
    const auto kid = [](const std::string& text) { return parse_key_file_setting(text).kid; };
    EXPECT_EQ(kid("k1=/etc/key"), "k1");
    EXPECT_EQ(parse_key_file_setting("k1=/etc/key").path, "/etc/key");
    EXPECT_EQ(kid("/etc/a=b"), "");
    EXPECT_EQ(parse_key_file_setting("/etc/a=b").path, "/etc/a=b");
    EXPECT_EQ(kid("=x"), "");
}

TEST(BearerCredential, IsWhatFollowsTheScheme) {
    EXPECT_EQ(bearer_credential("Bearer abc"), "abc");
    EXPECT_EQ(bearer_credential("bEARER abc"), "abc");
    for (const char* text : {"", "Bearer", "Basic abc", "abc", "Bearerabc", "Bearer "}) {
        EXPECT_EQ(bearer_credential(text), "") << text;
    }
}

TEST(AuthFailure, EachHasItsWord) {
    std::set<std::string_view> words;
    for (int i = 0; i < auth_failure_count; ++i) {
        EXPECT_TRUE(words.insert(to_string(static_cast<AuthFailure>(i))).second);
    }
    EXPECT_EQ(to_string(AuthFailure::Throttled), "throttled");
}

TEST(UserName, IsPlain) {
    for (const char* good : {"a", "alice@example.com", "auth0|1234", "A-b_c.d~"}) {
        EXPECT_TRUE(is_user_name(good)) << good;
    }
    for (const char* bad :
         {"", "a b", "a/b", "a\\b", "a\"b", "a'b", "a`b", "a\n", "\x7f", "\xc3\xa9"}) {
        EXPECT_FALSE(is_user_name(bad)) << bad;
    }
}

}  // namespace
}  // namespace tickstock
