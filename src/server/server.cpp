#include "server/server.hpp"

#include <netinet/tcp.h>

#include <atomic>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <thread>

#include "auth/failure_throttle.hpp"
#include "base/assert.hpp"
#include "base/named_thread.hpp"
#include "metrics/log.hpp"
#include "server/access.hpp"
#include "server/archive_thread.hpp"
#include "server/asio.hpp"
#include "server/limits.hpp"
#include "server/socketio_hub.hpp"
#include "server/tls.hpp"
#include "server/universes.hpp"
#include "server/user_directory.hpp"

namespace tickstock {
namespace {

namespace net = boost::asio;
using boost::system::error_code;

constexpr auto tick_interval = std::chrono::milliseconds(50);
constexpr auto idle_tick_interval = std::chrono::milliseconds(500);
constexpr std::size_t refusals_at_once = 64;
constexpr int accepts_a_pass = 64;
/// Between two tours of all connections, for each of them: with many, a tour brings several events
/// at once instead of one each, which is what a tour costs most for.
constexpr Nanos pause_a_connection = std::chrono::microseconds(2);
using TcpUserTimeout = net::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;

/// The I/O context outlives the server as long as the stream's listener may still be called.
struct Waker {
    net::io_context io{1};
    std::atomic<bool> is_pending{false};
    std::atomic<bool> has_delivered{false};  // the archive; a wake-up for it is on its way
};

}  // namespace

struct Server::Impl {
    Impl(const ServerSettings& server_settings, EventStream& event_stream,
         std::function<std::shared_ptr<const EngineStatus>()> engine_status,
         const Clock& server_clock, ServerInfo server_info, CommandQueue* command_queue);

    Result<std::uint16_t> start();
    Result<std::uint16_t> listen();
    void accept();
    void accept_more();
    void admit(Socket socket);
    void tell_all(Nanos now);
    void wake();
    void open_archive();
    void wake_from_disk();
    void tick();
    void begin_drain();
    void reload();
    void end();
    void join();
    bool uses_tls() const { return !settings.tls_certificate_file.empty(); }
    std::optional<Error> refuse_settings() const;

    const ServerSettings settings;
    EventStream& stream;
    const std::function<std::shared_ptr<const EngineStatus>()> status;
    const Clock& clock;
    const ServerInfo info;

    Gate gate;
    CommandQueue* const commands;
    std::function<void(std::function<void()>)> post;
    std::optional<SocketIoHub> socketio;     // before core: its clients stand among the connections
    std::shared_ptr<net::ssl::context> tls;  // null = none
    Universes universes;
    std::optional<EventArchive> archive;  // of info.stored
    ServerCore core;
    const std::shared_ptr<Waker> waker = std::make_shared<Waker>();
    net::ip::tcp::acceptor acceptor{waker->io};
    net::steady_timer timer{waker->io};
    net::steady_timer tour_timer{waker->io};
    bool tour_waits = false;
    Nanos toured_at{0};
    bool is_accepting = false;
    Nanos drain_began{0};
    bool hurried = false;
    std::optional<WatchedLoop> loop;  // the thread's
    std::optional<ArchiveThread> archive_thread;
    std::thread thread;
};

Server::Impl::Impl(const ServerSettings& server_settings, EventStream& event_stream,
                   std::function<std::shared_ptr<const EngineStatus>()> engine_status,
                   const Clock& server_clock, ServerInfo server_info, CommandQueue* command_queue)
    : settings(server_settings),
      stream(event_stream),
      status(std::move(engine_status)),
      clock(server_clock),
      info(std::move(server_info)),
      gate(info.auth, info.authenticator, clock),
      commands(command_queue),
      universes(status,
                [this](std::string_view user) {
                    return info.users == nullptr ? nullptr : info.users->find(user);
                }),
      core{settings,
           clock,
           Fanout(event_stream, clock),
           ClientCounts{},
           ConnectionSet(settings, clock),
           ClosedConnections{},
           gate,
           std::nullopt,
           false,
           std::nullopt} {
    post = [waker = std::weak_ptr(this->waker)](std::function<void()> task) {
        if (const auto alive = waker.lock()) {
            net::post(alive->io, std::move(task));
        }
    };
    // At most one wake-up waits, however fast the engine appends. After the server's end the
    // listener posts into a context that nobody runs.
    event_stream.set_listener([waker = std::weak_ptr(this->waker), this] {
        const auto alive = waker.lock();
        if (alive && !alive->is_pending.exchange(true)) {
            net::post(alive->io, [this] { wake(); });
        }
    });
    core.fanout.set_universes(&universes);
    if (info.stored != nullptr) {
        open_archive();
    }
}

void Server::Impl::open_archive() {
    archive.emplace(*info.stored, stream.symbol_numbers(), clock,
                    EventArchive::Options{info.archive_cache});
    archive->set_listener([waker = std::weak_ptr(this->waker), this] {
        const auto alive = waker.lock();
        if (alive && !alive->has_delivered.exchange(true)) {
            net::post(alive->io, [this] { wake_from_disk(); });
        }
    });
    core.fanout.set_archive(&*archive);
}

Result<std::uint16_t> Server::Impl::start() {
    if (auto refused = refuse_settings()) {
        return *refused;
    }
    if (uses_tls()) {
        auto loaded = load_tls(settings.tls_certificate_file, settings.tls_key_file);
        if (!loaded.ok()) {
            return loaded.error();
        }
        tls = std::move(loaded).value();
    }
    core.directory.emplace(info.users, post);
    UserDirectory& users = *core.directory;
    socketio.emplace(SocketIoParts{settings, clock, core.fanout, core.counts, core.closed,
                                   core.connections, gate, users},
                     stream, status);
    users.set_listener([this](const std::string& user, const UserDirectory::Record&) {
        universes.note_user_change();
        core.fanout.filters().refresh_universes();
        core.fanout.refresh();
        core.connections.for_each([&](Connection& connection) { connection.on_user_change(user); });
        socketio->on_user_change(user);
    });
    auto files = StaticFiles::load(info.web_root);
    if (!files.ok()) {
        return files.error();
    }
    core.site.emplace(
        Site::Parts{settings, stream, status, clock, core.fanout, core.counts, core.closed,
                    core.connections, gate, users, *socketio, commands, post, info},
        std::move(files).value());
    auto port = listen();
    if (!port.ok()) {
        return port;
    }
    if (archive) {
        archive_thread.emplace(*archive, info.watchdog);
    }
    accept();
    tick();
    thread = std::thread([this] {
        const NamedThread named("server");
        loop.emplace(info.watchdog, "server", Watchdog::Kind::Work);
        waker->io.run();
        loop.reset();
    });
    return port;
}

/// What must not be: a server that strangers reach and that trusts them.
std::optional<Error> Server::Impl::refuse_settings() const {
    if (settings.tls_certificate_file.empty() != settings.tls_key_file.empty()) {
        return Error{
            "server.tls_certificate_file and server.tls_key_file: one is set; accepted: "
            "both or none"};
    }
    if (is_loopback_address(settings.address)) {
        return std::nullopt;
    }
    const std::string place = "server.address = " + settings.address + ": others can reach it; ";
    if (gate.is_open()) {
        return Error{place + "accepted: a loopback address, or auth.mode = required"};
    }
    if (!uses_tls() && !settings.allow_plain_remote) {
        return Error{place +
                     "accepted: a loopback address, server.tls_certificate_file with "
                     "server.tls_key_file, or server.allow_plain_remote = true"};
    }
    return std::nullopt;
}

Result<std::uint16_t> Server::Impl::listen() {
    const std::string address = settings.address == "localhost" ? "127.0.0.1" : settings.address;
    error_code error;
    const net::ip::tcp::endpoint endpoint(net::ip::make_address(address, error), settings.port);
    if (error) {
        return Error{"server.address = " + address + ": accepted: an IP address or localhost"};
    }
    acceptor.open(endpoint.protocol(), error);
    if (!error) {
        acceptor.set_option(net::socket_base::reuse_address(true), error);
    }
    if (!error) {
        acceptor.bind(endpoint, error);
    }
    if (!error) {
        acceptor.listen(net::socket_base::max_listen_connections, error);
    }
    if (!error) {
        acceptor.non_blocking(true, error);
    }
    if (error) {
        return Error{"server.port: cannot listen on " + address + ":" +
                     std::to_string(settings.port) + ": " + error.message() +
                     "; accepted: a free port, or 0 for any"};
    }
    return acceptor.local_endpoint().port();
}

void Server::Impl::accept() {
    is_accepting = true;
    acceptor.async_accept([this](const error_code& error, Socket socket) {
        is_accepting = false;
        if (core.draining || error == net::error::operation_aborted) {
            return;
        }
        if (error) {
            log_warn("server", "cannot accept a connection: {}", error.message());
            return;  // out of descriptors, mostly: tick() tries again
        }
        admit(std::move(socket));
        accept_more();
        accept();
    });
}

/// What else waits, so that a storm of clients does not outgrow the kernel's queue while each pass
/// of the loop takes one.
void Server::Impl::accept_more() {
    for (int i = 0; i < accepts_a_pass; ++i) {
        error_code error;
        Socket socket = acceptor.accept(error);
        if (error) {
            return;
        }
        admit(std::move(socket));
    }
}

void Server::Impl::admit(Socket socket) {
    error_code error;
    const auto peer = socket.remote_endpoint(error);
    if (error) {
        return;  // gone already
    }
    const std::string address = peer.address().to_string();
    const bool is_in_rate = core.connections.is_in_rate(throttle_key(address));
    auto ticket = is_in_rate ? core.connections.admit(address) : nullptr;
    socket.set_option(net::ip::tcp::no_delay(true), error);
    Transport transport = tls ? Transport(std::move(socket), tls) : Transport(std::move(socket));
    if (ticket) {
        // A peer that is gone without a word: found by unanswered bytes, where no ping is spoken.
        transport.socket().set_option(
            TcpUserTimeout(static_cast<int>((settings.ping_interval + settings.pong_timeout) /
                                            std::chrono::milliseconds(1))),
            error);
        transport.socket().set_option(
            net::socket_base::send_buffer_size(limits::socket_send_buffer), error);
        ++core.counts.accepted;
        start_http(std::move(transport), std::move(ticket), core);
        return;
    }
    ++core.counts.refused;
    core.counts.over_rate += is_in_rate ? 0 : 1;
    if (core.connections.size() < settings.max_connections + refusals_at_once) {
        refuse_connection(std::move(transport), ErrorCode::TooManyConnections, core);
    }
}

void Server::Impl::reload() {
    gate.reload();
    if (!uses_tls()) {
        return;
    }
    auto loaded = load_tls(settings.tls_certificate_file, settings.tls_key_file);
    if (!loaded.ok()) {
        log_warn("server", "the certificate stays as it was: {}", loaded.error().message);
        return;
    }
    tls = std::move(loaded).value();
    log_info("server", "the certificate was read again");
}

void Server::Impl::wake() {
    waker->is_pending = false;
    const Nanos now = clock.monotonic();
    const Nanos next = toured_at + pause_a_connection * core.connections.size();
    if (now >= next) {
        tell_all(now);
    } else if (!std::exchange(tour_waits, true)) {
        tour_timer.expires_after(next - now);
        tour_timer.async_wait([this](const error_code& error) {
            tour_waits = false;
            if (!error) {
                tell_all(clock.monotonic());
            }
        });
    }
}

/// The stream moved on: whoever can take something, takes it.
void Server::Impl::tell_all(Nanos now) {
    toured_at = now;
    core.fanout.refresh();
    core.connections.for_each([](Connection& connection) { connection.wake(); });
}

void Server::Impl::wake_from_disk() {
    waker->has_delivered = false;
    core.fanout.disk_delivers();
    core.connections.for_each([](Connection& connection) { connection.wake_from_disk(); });
}

void Server::Impl::tick() {
    if (loop) {
        loop->beat();
    }
    const Nanos now = clock.monotonic();
    core.fanout.refresh();
    gate.tick(now);
    socketio->feeds().advance(now);
    core.connections.for_each([now](Connection& connection) { connection.tick(now); });
    if (core.draining) {
        const Nanos since = now - drain_began;
        if (core.connections.size() == 0 || since >= settings.drain_timeout) {
            end();
            return;
        }
        if (since >= settings.drain_timeout / 2 && !hurried) {
            hurried = true;
            core.connections.for_each([](Connection& connection) { connection.hurry(); });
        }
    } else if (!is_accepting) {
        accept();
    }
    const bool is_idle = core.connections.size() == 0 && !core.draining;
    timer.expires_after(is_idle ? idle_tick_interval : tick_interval);
    timer.async_wait([this](const error_code& error) {
        if (!error) {
            tick();
        }
    });
}

void Server::Impl::begin_drain() {
    core.draining = true;
    core.site->stop();
    drain_began = clock.monotonic();
    log_info("server", "draining {} connections", core.connections.size());
    error_code ignored;
    acceptor.close(ignored);
    core.fanout.refresh();
    core.connections.for_each([](Connection& connection) { connection.drain(); });
    timer.cancel();
    tick();
}

void Server::Impl::end() {
    core.connections.for_each([](Connection& connection) { connection.abort(); });
    waker->io.stop();
}

void Server::Impl::join() {
    thread.join();
    // The handlers of closed sockets hold connections, which use `core`: let them end here.
    waker->io.restart();
    waker->io.poll();
}

Server::Server(const ServerSettings& settings, EventStream& stream,
               std::function<std::shared_ptr<const EngineStatus>()> status, const Clock& clock,
               ServerInfo info, CommandQueue* commands)
    : impl_(std::make_unique<Impl>(settings, stream, std::move(status), clock, std::move(info),
                                   commands)) {}

Server::~Server() {
    if (impl_->thread.joinable()) {
        net::post(impl_->waker->io, [impl = impl_.get()] { impl->end(); });
        impl_->join();
    }
}

Result<std::uint16_t> Server::start() {
    TS_ASSERT(!impl_->thread.joinable());
    return impl_->start();
}

void Server::reload() {
    net::post(impl_->waker->io, [impl = impl_.get()] { impl->reload(); });
}

void Server::drain_and_stop() {
    if (impl_->thread.joinable()) {
        net::post(impl_->waker->io, [impl = impl_.get()] { impl->begin_drain(); });
        impl_->join();
    }
}

}  // namespace tickstock
