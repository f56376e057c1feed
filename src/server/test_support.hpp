#pragma once

// For the tests of this folder: events to publish, a running server, and a client that speaks HTTP
// and WebSocket by hand over a blocking socket, sharing no code with the server.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "engine/commands.hpp"
#include "engine/status.hpp"
#include "model/event.hpp"
#include "publishing/event_stream.hpp"
#include "server/server.hpp"

namespace tickstock::testing {

/// A high (or `type`) of `symbol` at `cents`, with a volume of 100 shares and the score 0.5.
Event make_event(SymbolTable& symbols, std::string_view symbol, EventType type = EventType::High,
                 std::int64_t cents = 10'000);

/// A stream with its symbols, filled by hand.
struct TestStream {
    explicit TestStream(std::size_t memory_limit = std::size_t{32} << 20,
                        std::string epoch = "epoch-1")
        : stream(std::move(epoch), {memory_limit}) {}

    /// Publishes `count` highs of `symbol`, one block each.
    void publish(std::string_view symbol, int count = 1, EventType type = EventType::High);
    /// Publishes one block of these symbols' highs.
    void publish_block(const std::vector<std::string>& of_symbols);

    SymbolTable symbols;
    EventStream stream;
    std::int64_t published = 0;
};

/// A server on a free port over a TestStream.
class TestServer {
public:
    explicit TestServer(std::function<void(ServerSettings&)> change = {},
                        std::size_t stream_memory = std::size_t{32} << 20,
                        std::string web_root = "", std::function<void(ServerInfo&)> fill = {});

    std::uint16_t port = 0;
    TestStream events;
    std::shared_ptr<EngineStatus> status = std::make_shared<EngineStatus>();
    SystemClock clock;
    CommandQueue commands;  ///< the test is the engine: take() and reply
    std::unique_ptr<Server> server;
};

/// The next command that a client has sent; waits for it.
CommandQueue::Command next_command(CommandQueue& commands);

/// Fills every field of `status` that the pages about the engine show, with made-up values.
void fill_control(EngineStatus& status);

struct HttpReply {
    int status = 0;                              ///< 0 = the connection ended without an answer
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
};

struct WsFrame {
    bool fin = true;
    int opcode = 0;  ///< −1 = the connection ended
    std::string payload;
    /// Of a close frame; 0 when there is none.
    int close_code() const;
};

/// Every wait ends after ten seconds with a test failure.
class RawClient {
public:
    explicit RawClient(std::uint16_t port, int receive_buffer = 0);
    ~RawClient();
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    void send(std::string_view bytes);
    /// Reads until `bytes` are there or the connection ends; false then.
    bool receive(std::size_t bytes);
    /// True when the peer has closed (reads and forgets what comes before).
    bool ended();
    /// Reads until `text` has arrived; what came up to its end.
    std::string read_through(std::string_view text);

    /// Sends the request as it stands and reads one reply (with a Content-Length).
    HttpReply request(std::string_view text, bool is_head = false);
    HttpReply get(std::string_view target, std::string_view more_headers = "");
    /// A request with a JSON body, without waiting for its reply (request("") reads it).
    void send_json(std::string_view method, std::string_view target, std::string_view body,
                   std::string_view more_headers = "");

    /// The WebSocket handshake on /ws.
    HttpReply open(std::string_view more_headers = "", std::string_view target = "/ws");
    void send_frame(int opcode, std::string_view payload, bool fin = true, bool masked = true);
    void send_text(std::string_view text) { send_frame(1, text); }
    WsFrame read_frame();
    /// The next text frame with this op, passing over others (heartbeats).
    std::string read_op(std::string_view op);
    /// Passes over data frames until the close frame; its code. 0 = ended without one.
    int read_close();

private:
    int fd_ = -1;
    std::string buffer_;
};

}  // namespace tickstock::testing
