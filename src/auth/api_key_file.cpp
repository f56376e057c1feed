// The file of the API keys: {"keys":[{…}]}, times in whole seconds since 1970.

#include <fmt/format.h>

#include <set>

#include "auth/api_key.hpp"
#include "auth/strict_json.hpp"
#include "base/json_writer.hpp"

namespace tickstock {
namespace {

using nlohmann::json;

constexpr std::size_t file_limit = std::size_t{8} << 20;
constexpr std::size_t depth_limit = 3;
constexpr std::uint64_t latest_second = 9'000'000'000;  // 2255: still a time in nanoseconds

bool read_text(const json& entry, const char* name, std::string& into) {
    const auto found = entry.find(name);
    if (found == entry.end() || !found->is_string()) {
        return false;
    }
    into = found->get<std::string>();
    return true;
}

bool read_second(const json& entry, const char* name, UnixNanos& into) {
    const auto found = entry.find(name);
    if (found == entry.end() || !found->is_number_unsigned() ||
        found->get<std::uint64_t>() > latest_second) {
        return false;
    }
    into = from_unix_second(static_cast<std::int64_t>(found->get<std::uint64_t>()));
    return true;
}

bool is_hash(std::string_view text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

bool is_id(std::string_view text) {
    return text.size() == 12 && text.find_first_not_of(
                                    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq"
                                    "rstuvwxyz0123456789-_") == text.npos;
}

/// What is wrong with an entry; empty when nothing is.
std::string_view read_entry(const json& entry, ApiKey& key) {
    std::string role;
    if (!entry.is_object() || !read_text(entry, "id", key.id) || !is_id(key.id)) {
        return "id: accepted are 12 characters of A-Z, a-z, 0-9, - and _";
    }
    if (!read_text(entry, "sha256", key.secret_hash) || !is_hash(key.secret_hash)) {
        return "sha256: accepted are 64 hex digits";
    }
    if (!read_text(entry, "user", key.user) || !is_user_name(key.user)) {
        return "user: accepted are 1 to 64 printable characters without space, slash and quotes";
    }
    if (!read_text(entry, "role", role) || !parse_role(role)) {
        return "role: accepted are viewer, trader, admin";
    }
    key.role = *parse_role(role);
    if (!read_second(entry, "created", key.created)) {
        return "created: accepted are whole seconds since 1970";
    }
    if (!entry.contains("expires") ||
        (!entry["expires"].is_null() && !read_second(entry, "expires", key.expires))) {
        return "expires: accepted are whole seconds since 1970, or null";
    }
    if (!entry.contains("revoked") || !entry["revoked"].is_boolean()) {
        return "revoked: accepted are true and false";
    }
    key.revoked = entry["revoked"].get<bool>();
    return read_text(entry, "note", key.note) ? "" : "note: accepted is a text";
}

}  // namespace

Result<std::vector<ApiKey>> parse_api_keys(std::string_view text, const std::string& path) {
    const auto root = parse_strict_object(text, depth_limit);
    const auto listed = root ? root->find("keys") : json::const_iterator{};
    if (!root || listed == root->end() || !listed->is_array()) {
        return Error{
            fmt::format("{}: accepted is JSON {{\"keys\":[…]}}, as tickstock token key "
                        "writes it",
                        path)};
    }
    std::vector<ApiKey> keys;
    std::set<std::string> ids;
    for (const json& entry : *listed) {
        ApiKey key;
        if (const auto wrong = read_entry(entry, key); !wrong.empty()) {
            return Error{fmt::format("{}: key {}: {}", path, keys.size() + 1, wrong)};
        }
        if (!ids.insert(key.id).second) {
            return Error{
                fmt::format("{}: key {}: the id {} stands twice", path, keys.size() + 1, key.id)};
        }
        keys.push_back(std::move(key));
    }
    return keys;
}

Result<ApiKeyFile> read_api_keys(const std::string& path) {
    if (!stamp_of(path).exists) {
        return ApiKeyFile{};
    }
    const auto file = read_file(path, Privacy::Owner, file_limit);
    if (!file) {
        return file.error();
    }
    auto keys = parse_api_keys(file->text, path);
    if (!keys) {
        return keys.error();
    }
    return ApiKeyFile{std::move(*keys), file->stamp};
}

std::string api_keys_text(const std::vector<ApiKey>& keys) {
    std::string text = "{\"keys\":[";
    for (const ApiKey& key : keys) {
        text += text.back() == '[' ? "\n" : ",\n";
        std::string entry;
        JsonWriter json(entry);
        json.begin_object().key("id").string(key.id).key("sha256").string(key.secret_hash);
        json.key("user").string(key.user).key("role").string(to_string(key.role));
        json.key("created").number(unix_second(key.created)).key("expires");
        key.expires == time_never ? json.null() : json.number(unix_second(key.expires));
        json.key("revoked").boolean(key.revoked).key("note").string(key.note).end_object();
        text += entry;
    }
    return text + "\n]}\n";
}

}  // namespace tickstock
