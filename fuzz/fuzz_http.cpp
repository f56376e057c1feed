// Any bytes as what a client sends to the server's port: the real path of requests, bodies, pages,
// commands, Server-Sent Events, Socket.IO's polling and every upgrade, over a socket pair. The
// first byte says how the rest is cut and how time passes between the pieces.

#include <array>
#include <boost/asio/post.hpp>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

#include "server/socketio_hub.hpp"
#include "server_world.hpp"
#include "wire_checks.hpp"
#include "wire_client.hpp"

namespace {

using namespace tickstock;
using namespace tickstock::fuzzing;

constexpr std::array<std::size_t, 8> pieces{1'000'000, 1, 2, 3, 7, 64, 1000, 4096};
constexpr std::array<Nanos, 4> pauses{Nanos{0}, std::chrono::milliseconds(60),
                                      std::chrono::seconds(1), std::chrono::seconds(9)};

/// The world with its pages; no engine takes commands.
struct SiteWorld : ServerWorld {
    SiteWorld() {
        core.site.emplace(Site::Parts{settings, stream, no_status, clock, core.fanout, core.counts,
                                      core.closed, core.connections, gate, users, hub, nullptr,
                                      post, ServerInfo{"1.2.3", "", nullptr}},
                          std::move(StaticFiles::load("")).value());
    }

    static std::shared_ptr<const EngineStatus> no_status() { return nullptr; }

    std::function<void(std::function<void()>)> post = [this](std::function<void()> task) {
        boost::asio::post(io, std::move(task));
    };
    SocketIoHub hub{SocketIoParts{settings, clock, core.fanout, core.counts, core.closed,
                                  core.connections, gate, users},
                    stream, no_status};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static SiteWorld& world = *new SiteWorld();
    if (size == 0) {
        return 0;
    }
    std::span<const std::uint8_t> bytes(data + 1, size - 1);
    const std::size_t piece = pieces[data[0] & 7U];
    const Nanos pause = pauses[(data[0] >> 3) & 3U];

    WireClient client;
    start_http(Transport(client.take_server_end(world.io)),
               world.core.connections.admit("127.0.0.1"), world.core);
    client.settle(world.io);
    while (!bytes.empty() && client.send(bytes.first(std::min(piece, bytes.size())))) {
        bytes = bytes.subspan(std::min(piece, bytes.size()));
        client.settle(world.io);
        world.pass(pause);
        client.settle(world.io);
    }
    check_replies(client.said());
    client.close();
    world.let_all_end();
    assert(world.hub.size() == 0);
    return 0;
}
