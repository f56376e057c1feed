#include "server/server.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "base/assert.hpp"
#include "base/named_thread.hpp"
#include "metrics/log.hpp"
#include "server/server_impl.hpp"
#include "server/tls.hpp"

namespace tickstock {
namespace {

namespace net = boost::asio;
using boost::system::error_code;

constexpr auto tick_interval = std::chrono::milliseconds(50);
constexpr auto idle_tick_interval = std::chrono::milliseconds(500);
/// Between two tours of all connections, for each of them: with many, a tour brings several events
/// at once instead of one each, which is what a tour costs most for.
constexpr Nanos pause_a_connection = std::chrono::microseconds(5);

}  // namespace

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
      market(event_stream, info.calendar),
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
    ingest.emplace(info.push, post, core.counts.ingest);
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
    core.site.emplace(Site::Parts{settings, stream, status, clock, core.fanout, core.counts,
                                  core.closed, core.connections, gate, users, *socketio, *ingest,
                                  market, commands, post, info},
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
    market.advance(now);
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
