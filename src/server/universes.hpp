#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "engine/status.hpp"
#include "server/universe_catalog.hpp"
#include "storage/user_store.hpp"

namespace tickstock {

/// The universes of this server: those of the engine (files and API), as of its last status, and
/// the users' own. `mine/NAME` is the user's NAME; a plain NAME is the user's if there is one, else
/// the engine's. I/O thread only.
class Universes final : public UniverseCatalog {
public:
    using Status = std::function<std::shared_ptr<const EngineStatus>()>;
    /// Nothing when nothing is kept of the user.
    using FindUser = std::function<UserStore::Record(std::string_view user)>;

    Universes(Status status, FindUser find_user)
        : status_(std::move(status)), find_user_(std::move(find_user)) {}

    /// A user's universes have changed.
    void note_user_change() { ++version_; }

    std::optional<std::string> resolve(std::string_view user, std::string_view name) const override;
    std::vector<std::string> names(std::string_view user) const override;
    std::shared_ptr<const Universe> find(std::string_view key) const override;
    std::uint64_t version() const override;

private:
    using List = std::shared_ptr<const std::vector<UniverseSummary>>;
    struct Known {
        std::shared_ptr<const Universe> universe;
        std::vector<std::string> symbols;
    };

    void look_at_engine() const;
    const UserUniverse* find_own(const UserStore::Record& record, std::string_view name) const;
    std::shared_ptr<const Universe> find_of_user(std::string_view key) const;

    const Status status_;
    const FindUser find_user_;
    // Memory of what was seen, to know when it changes.
    mutable std::uint64_t version_ = 1;
    mutable List engine_;
    mutable std::map<std::string, Known, std::less<>> engine_universes_;
    mutable std::map<std::string, Known, std::less<>> user_universes_;  // by key, of filters in use
};

}  // namespace tickstock
