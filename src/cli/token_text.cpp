#include "cli/token_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "cli/duration_text.hpp"

namespace tickstock {
namespace {

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// Text of a file or token that may hold anything, for a terminal.
std::string harmless(std::string text) {
    std::replace_if(text.begin(), text.end(), is_control, '?');
    return text;
}

void print_line(const char* name, const std::string& value) {
    if (!value.empty()) {
        std::printf("%-9s %s\n", name, harmless(value).c_str());
    }
}

const char* state_of(const ApiKey& key, UnixNanos now) {
    return key.revoked ? "revoked" : now >= key.expires ? "expired" : "good";
}

}  // namespace

bool is_note(std::string_view text) {
    constexpr std::size_t longest = 200;
    return text.size() <= longest && std::none_of(text.begin(), text.end(), is_control);
}

void print_api_keys(const std::string& path, const std::vector<ApiKey>& keys, UnixNanos now) {
    std::printf("%zu API key%s in %s\n", keys.size(), keys.size() == 1 ? "" : "s", path.c_str());
    for (const ApiKey& key : keys) {
        std::printf("  %s  %-7s  %-6s  %-20s  created %s  expires %s%s\n", key.id.c_str(),
                    state_of(key, now), std::string(to_string(key.role)).c_str(), key.user.c_str(),
                    utc_text(key.created).c_str(), utc_text(key.expires).c_str(),
                    key.note.empty() ? "" : ("  " + harmless(key.note)).c_str());
    }
}

void print_identity(const Identity& identity) {
    print_line("user", identity.user);
    print_line("role", std::string(to_string(identity.role)));
    print_line("kind", identity.kind == Identity::Kind::ApiKey ? "API key" : "JSON Web Token");
    print_line("id", identity.token_id);
    if (identity.kind == Identity::Kind::ApiKey) {
        print_line("expires", utc_text(identity.expires_at));
    }
}

void print_claims(const JwtClaims& claims) {
    print_line("expires", utc_text(claims.expires));
    print_line("issuer", claims.issuer);
    print_line("audience", fmt::format("{}", fmt::join(claims.audiences, ", ")));
    print_line("key", claims.identity.key_id);
}

}  // namespace tickstock
