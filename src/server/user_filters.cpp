#include "server/user_filters.hpp"

#include "server/user_api.hpp"

namespace tickstock {

UserFilters user_filters(const UserDirectory& users, const Fanout& fanout, std::string_view user) {
    UserFilters filters;
    const auto record = users.find(user);
    if (!record) {
        return filters;
    }
    for (const NamedFilter& kept : record->filters) {
        if (!kept.enabled) {
            continue;
        }
        filters.names.push_back(kept.name);
        auto request = parse_kept_filter(kept.json);
        if (request.ok() && !fanout.resolve(request->filter, user)) {
            filters.specs.push_back(std::move(request->filter));
        }
    }
    return filters;
}

}  // namespace tickstock
