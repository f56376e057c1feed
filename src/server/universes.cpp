#include "server/universes.hpp"

#include <algorithm>

namespace tickstock {
namespace {

constexpr std::string_view own_prefix = "mine/";
// A key of a user's universe: no name has control characters, so none is taken for one.
constexpr char user_mark = '\x1f';

std::string key_of(std::string_view user, std::string_view name) {
    return user_mark + std::string(user) + user_mark + std::string(name);
}

std::shared_ptr<const UniverseCatalog::Universe> universe_of(
    const std::vector<std::string>& symbols) {
    auto universe = std::make_shared<UniverseCatalog::Universe>();
    for (const std::string& symbol : symbols) {
        if (SymbolText::is_valid(symbol)) {
            universe->symbols.emplace_back(symbol);
        }
    }
    std::ranges::sort(universe->symbols);
    return universe;
}

}  // namespace

/// The status brings a new list now and then, mostly with the same universes in it.
void Universes::look_at_engine() const {
    const auto status = status_ ? status_() : nullptr;
    if (status == nullptr || status->control.universes == engine_) {
        return;
    }
    engine_ = status->control.universes;
    std::map<std::string, Known, std::less<>> now;
    bool has_changed = engine_ == nullptr ? !engine_universes_.empty()
                                          : engine_->size() != engine_universes_.size();
    for (const UniverseSummary& summary :
         engine_ == nullptr ? std::vector<UniverseSummary>{} : *engine_) {
        const auto before = engine_universes_.find(summary.name);
        if (before != engine_universes_.end() && before->second.symbols == summary.symbols) {
            now.insert(*before);
            continue;
        }
        has_changed = true;
        now[summary.name] = {universe_of(summary.symbols), summary.symbols};
    }
    engine_universes_ = std::move(now);
    version_ += has_changed ? 1 : 0;
}

const UserUniverse* Universes::find_own(const UserStore::Record& record,
                                        std::string_view name) const {
    if (record == nullptr) {
        return nullptr;
    }
    const auto found = std::ranges::find(record->universes, name, &UserUniverse::name);
    return found == record->universes.end() ? nullptr : &*found;
}

std::optional<std::string> Universes::resolve(std::string_view user, std::string_view name) const {
    look_at_engine();
    const UserStore::Record record = user.empty() || !find_user_ ? nullptr : find_user_(user);
    const bool is_own = name.starts_with(own_prefix);
    const std::string_view own = is_own ? name.substr(own_prefix.size()) : name;
    if (find_own(record, own) != nullptr) {
        return key_of(user, own);
    }
    if (is_own || !engine_universes_.contains(name)) {
        return std::nullopt;
    }
    return std::string(name);
}

std::vector<std::string> Universes::names(std::string_view user) const {
    look_at_engine();
    std::vector<std::string> names;
    if (const auto record = user.empty() || !find_user_ ? nullptr : find_user_(user)) {
        for (const UserUniverse& universe : record->universes) {
            names.push_back(std::string(own_prefix) + universe.name);
        }
    }
    for (const auto& [name, universe] : engine_universes_) {
        names.push_back(name);
    }
    std::ranges::sort(names);
    return names;
}

std::shared_ptr<const UniverseCatalog::Universe> Universes::find(std::string_view key) const {
    if (key.starts_with(user_mark)) {
        return find_of_user(key);
    }
    look_at_engine();
    const auto found = engine_universes_.find(key);
    return found == engine_universes_.end() ? nullptr : found->second.universe;
}

std::shared_ptr<const UniverseCatalog::Universe> Universes::find_of_user(
    std::string_view key) const {
    const auto second = key.find(user_mark, 1);
    const std::string_view user = key.substr(1, second - 1);
    const std::string_view name = key.substr(second + 1);
    const UserStore::Record record = find_user_ ? find_user_(user) : nullptr;
    const UserUniverse* own = find_own(record, name);
    const auto known = user_universes_.find(key);
    if (own == nullptr) {
        if (known != user_universes_.end()) {
            user_universes_.erase(known);
        }
        return nullptr;
    }
    if (known != user_universes_.end()) {
        if (known->second.symbols == own->symbols) {
            return known->second.universe;
        }
    } else {  // of filters that nobody uses any more
        std::erase_if(user_universes_,
                      [](const auto& one) { return one.second.universe.use_count() == 1; });
    }
    Known& entry = user_universes_[std::string(key)];
    entry = {universe_of(own->symbols), own->symbols};
    return entry.universe;
}

std::uint64_t Universes::version() const {
    look_at_engine();
    return version_;
}

}  // namespace tickstock
