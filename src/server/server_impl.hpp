#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "server/archive_thread.hpp"
#include "server/asio.hpp"
#include "server/ingest_desk.hpp"
#include "server/market_feed.hpp"
#include "server/server.hpp"
#include "server/socketio_hub.hpp"
#include "server/universes.hpp"
#include "server/user_directory.hpp"

namespace tickstock {

/// The I/O context outlives the server as long as the stream's listener may still be called.
struct Waker {
    boost::asio::io_context io{1};
    std::atomic<bool> is_pending{false};
    std::atomic<bool> has_delivered{false};  // the archive; a wake-up for it is on its way
};

/// The server's parts, on the I/O thread once it runs. server.cpp: start, the tours of all
/// connections, end; server_accept.cpp: the address, who comes in.
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
    MarketFeed market;                    // before core: its site shows it
    std::optional<IngestDesk> ingest;     // before core: its sessions stand among them, too
    std::optional<SocketIoHub> socketio;  // before core: its clients stand among the connections
    std::shared_ptr<boost::asio::ssl::context> tls;  // null = none
    Universes universes;
    std::optional<EventArchive> archive;  // of info.stored
    ServerCore core;
    const std::shared_ptr<Waker> waker = std::make_shared<Waker>();
    boost::asio::ip::tcp::acceptor acceptor{waker->io};
    boost::asio::steady_timer timer{waker->io};
    boost::asio::steady_timer tour_timer{waker->io};
    bool tour_waits = false;
    Nanos toured_at{0};
    bool is_accepting = false;
    Nanos drain_began{0};
    bool hurried = false;
    std::optional<WatchedLoop> loop;  // the thread's
    std::optional<ArchiveThread> archive_thread;
    std::thread thread;
};

}  // namespace tickstock
