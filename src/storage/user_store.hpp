#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace tickstock {

/// A filter that a user keeps under a name. `json` is what the client sent; the server knows what
/// it means, storage does not.
struct NamedFilter {
    std::string name;  ///< is_kept_name()
    std::string json;  ///< at most user_filter_bytes
    bool enabled = true;

    friend bool operator==(const NamedFilter&, const NamedFilter&) = default;
};

/// A universe of a user: symbols under a name.
struct UserUniverse {
    std::string name;                  ///< is_kept_name()
    std::vector<std::string> symbols;  ///< each SymbolText::is_valid(), in the order given

    friend bool operator==(const UserUniverse&, const UserUniverse&) = default;
};

inline constexpr std::size_t user_filter_limit = 32;
inline constexpr std::size_t user_filter_bytes = 64 * 1024;
inline constexpr std::size_t user_universe_limit = 32;
inline constexpr std::size_t user_universe_symbol_limit = 10'000;

/// All that is kept of one user. Never changes: a write makes a new one.
struct UserRecord {
    std::string user;
    std::uint64_t version = 0;            ///< grows with each write of this user, over restarts too
    std::vector<NamedFilter> filters;     ///< by name
    std::vector<UserUniverse> universes;  ///< by name
};

/// 1 to 64 bytes of UTF-8 without control characters: names of filters and universes, and users.
bool is_kept_name(std::string_view text);

struct StoreError {
    enum class Kind : std::uint8_t {
        Invalid,       ///< a name, symbol or length that is not accepted
        LimitReached,  ///< too many filters, universes, users or bytes
        NotFound,      ///< nothing to remove
        Busy,          ///< locked by another process, or too many writes wait: try again
        Full,          ///< no room on the disk: try again once there is some
        Failed,        ///< anything else the database says
    };
    Kind kind = Kind::Failed;
    std::string message;  ///< ready to show
};

/// Filters and universes of users in one SQLite file, whole in memory. Reads never wait for the
/// disk: find() from any thread. Writes are done one after the other by a thread of its own; the
/// memory changes after the commit and before the callback, and not at all when the write fails.
class UserStore {
public:
    struct Options {
        Nanos busy_timeout = std::chrono::seconds(2);  ///< for another process's lock
        std::size_t max_waiting = 1000;                ///< writes; more are Busy
        std::size_t max_users = 10'000;
        std::size_t max_bytes = std::size_t{256} << 20;  ///< of all records together
        bool small_file = false;  ///< the file takes 256 KiB: for tests of a full disk
    };

    using Record = std::shared_ptr<const UserRecord>;
    /// On the store's thread; where too many writes wait, at once on the caller's. Must not call
    /// the store's destructor. May be empty.
    using Done = std::function<void(Result<Record, StoreError>)>;

    /// Makes the file (mode 0600) when there is none. Errors name the file: a newer schema, a file
    /// that is damaged or is no database, a folder that cannot be written.
    static Result<std::unique_ptr<UserStore>> open(const std::string& path, Options options);
    static Result<std::unique_ptr<UserStore>> open(const std::string& path);

    /// Does what waits, then ends: callbacks may come until it returns.
    ~UserStore();

    /// Nothing when nothing is kept of the user.
    Record find(std::string_view user) const;
    /// All users, by name.
    std::vector<Record> all() const;

    /// Adds it or replaces the one of its name.
    void put_filter(std::string user, NamedFilter filter, Done done);
    void remove_filter(std::string user, std::string name, Done done);
    void put_universe(std::string user, UserUniverse universe, Done done);
    void remove_universe(std::string user, std::string name, Done done);
    /// All filters at once, in one transaction.
    void replace_filters(std::string user, std::vector<NamedFilter> filters, Done done);

private:
    struct Parts;
    explicit UserStore(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace tickstock
