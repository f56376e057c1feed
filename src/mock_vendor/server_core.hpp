#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "mock_vendor/player.hpp"
#include "mock_vendor/rest_api.hpp"
#include "mock_vendor/server_options.hpp"

namespace tickstock {

class ClientConnection;

struct MockServerCounts {
    std::uint64_t connections = 0;  ///< WebSockets opened
    std::uint64_t authenticated = 0;
    std::uint64_t auth_failed = 0;
    std::uint64_t auth_timeouts = 0;
    std::uint64_t evicted = 0;      ///< by a newer connection of the same key
    std::uint64_t slow_killed = 0;  ///< beyond buffer_bytes
    std::uint64_t frames = 0;       ///< of records
    std::uint64_t bytes = 0;        ///< of records
    std::uint64_t rest_requests = 0;
    std::uint64_t rest_rejected = 0;  ///< by a fault
};

/// What the connections of one double share. One thread: that of the io_context.
struct MockServerCore {
    MockServerCore(const MockServerOptions& options, const Tape& tape, Player& player,
                   const Clock& clock);

    /// The player shall be stepped, now or when what runs is done.
    void wake_player();
    /// Runs the player on, then sets its timer.
    void step_player();
    /// At the end of the tape: is anything left to do?
    void check_end();
    void remove(ClientConnection& connection);
    /// Makes room for a connection that has just authenticated: the oldest of its account goes.
    void evict_others(ClientConnection& newest);
    void stop();

    const MockServerOptions& options;
    const Tape& tape;
    Player& player;
    const Clock& clock;
    RestApi rest;
    MockServerCounts counts;
    boost::asio::io_context io{1};
    std::shared_ptr<boost::asio::ssl::context> tls;  ///< null = plain
    boost::asio::steady_timer player_timer{io};
    std::vector<std::shared_ptr<ClientConnection>> connections;  ///< in the order of their coming
    std::function<void()> on_stop;                               ///< closes what the server holds
    bool step_posted = false;
    bool stopping = false;
};

}  // namespace tickstock
