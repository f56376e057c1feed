// Any bytes as what a client sends after its handshake on /ws: the server's real WebSocket path
// with a NativeSession, over a socket pair. The first byte says how the rest is cut and how time
// passes between the pieces.

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

#include "server/native_session.hpp"
#include "server_world.hpp"
#include "wire_checks.hpp"
#include "wire_client.hpp"

namespace {

using namespace tickstock;
using namespace tickstock::fuzzing;

constexpr std::array<std::size_t, 8> pieces{1'000'000, 1, 2, 3, 7, 64, 1000, 4096};
constexpr std::array<Nanos, 4> pauses{Nanos{0}, std::chrono::milliseconds(60),
                                      std::chrono::seconds(1), std::chrono::seconds(20)};

UpgradeRequest handshake() {
    UpgradeRequest request;
    request.version(11);
    request.method(boost::beast::http::verb::get);
    request.target("/ws");
    request.set("Host", "127.0.0.1");
    request.set("Connection", "Upgrade");
    request.set("Upgrade", "websocket");
    request.set("Sec-WebSocket-Version", "13");
    request.set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static ServerWorld& world = *new ServerWorld();
    if (size == 0) {
        return 0;
    }
    std::span<const std::uint8_t> bytes(data + 1, size - 1);
    const std::size_t piece = pieces[data[0] & 7U];
    const Nanos pause = pauses[(data[0] >> 3) & 3U];

    WireClient client;
    start_websocket(Transport(client.take_server_end(world.io)), handshake(),
                    world.core.connections.admit("127.0.0.1"), world.core,
                    std::make_unique<NativeSession>(
                        NativeSession::Parts{world.core.fanout, world.core.counts, world.settings,
                                             world.gate, world.users, "127.0.0.1"},
                        std::nullopt),
                    WebSocketOptions::of(world.settings));
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
    return 0;
}
