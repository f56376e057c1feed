#include "storage/user_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "base/named_thread.hpp"
#include "storage/user_checks.hpp"
#include "storage/user_database.hpp"

namespace tickstock {
namespace {

using Record = UserStore::Record;
using Outcome = Result<Record, StoreError>;

StoreError error_of(const SqliteError& error) {
    const auto kind = error.is_busy()   ? StoreError::Kind::Busy
                      : error.is_full() ? StoreError::Kind::Full
                                        : StoreError::Kind::Failed;
    return {kind, fmt::format("users' filters and universes cannot be stored: {}", error.message)};
}

/// Puts `item` in its place by name, over the one of the same name.
template <class Item>
void put(std::vector<Item>& items, const Item& item) {
    const auto place =
        std::lower_bound(items.begin(), items.end(), item,
                         [](const Item& a, const Item& b) { return a.name < b.name; });
    if (place != items.end() && place->name == item.name) {
        *place = item;
    } else {
        items.insert(place, item);
    }
}

template <class Item>
void remove(std::vector<Item>& items, const std::string& name) {
    std::erase_if(items, [&](const Item& item) { return item.name == name; });
}

/// What the user has once the change is done.
UserRecord changed(const Record& before, const UserDatabase::Change& change) {
    UserRecord record;
    if (before != nullptr) {
        record = *before;
    }
    record.user = change.user;
    record.version = change.version;
    for (const auto& name : change.remove_filters) {
        remove(record.filters, name);
    }
    for (const auto& name : change.remove_universes) {
        remove(record.universes, name);
    }
    for (const auto& filter : change.put_filters) {
        put(record.filters, filter);
    }
    for (const auto& universe : change.put_universes) {
        put(record.universes, universe);
    }
    return record;
}

}  // namespace

struct UserStore::Parts {
    struct Write {
        UserDatabase::Change change;
        bool replaces_filters = false;
        Done done;
    };

    Parts(Options given, UserDatabase opened) : options(given), database(std::move(opened)) {}

    Record find(std::string_view user) const {
        const std::shared_lock lock(records_mutex);
        const auto found = records.find(user);
        return found == records.end() ? nullptr : found->second;
    }
    void enqueue(Write write);
    void work();
    Outcome perform(Write& write);
    Result<bool, StoreError> check(const Write& write, const Record& before,
                                   const UserRecord& after) const;

    const Options options;
    UserDatabase database;  // the worker's

    mutable std::shared_mutex records_mutex;
    std::map<std::string, Record, std::less<>> records;  // written by the worker only
    std::size_t bytes = 0;                               // of all records; the worker's

    std::mutex queue_mutex;
    std::condition_variable queue_changed;
    std::deque<Write> queue;
    bool stopping = false;
    std::thread worker;
};

void UserStore::Parts::enqueue(Write write) {
    {
        const std::lock_guard lock(queue_mutex);
        if (queue.size() < options.max_waiting) {
            queue.push_back(std::move(write));
            queue_changed.notify_one();
            return;
        }
    }
    if (write.done) {
        write.done(StoreError{StoreError::Kind::Busy,
                              fmt::format("{} changes of users' filters and universes wait "
                                          "already",
                                          options.max_waiting)});
    }
}

void UserStore::Parts::work() {
    const NamedThread name("user store");
    for (;;) {
        std::unique_lock lock(queue_mutex);
        queue_changed.wait(lock, [&] { return stopping || !queue.empty(); });
        if (queue.empty()) {
            return;
        }
        Write write = std::move(queue.front());
        queue.pop_front();
        lock.unlock();
        Outcome outcome = perform(write);
        if (write.done) {
            write.done(std::move(outcome));
        }
    }
}

Outcome UserStore::Parts::perform(Write& write) {
    UserDatabase::Change& change = write.change;
    if (auto good = check_change(change); !good) {
        return good.error();
    }
    const Record before = find(change.user);
    change.version = before == nullptr ? 1 : before->version + 1;
    if (write.replaces_filters && before != nullptr) {
        for (const NamedFilter& filter : before->filters) {
            change.remove_filters.push_back(filter.name);
        }
    }
    auto after = std::make_shared<const UserRecord>(changed(before, change));
    if (auto good = check(write, before, *after); !good) {
        return good.error();
    }
    if (auto stored = database.commit(change); !stored) {
        return error_of(stored.error());
    }
    bytes += size_of(*after);
    bytes -= before == nullptr ? 0 : size_of(*before);
    const std::unique_lock lock(records_mutex);
    records[change.user] = after;
    return Record(std::move(after));
}

Result<bool, StoreError> UserStore::Parts::check(const Write& write, const Record& before,
                                                 const UserRecord& after) const {
    const UserDatabase::Change& change = write.change;
    const bool adds = !change.put_filters.empty() || !change.put_universes.empty();
    if (!adds && !write.replaces_filters && before != nullptr &&
        after.filters.size() == before->filters.size() &&
        after.universes.size() == before->universes.size()) {
        return not_found(change);
    }
    if (!adds && before == nullptr && !write.replaces_filters) {
        return not_found(change);
    }
    if (before == nullptr && records.size() >= options.max_users) {
        return StoreError{StoreError::Kind::LimitReached,
                          fmt::format("{} users have filters or universes; accepted are no more",
                                      records.size())};
    }
    if (adds && bytes + size_of(after) > options.max_bytes) {
        return StoreError{StoreError::Kind::LimitReached,
                          fmt::format("filters and universes of all users take {} bytes; accepted "
                                      "are at most {}",
                                      bytes, options.max_bytes)};
    }
    return check_counts(after);
}

UserStore::UserStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {
    parts_->worker = std::thread([all = parts_.get()] { all->work(); });
}

UserStore::~UserStore() {
    {
        const std::lock_guard lock(parts_->queue_mutex);
        parts_->stopping = true;
    }
    parts_->queue_changed.notify_one();
    parts_->worker.join();
}

Result<std::unique_ptr<UserStore>> UserStore::open(const std::string& path) {
    return open(path, Options());
}

Result<std::unique_ptr<UserStore>> UserStore::open(const std::string& path, Options options) {
    auto database = UserDatabase::open(path, {options.busy_timeout, options.small_file});
    if (!database) {
        return database.error();
    }
    auto parts = std::make_unique<Parts>(options, std::move(database).value());
    auto loaded = parts->database.load();
    if (!loaded) {
        return loaded.error();
    }
    for (UserRecord& record : *loaded) {
        parts->bytes += size_of(record);
        std::string user = record.user;
        parts->records.emplace(std::move(user),
                               std::make_shared<const UserRecord>(std::move(record)));
    }
    return std::unique_ptr<UserStore>(new UserStore(std::move(parts)));
}

Record UserStore::find(std::string_view user) const {
    return parts_->find(user);
}

std::vector<Record> UserStore::all() const {
    const std::shared_lock lock(parts_->records_mutex);
    std::vector<Record> records;
    for (const auto& [user, record] : parts_->records) {
        records.push_back(record);
    }
    return records;
}

void UserStore::put_filter(std::string user, NamedFilter filter, Done done) {
    Parts::Write write;
    write.change.user = std::move(user);
    write.change.put_filters.push_back(std::move(filter));
    write.done = std::move(done);
    parts_->enqueue(std::move(write));
}

void UserStore::remove_filter(std::string user, std::string name, Done done) {
    Parts::Write write;
    write.change.user = std::move(user);
    write.change.remove_filters.push_back(std::move(name));
    write.done = std::move(done);
    parts_->enqueue(std::move(write));
}

void UserStore::put_universe(std::string user, UserUniverse universe, Done done) {
    Parts::Write write;
    write.change.user = std::move(user);
    write.change.put_universes.push_back(std::move(universe));
    write.done = std::move(done);
    parts_->enqueue(std::move(write));
}

void UserStore::remove_universe(std::string user, std::string name, Done done) {
    Parts::Write write;
    write.change.user = std::move(user);
    write.change.remove_universes.push_back(std::move(name));
    write.done = std::move(done);
    parts_->enqueue(std::move(write));
}

void UserStore::replace_filters(std::string user, std::vector<NamedFilter> filters, Done done) {
    Parts::Write write;
    write.change.user = std::move(user);
    write.change.put_filters = std::move(filters);
    write.replaces_filters = true;
    write.done = std::move(done);
    parts_->enqueue(std::move(write));
}

}  // namespace tickstock
