#include "server/user_filters.hpp"

#include "server/user_api.hpp"

namespace tickstock {

std::shared_ptr<const UserFilters> user_filters(const UserDirectory& users, Fanout& fanout,
                                                std::string_view user) {
    static const auto none = std::make_shared<const UserFilters>();
    const auto record = users.find(user);
    if (!record || record->filters.empty()) {
        return none;
    }
    const UniverseCatalog* catalog = fanout.filters().catalog();
    const std::uint64_t universes = catalog == nullptr ? 0 : catalog->version();
    UserDirectory::Compiled& kept = users.compiled(user);
    if (kept.record == record && kept.universes == universes) {
        return kept.filters;
    }
    auto filters = std::make_shared<UserFilters>();
    for (const NamedFilter& one : record->filters) {
        if (!one.enabled) {
            continue;
        }
        filters->names.push_back(one.name);
        auto request = parse_kept_filter(one.json);
        if (request.ok() && !fanout.resolve(request->filter, user)) {
            filters->filters.push_back(fanout.filters().compile(std::move(request->filter)));
        }
    }
    kept = {record, universes, filters};
    return filters;
}

}  // namespace tickstock
