#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/user_store.hpp"

namespace tickstock {

struct UserFilters;

/// Users' filters and universes as the server works with them: the store, with its answers brought
/// to the I/O thread. I/O thread only.
class UserDirectory {
public:
    /// `store` outlives the directory; null = nothing is kept, and everything asked for fails.
    /// `post`: any thread, runs a task on the I/O thread or forgets it.
    UserDirectory(UserStore* store, std::function<void(std::function<void()>)> post)
        : store_(store), post_(std::move(post)) {}

    using Record = UserStore::Record;
    using Done = std::function<void(Result<Record, StoreError>)>;

    /// Nothing when nothing is kept of the user.
    Record find(std::string_view user) const { return store_ ? store_->find(user) : nullptr; }

    void put_filter(std::string user, NamedFilter filter, Done done);
    void remove_filter(std::string user, std::string name, Done done);
    /// All at once.
    void replace_filters(std::string user, std::vector<NamedFilter> filters, Done done);
    void put_universe(std::string user, UserUniverse universe, Done done);
    void remove_universe(std::string user, std::string name, Done done);

    /// What was made of a user's filters, see user_filters().
    struct Compiled {
        Record record;
        std::uint64_t universes = 0;
        std::shared_ptr<const UserFilters> filters;
    };
    Compiled& compiled(std::string_view user) const { return compiled_[std::string(user)]; }

    /// Called after each change with the new record, before the one who asked is answered: his
    /// connections take it over.
    void set_listener(std::function<void(const std::string& user, const Record&)> listener) {
        listener_ = std::move(listener);
    }

private:
    UserStore::Done bring_back(std::string user, Done done);

    UserStore* store_;
    std::function<void(std::function<void()>)> post_;
    std::function<void(const std::string&, const Record&)> listener_;
    mutable std::unordered_map<std::string, Compiled> compiled_;  // of users that have filters
};

}  // namespace tickstock
