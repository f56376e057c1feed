#include "auth/revocation_list.hpp"

#include <fmt/format.h>

namespace tickstock {
namespace {

constexpr std::size_t file_limit = std::size_t{16} << 20;

std::string_view trimmed(std::string_view line) {
    const auto from = line.find_first_not_of(" \t\r");
    if (from == line.npos) {
        return {};
    }
    return line.substr(from, line.find_last_not_of(" \t\r") - from + 1);
}

}  // namespace

Result<RevocationList> RevocationList::load(std::string path) {
    RevocationList list;
    list.path_ = std::move(path);
    if (const auto read = list.reload_if_changed(); !read) {
        return read.error();
    }
    return list;
}

Result<bool> RevocationList::reload_if_changed() {
    const FileStamp now = path_.empty() ? FileStamp{} : stamp_of(path_);
    if (now == stamp_) {
        return false;
    }
    stamp_ = now;  // a bad file is told of once, not each second
    if (!now.exists) {
        return Error{fmt::format("{}: is gone; what it revoked stays revoked", path_)};
    }
    const auto file = read_file(path_, Privacy::Anyone, file_limit);
    if (!file) {
        return file.error();
    }
    std::unordered_set<std::string> tokens, users;
    std::string wrong;
    int number = 0;
    for (std::string_view rest = file->text; !rest.empty();) {
        const auto end = rest.find('\n');
        const std::string_view line = trimmed(rest.substr(0, end));
        rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
        ++number;
        if (line.starts_with("jti=") && line.size() > 4) {
            tokens.emplace(line.substr(4));
        } else if (line.starts_with("sub=") && line.size() > 4) {
            users.emplace(line.substr(4));
        } else if (!line.empty() && !line.starts_with('#') && wrong.empty()) {
            wrong =
                fmt::format("{}:{}: accepted are jti=ID, sub=USER and # comments", path_, number);
        }
    }
    tokens_ = std::move(tokens);
    users_ = std::move(users);
    stamp_ = file->stamp;
    if (!wrong.empty()) {
        return Error{std::move(wrong)};
    }
    return true;
}

bool RevocationList::revokes(const Identity& identity) const {
    return identity.kind == Identity::Kind::Jwt &&
           (users_.contains(identity.user) ||
            (!identity.token_id.empty() && tokens_.contains(identity.token_id)));
}

}  // namespace tickstock
