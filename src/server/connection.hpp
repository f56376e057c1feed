#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "engine/commands.hpp"
#include "server/fanout.hpp"
#include "server/session.hpp"
#include "server/site.hpp"

namespace tickstock {

/// One socket in one of its roles: requests, WebSocket or SSE. I/O thread only.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    virtual ~Connection() = default;

    /// The stream moved on.
    virtual void wake() {}
    /// About ten times a second: deadlines, heartbeats, intervals.
    virtual void tick(Nanos now) = 0;
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
    ConnectionSet(std::size_t limit, std::size_t limit_per_address)
        : limit_(limit), limit_per_address_(limit_per_address) {}

    /// One socket's share of the limits; handed on when the socket changes its role.
    class Ticket {
    public:
        Ticket(ConnectionSet& set, std::string address);
        ~Ticket();
        Ticket(const Ticket&) = delete;
        Ticket& operator=(const Ticket&) = delete;

    private:
        ConnectionSet& set_;
        const std::string address_;
    };

    /// Null when a limit is reached.
    std::unique_ptr<Ticket> admit(const std::string& address);

    void add(std::shared_ptr<Connection> connection);
    void remove(Connection& connection);
    /// Connections may come and go meanwhile.
    void for_each(const std::function<void(Connection&)>& call);
    std::size_t size() const { return size_; }

private:
    const std::size_t limit_;
    const std::size_t limit_per_address_;
    std::vector<std::shared_ptr<Connection>> slots_;
    std::vector<std::size_t> free_;
    std::size_t size_ = 0;
    std::size_t tickets_ = 0;
    std::unordered_map<std::string, std::size_t> by_address_;
};

/// What all connections work with. Lives as long as the server.
struct ServerCore {
    const ServerSettings& settings;
    const Clock& clock;
    Fanout fanout;
    ClientCounts counts;
    ConnectionSet connections;
    std::optional<Site> site;
    bool draining = false;
    /// Takes what people ask of the engine; null = nobody does.
    CommandQueue* commands = nullptr;
    /// Any thread: runs a task on the I/O thread, or forgets it when the server is gone.
    std::function<void(std::function<void()>)> post = {};
};

/// A connection that sends a Session's frames, one write in flight. Watches for slow clients.
class StreamingConnection : public Connection {
public:
    explicit StreamingConnection(ServerCore& core) : core_(core) {}

    void wake() override;
    void tick(Nanos now) override;
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

    ServerCore& core_;
    bool closing_ = false;

private:
    bool writing_ = false;
    Nanos write_began_{0};
    OutFrame frame_;
};

}  // namespace tickstock
