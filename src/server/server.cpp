#include "server/server.hpp"

#include <atomic>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <thread>

#include "base/assert.hpp"
#include "base/named_thread.hpp"
#include "metrics/log.hpp"
#include "server/access.hpp"
#include "server/asio.hpp"
#include "server/limits.hpp"

namespace tickstock {
namespace {

namespace net = boost::asio;
using boost::system::error_code;

constexpr auto tick_interval = std::chrono::milliseconds(50);
constexpr auto idle_tick_interval = std::chrono::milliseconds(500);
constexpr std::size_t refusals_at_once = 64;

/// The I/O context outlives the server as long as the stream's listener may still be called.
struct Waker {
    net::io_context io{1};
    std::atomic<bool> is_pending{false};
};

}  // namespace

struct Server::Impl {
    Impl(const ServerSettings& server_settings, EventStream& event_stream,
         std::function<std::shared_ptr<const EngineStatus>()> engine_status,
         const Clock& server_clock, ServerInfo server_info, CommandQueue* commands);

    Result<std::uint16_t> start();
    Result<std::uint16_t> listen();
    void accept();
    void admit(Socket socket);
    void wake();
    void tick();
    void begin_drain();
    void end();
    void join();

    const ServerSettings settings;
    EventStream& stream;
    const std::function<std::shared_ptr<const EngineStatus>()> status;
    const Clock& clock;
    const ServerInfo info;

    ServerCore core;
    const std::shared_ptr<Waker> waker = std::make_shared<Waker>();
    net::ip::tcp::acceptor acceptor{waker->io};
    net::steady_timer timer{waker->io};
    bool is_accepting = false;
    Nanos drain_began{0};
    bool hurried = false;
    std::optional<WatchedLoop> loop;  // the thread's
    std::thread thread;
};

Server::Impl::Impl(const ServerSettings& server_settings, EventStream& event_stream,
                   std::function<std::shared_ptr<const EngineStatus>()> engine_status,
                   const Clock& server_clock, ServerInfo server_info, CommandQueue* commands)
    : settings(server_settings),
      stream(event_stream),
      status(std::move(engine_status)),
      clock(server_clock),
      info(std::move(server_info)),
      core{settings,
           clock,
           Fanout(event_stream, clock),
           ClientCounts{},
           ConnectionSet(settings.max_connections, settings.max_connections_per_address),
           std::nullopt,
           false,
           commands,
           {}} {
    core.post = [waker = std::weak_ptr(this->waker)](std::function<void()> task) {
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
}

Result<std::uint16_t> Server::Impl::start() {
    if (!is_loopback_address(settings.address)) {
        return Error{"server.address: \"" + settings.address +
                     "\" is not a loopback address; accepted: 127.0.0.1, ::1, localhost (TLS and "
                     "authentication, which others need, are not in this version)"};
    }
    auto files = StaticFiles::load(info.web_root);
    if (!files.ok()) {
        return files.error();
    }
    core.site.emplace(Site::Parts{settings, stream, status, clock, core.fanout, core.counts, info},
                      std::move(files).value());
    auto port = listen();
    if (!port.ok()) {
        return port;
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

Result<std::uint16_t> Server::Impl::listen() {
    const std::string address = settings.address == "localhost" ? "127.0.0.1" : settings.address;
    const net::ip::tcp::endpoint endpoint(net::ip::make_address(address), settings.port);
    error_code error;
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
        accept();
    });
}

void Server::Impl::admit(Socket socket) {
    error_code error;
    const auto peer = socket.remote_endpoint(error);
    if (error) {
        return;  // gone already
    }
    socket.set_option(net::ip::tcp::no_delay(true), error);
    socket.set_option(net::socket_base::send_buffer_size(limits::socket_send_buffer), error);
    auto ticket = core.connections.admit(peer.address().to_string());
    if (ticket) {
        ++core.counts.accepted;
        start_http(std::move(socket), std::move(ticket), core);
        return;
    }
    ++core.counts.refused;
    if (core.connections.size() < settings.max_connections + refusals_at_once) {
        refuse_connection(std::move(socket), core);
    }
}

void Server::Impl::wake() {
    waker->is_pending = false;
    core.fanout.refresh();
    core.connections.for_each([](Connection& connection) { connection.wake(); });
}

void Server::Impl::tick() {
    if (loop) {
        loop->beat();
    }
    const Nanos now = clock.monotonic();
    core.fanout.refresh();
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

void Server::drain_and_stop() {
    if (impl_->thread.joinable()) {
        net::post(impl_->waker->io, [impl = impl_.get()] { impl->begin_drain(); });
        impl_->join();
    }
}

}  // namespace tickstock
