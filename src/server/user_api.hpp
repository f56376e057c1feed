#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "server/client_message.hpp"
#include "server/fanout.hpp"
#include "server/http.hpp"
#include "server/pages.hpp"
#include "server/user_directory.hpp"

namespace tickstock {

/// A request about a user's filters or universes, by someone whose role allows the method.
struct UserCall {
    Page page = Page::UserFilters;
    std::string user;  ///< as in the path; "me" = the one who asks
    std::string name;  ///< of the filter or universe, in paths that have one
    const HttpRequest& request;
    const Identity& identity;
};

/// GET, PUT and DELETE below /api/v1/users/{user}/: his own, or anybody's for an admin. What is
/// written is answered once it is on the disk and his connections have it.
HttpAnswer answer_user(const UserCall& call, UserDirectory& users, const Fanout& fanout);

/// What a kept filter accepts: the members of a subscribe message that restrict (symbols,
/// universes, types and those of its "filter"), all in one object. An error names the member.
Result<SubscribeRequest, ProtocolError> parse_kept_filter(std::string_view json);

}  // namespace tickstock
