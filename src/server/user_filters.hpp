#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/fanout.hpp"
#include "server/filter_spec.hpp"
#include "server/user_directory.hpp"

namespace tickstock {

/// The enabled filters of a user, as they hold for his subscriptions.
struct UserFilters {
    std::vector<std::string> names;
    std::vector<FilterSpec> specs;  ///< those that can be read; universes resolved

    /// Puts them into a subscription's filter, or takes them out.
    void apply_to(FilterSpec& spec) const {
        spec.any_of = names.empty() ? std::nullopt : std::optional(specs);
    }
};

/// One that names a universe which is gone lets nothing pass, rather than everything.
UserFilters user_filters(const UserDirectory& users, const Fanout& fanout, std::string_view user);

}  // namespace tickstock
