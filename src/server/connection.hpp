#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "server/closed_connections.hpp"
#include "server/fanout.hpp"
#include "server/gate.hpp"
#include "server/session.hpp"
#include "server/site.hpp"
#include "server/user_directory.hpp"

namespace tickstock {

/// One socket in one of its roles: requests, WebSocket or SSE. I/O thread only.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    virtual ~Connection() = default;

    /// The stream moved on.
    virtual void wake() {}
    /// The archive has read something from the disk.
    virtual void wake_from_disk() {}
    /// About ten times a second: deadlines, heartbeats, intervals.
    virtual void tick(Nanos now) = 0;
    /// The filters or universes that this user keeps have changed.
    virtual void on_user_change(std::string_view /*user*/) {}
    /// The server stops: finish what is under way, then end.
    virtual void drain() = 0;
    /// Drain is half over: say good-bye now.
    virtual void hurry() { drain(); }
    /// Close the socket at once.
    virtual void abort() = 0;

    /// Place in the ConnectionSet.
    std::size_t slot = 0;
};

/// All open connections, with the limits on their number.
class ConnectionSet {
public:
    ConnectionSet(const ServerSettings& settings, const Clock& clock);

    /// One socket's share of the limits; handed on when the socket changes its role.
    class Ticket {
    public:
        Ticket(ConnectionSet& set, std::string address);
        ~Ticket();
        Ticket(const Ticket&) = delete;
        Ticket& operator=(const Ticket&) = delete;

        const std::string& address() const { return address_; }
        /// From now on a streaming connection of this user. False: the user has enough of them.
        bool take_user(const std::string& user);

    private:
        ConnectionSet& set_;
        const std::string address_;
        std::string user_;  // empty = not counted
    };

    /// Null when a limit on the number is reached.
    std::unique_ptr<Ticket> admit(const std::string& address);
    /// False when new connections come too fast, from there or altogether.
    bool is_in_rate(const std::string& address);
    /// For streaming sessions without a socket of their own (polling); counted by user.
    bool take_user(const std::string& user);
    void free_user(const std::string& user);

    void add(std::shared_ptr<Connection> connection);
    void remove(Connection& connection);
    /// Connections may come and go meanwhile.
    void for_each(const std::function<void(Connection&)>& call);
    std::size_t size() const { return size_; }

private:
    void forget_quiet_addresses(Nanos now);

    const ServerSettings& settings_;
    const Clock& clock_;
    std::vector<std::shared_ptr<Connection>> slots_;
    std::vector<std::size_t> free_;
    std::size_t size_ = 0;
    std::size_t tickets_ = 0;
    std::unordered_map<std::string, std::size_t> by_address_;
    std::unordered_map<std::string, std::size_t> by_user_;
    TokenBucket rate_;
    struct AddressRate {
        TokenBucket bucket;
        Nanos seen_at;
    };
    std::unordered_map<std::string, AddressRate> rate_by_address_;
};

/// What all connections work with. Lives as long as the server.
struct ServerCore {
    const ServerSettings& settings;
    const Clock& clock;
    Fanout fanout;
    ClientCounts counts;
    ConnectionSet connections;
    ClosedConnections closed;
    Gate& gate;
    std::optional<Site> site;
    bool draining = false;
    std::optional<UserDirectory> directory;  ///< from the server's start on

    const UserDirectory& users() const { return *directory; }
};

/// A connection that sends a Session's frames, one write in flight. Watches for slow clients.
class StreamingConnection : public Connection {
public:
    StreamingConnection(ServerCore& core, std::unique_ptr<ConnectionSet::Ticket> ticket,
                        std::string_view kind);

    void wake() override;
    void wake_from_disk() override;
    void tick(Nanos now) override;
    void on_user_change(std::string_view user) override {
        session().on_user_change(user);
        wake();
    }
    void drain() override;
    void hurry() override { close(CloseCode::ShuttingDown); }

protected:
    virtual Session& session() = 0;
    /// Starts to write; calls written() when done. `frame` lives until then.
    virtual void begin_write(const OutFrame& frame) = 0;
    /// Says good-bye, with the code where the protocol has one, and ends.
    virtual void close(CloseCode code) = 0;

    void pump();
    void written();
    /// Writes down how it ended; the first call counts. `code` None: without one.
    void note_end(CloseCode code, ClosedConnection::By by, std::string_view reason = {});

    ServerCore& core_;
    std::unique_ptr<ConnectionSet::Ticket> ticket_;
    bool closing_ = false;
    std::uint64_t messages_in_ = 0;

private:
    bool writing_ = false;
    bool is_noted_ = false;
    Nanos write_began_{0};
    UnixNanos up_to_date_at_;  // when it had everything for the first time; unset = not yet
    OutFrame frame_;
    const std::string_view kind_;
    const Nanos began_;
    std::uint64_t frames_out_ = 0;
    std::uint64_t events_out_ = 0;
    std::uint64_t bytes_out_ = 0;
};

}  // namespace tickstock
