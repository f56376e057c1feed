#include <fmt/format.h>
#include <filesystem>

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include "auth/api_key_store.hpp"
#include "auth/authenticator.hpp"
#include "auth/base64url.hpp"
#include "auth/jwt_settings.hpp"
#include "auth/jwt_signer.hpp"
#include "auth/private_file.hpp"
#include "base/clock.hpp"
#include "cli/commands.hpp"
#include "cli/duration_text.hpp"
#include "cli/shared_options.hpp"
#include "cli/signing_key.hpp"
#include "cli/token_text.hpp"

namespace tickstock {
namespace {

struct TokenOptions {
    ConfigOptions config;
    std::string data;
    std::string user;
    std::string role;
    std::string ttl = "12h";
    std::string expires;
    std::string audience;
    std::string issuer;
    std::string algorithm;
    std::string key_file;
    std::string note;
    std::string id;
    std::string out;

    Result<Config> load() const {
        ConfigOptions all = config;
        if (!data.empty()) {
            all.flags["data.directory"] = data;
        }
        return all.load();
    }
};

int fail(const std::string& message, int code = exit_failed) {
    print_error(message);
    return code;
}

/// Whom a token or key is made for.
Result<Identity> read_person(const TokenOptions& options) {
    Identity identity;
    const auto role = parse_role(options.role);
    if (!is_user_name(options.user)) {
        return Error{
            "--user: accepted are 1 to 64 printable ASCII characters without space, "
            "slash, backslash and quotes"};
    }
    if (!role) {
        return Error{fmt::format("--role {}: accepted are viewer, trader, admin", options.role)};
    }
    identity.user = options.user;
    identity.role = *role;
    return identity;
}

int run_mint(const TokenOptions& options) {
    const auto config = options.load();
    const auto person = read_person(options);
    const auto ttl = parse_duration(options.ttl);
    if (!config || !person) {
        return fail(config ? person.error().message : config.error().message, exit_usage);
    }
    if (!ttl) {
        return fail(
            fmt::format("--ttl {}: accepted is a number with s, m, h or d: 12h", options.ttl),
            exit_usage);
    }
    const auto key = signing_key(config->auth, options.algorithm, options.key_file);
    if (!key) {
        return fail(key.error().message, exit_usage);
    }
    constexpr std::size_t token_id_bytes = 12;
    const UnixNanos now = SystemClock().wall();
    JwtContent content;
    content.user = person->user;
    content.role = person->role;
    content.issued = now;
    content.expires = now + *ttl;
    content.issuer = options.issuer.empty() ? config->auth.jwt_issuer : options.issuer;
    content.audience = options.audience.empty() ? config->auth.jwt_audience : options.audience;
    content.token_id = random_base64url(token_id_bytes);
    content.kid = key->kid;
    const std::string token = make_jwt(content, key->key);
    if (token.size() > jwt_size_limit) {
        return fail(fmt::format("the token has {} bytes; accepted are at most {}: shorten "
                                "--audience or --issuer",
                                token.size(), jwt_size_limit),
                    exit_usage);
    }
    std::printf("%s\n", token.c_str());
    return exit_good;
}

int run_key(const TokenOptions& options) {
    const auto config = options.load();
    const auto person = read_person(options);
    if (!config || !person) {
        return fail(config ? person.error().message : config.error().message, exit_usage);
    }
    if (!is_note(options.note)) {
        return fail("--note: accepted are up to 200 bytes without control characters", exit_usage);
    }
    const UnixNanos now = SystemClock().wall();
    UnixNanos expires = time_never;
    if (!options.expires.empty()) {
        const auto life = parse_duration(options.expires);
        if (!life) {
            return fail(fmt::format("--expires {}: accepted is a number with s, m, h or d: 90d",
                                    options.expires),
                        exit_usage);
        }
        expires = now + *life;
    }
    std::error_code ignored;  // the next line says what is wrong with the folder
    std::filesystem::create_directories(config->data.directory, ignored);
    const std::string path = api_keys_path(config->auth, config->data.directory);
    const auto made = mint_api_key(path, person->user, person->role, expires, options.note, now);
    if (!made) {
        return fail(made.error().message);
    }
    std::printf("%s\n", made->text.c_str());
    std::fprintf(stderr,
                 "tickstock: key %s of %s (%s), expires %s, is in %s; its text is shown "
                 "this once and kept nowhere\n",
                 made->key.id.c_str(), made->key.user.c_str(),
                 std::string(to_string(made->key.role)).c_str(),
                 utc_text(made->key.expires).c_str(), path.c_str());
    return exit_good;
}

int run_list(const TokenOptions& options) {
    const auto config = options.load();
    if (!config) {
        return fail(config.error().message, exit_usage);
    }
    const std::string path = api_keys_path(config->auth, config->data.directory);
    const auto file = read_api_keys(path);
    if (!file) {
        return fail(file.error().message);
    }
    print_api_keys(path, file->keys, SystemClock().wall());
    return exit_good;
}

int run_revoke(const TokenOptions& options) {
    const auto config = options.load();
    if (!config) {
        return fail(config.error().message, exit_usage);
    }
    const auto revoked =
        revoke_api_key(api_keys_path(config->auth, config->data.directory), options.id);
    if (!revoked) {
        return fail(revoked.error().message);
    }
    std::printf("key %s of %s is revoked; a running server knows within a second\n",
                revoked->id.c_str(), revoked->user.c_str());
    return exit_good;
}

int run_verify(const TokenOptions& options) {
    const auto config = options.load();
    if (!config) {
        return fail(config.error().message, exit_usage);
    }
    std::string token;
    std::getline(std::cin, token);
    const UnixNanos now = SystemClock().wall();
    AuthSettings strict = config->auth;
    strict.mode = AuthMode::Required;  // what is verified here is never waved through
    const auto verifier = make_jwt_verifier(strict, process_environment());
    auto checked = Authenticator::create(strict, config->data.directory, process_environment());
    if (!checked || !verifier) {
        return fail(checked ? verifier.error().message : checked.error().message, exit_usage);
    }
    const auto identity = (*checked)->authenticate(token, "", now, Nanos{0});
    if (!identity) {
        std::printf("not accepted: %s\n", std::string(to_string(identity.error())).c_str());
        return exit_failed;
    }
    print_identity(*identity);
    if (identity->kind == Identity::Kind::Jwt && verifier->has_value()) {
        if (const auto claims = (*verifier)->verify_claims(token, now)) {
            print_claims(*claims);
        }
    }
    return exit_good;
}

int run_secret(const TokenOptions& options) {
    constexpr std::size_t secret_bytes = 32;
    const std::string text = random_base64url(secret_bytes) + "\n";
    if (const auto written = write_private_file(options.out, text, true); !written) {
        return fail(written.error().message);
    }
    std::fprintf(stderr,
                 "tickstock: %s holds a new secret for HS256; name it in "
                 "auth.jwt_key_file\n",
                 options.out.c_str());
    return exit_good;
}

void add_person(CLI::App& command, TokenOptions& options) {
    command.add_option("--user", options.user, "Whom it is for")->required()->type_name("NAME");
    command.add_option("--role", options.role, "viewer, trader or admin")
        ->required()
        ->type_name("ROLE");
}

CLI::App& add_part(CLI::App& command, TokenOptions& options, const char* name, const char* text) {
    CLI::App& part = *command.add_subcommand(name, text);
    options.config.add_to(part);
    part.add_option("--data", options.data, "Data directory")->type_name("DIR");
    return part;
}

}  // namespace

void add_token_command(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<TokenOptions>();
    CLI::App& command = *app.add_subcommand("token", "Make and check credentials of clients");
    command.require_subcommand(1);

    CLI::App& mint = add_part(command, *options, "mint", "A signed JSON Web Token on stdout");
    add_person(mint, *options);
    mint.add_option("--ttl", options->ttl, "How long it is good; 12h where not given")
        ->type_name("TIME");
    mint.add_option("--audience", options->audience, "aud; auth.jwt_audience where not given");
    mint.add_option("--issuer", options->issuer, "iss; auth.jwt_issuer where not given");
    mint.add_option("--algorithm", options->algorithm,
                    "HS256, RS256 or EdDSA; auth.jwt_algorithm where not given");
    mint.add_option("--key-file", options->key_file,
                    "Secret or private key in PEM, [KID=]FILE; for HS256 the configured secret "
                    "where not given")
        ->type_name("FILE");
    mint.callback([options, &exit_code] { exit_code = run_mint(*options); });

    CLI::App& key = add_part(command, *options, "key", "Add an API key and print it, once");
    add_person(key, *options);
    key.add_option("--note", options->note, "What it is for, for people");
    key.add_option("--expires", options->expires, "How long it is good; for ever where not given")
        ->type_name("TIME");
    key.callback([options, &exit_code] { exit_code = run_key(*options); });

    add_part(command, *options, "list", "API keys, without their secrets")
        .callback([options, &exit_code] { exit_code = run_list(*options); });
    CLI::App& revoke = add_part(command, *options, "revoke", "Make an API key good no longer");
    revoke.add_option("id", options->id, "Its id, as listed")->required()->type_name("ID");
    revoke.callback([options, &exit_code] { exit_code = run_revoke(*options); });
    add_part(command, *options, "verify",
             "Read a token or API key from stdin: who it is, or exit status 1 and why not")
        .callback([options, &exit_code] { exit_code = run_verify(*options); });
    CLI::App& secret = *command.add_subcommand("secret", "A new secret for HS256, mode 0600");
    secret.add_option("--out", options->out, "File to make")->required()->type_name("FILE");
    secret.callback([options, &exit_code] { exit_code = run_secret(*options); });
}

}  // namespace tickstock
