#include "server/user_directory.hpp"

#include <utility>

namespace tickstock {
namespace {

StoreError no_store() {
    return {StoreError::Kind::Failed, "this server keeps no users' filters and universes"};
}

}  // namespace

/// The store calls on a thread of its own. The server that `this` belongs to ends its I/O thread
/// before it goes, and post() runs nothing after.
UserStore::Done UserDirectory::bring_back(std::string user, Done done) {
    return [this, post = post_, user = std::move(user),
            done = std::move(done)](Result<Record, StoreError> result) {
        post([this, user, done, result = std::move(result)] {
            if (result.ok() && listener_) {
                listener_(user, result.value());
            }
            done(result);
        });
    };
}

void UserDirectory::put_filter(std::string user, NamedFilter filter, Done done) {
    if (store_ == nullptr) {
        done(no_store());
        return;
    }
    auto back = bring_back(user, std::move(done));
    store_->put_filter(std::move(user), std::move(filter), std::move(back));
}

void UserDirectory::remove_filter(std::string user, std::string name, Done done) {
    if (store_ == nullptr) {
        done(no_store());
        return;
    }
    auto back = bring_back(user, std::move(done));
    store_->remove_filter(std::move(user), std::move(name), std::move(back));
}

void UserDirectory::replace_filters(std::string user, std::vector<NamedFilter> filters, Done done) {
    if (store_ == nullptr) {
        done(no_store());
        return;
    }
    auto back = bring_back(user, std::move(done));
    store_->replace_filters(std::move(user), std::move(filters), std::move(back));
}

void UserDirectory::put_universe(std::string user, UserUniverse universe, Done done) {
    if (store_ == nullptr) {
        done(no_store());
        return;
    }
    auto back = bring_back(user, std::move(done));
    store_->put_universe(std::move(user), std::move(universe), std::move(back));
}

void UserDirectory::remove_universe(std::string user, std::string name, Done done) {
    if (store_ == nullptr) {
        done(no_store());
        return;
    }
    auto back = bring_back(user, std::move(done));
    store_->remove_universe(std::move(user), std::move(name), std::move(back));
}

}  // namespace tickstock
