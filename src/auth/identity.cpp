#include "auth/identity.hpp"

#include <algorithm>
#include <array>

namespace tickstock {
namespace {

constexpr std::array<std::string_view, 3> role_words{"viewer", "trader", "admin"};

}  // namespace

std::string_view to_string(Role role) {
    return role_words[static_cast<std::size_t>(role)];
}

std::optional<Role> parse_role(std::string_view text) {
    const auto found = std::find(role_words.begin(), role_words.end(), text);
    if (found == role_words.end()) {
        return std::nullopt;
    }
    return static_cast<Role>(found - role_words.begin());
}

bool is_user_name(std::string_view text) {
    constexpr std::size_t longest = 64;
    return !text.empty() && text.size() <= longest &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return c > ' ' && c <= '~' &&
                      std::string_view("/\\\"'`").find(c) == std::string_view::npos;
           });
}

Identity local_identity() {
    Identity identity;
    identity.user = "local";
    identity.role = Role::Admin;
    return identity;
}

}  // namespace tickstock
