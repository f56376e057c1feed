#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/fanout.hpp"
#include "server/filter_spec.hpp"
#include "server/user_directory.hpp"

namespace tickstock {

/// The enabled filters of a user, as they hold for his subscriptions. Shared by all of them.
struct UserFilters {
    std::vector<std::string> names;
    std::vector<std::shared_ptr<const Filter>> filters;  ///< those that can be read

    /// Puts them into a subscription's filter, or takes them out.
    void apply_to(FilterSpec& spec) const {
        spec.any_of = names.empty() ? std::nullopt : std::optional(filters);
    }
};

/// Never null. One that names a universe which is gone lets nothing pass, rather than everything.
/// Read once for each version of what the user keeps.
std::shared_ptr<const UserFilters> user_filters(const UserDirectory& users, Fanout& fanout,
                                                std::string_view user);

}  // namespace tickstock
