#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "auth/identity.hpp"
#include "auth/private_file.hpp"
#include "base/result.hpp"

namespace tickstock {

/// Tokens that hold no longer, from a file that an operator or the issuer keeps: a line is
/// "jti=ID" (that token) or "sub=USER" (all JWTs of that user); empty lines and those after # say
/// nothing. One thread.
class RevocationList {
public:
    /// An empty path revokes nothing. A file that does not exist yet revokes nothing either.
    static Result<RevocationList> load(std::string path);

    /// Reads the file again if it is another one than before; true when it was. A file that cannot
    /// be read is an error, and what it revoked stays revoked; with a bad line the other lines
    /// count and the error says which is bad.
    Result<bool> reload_if_changed();

    bool revokes(const Identity& identity) const;
    std::size_t size() const { return tokens_.size() + users_.size(); }

private:
    std::string path_;
    FileStamp stamp_;
    std::unordered_set<std::string> tokens_;
    std::unordered_set<std::string> users_;
};

}  // namespace tickstock
