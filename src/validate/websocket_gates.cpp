// Clients of all three kinds against a server, each written here from the protocol's text.

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "validate/child_server.hpp"
#include "validate/groups.hpp"
#include "validate/http_client.hpp"
#include "validate/live_tape.hpp"
#include "validate/push_client.hpp"
#include "validate/raw_json.hpp"
#include "validate/socketio_client.hpp"
#include "validate/stream_client.hpp"

namespace tickstock::validate {
namespace {

using namespace std::chrono_literals;

/// A server that gets a few hundred events when it is asked to.
class Stage {
public:
    static Result<std::unique_ptr<Stage>> open(Workbench& bench) {
        auto server = ChildServer::start(bench.push_server_arguments(bench.path("clients")),
                                         bench.path("clients.log"));
        if (!server) {
            return server.error();
        }
        if (auto failed = (*server)->wait_until_ready(60s)) {
            return *failed;
        }
        auto push = PushClient::open((*server)->port(), "validate-clients");
        if (!push) {
            return push.error();
        }
        return std::unique_ptr<Stage>(new Stage(std::move(*server), std::move(*push)));
    }

    std::uint16_t port() const { return server_->port(); }
    ChildServer& server() { return *server_; }

    /// Two market seconds of 100 symbols: each makes two or so highs.
    std::optional<Error> play() {
        std::string rows;
        tape_.append_trades(sent_, 2'000, rows);
        push_.enqueue(sent_ + 1, rows);
        sent_ += 2'000;
        return push_.settle(20s);
    }

private:
    Stage(std::unique_ptr<ChildServer> server, PushClient push)
        : server_(std::move(server)), push_(std::move(push)), tape_(100, 1'000, 100) {}

    std::unique_ptr<ChildServer> server_;
    PushClient push_;
    const LiveTape tape_;
    std::uint64_t sent_ = 0;
};

std::optional<Error> check_native(Stage& stage, GateLog& log) {
    const auto begin = stream_end(stage.port());
    if (!begin) {
        return begin.error();
    }
    ToldStream told;
    told.epoch = begin->epoch;
    {
        auto client = StreamClient::open(stage.port(), told);
        if (!client) {
            return client.error();
        }
        if (auto failed = stage.play()) {
            return failed;
        }
        if (auto failed = client->follow_to(50, 20s)) {
            return failed;
        }
    }
    const std::uint64_t before = told.offset;
    if (auto failed = stage.play()) {  // while nobody listens
        return failed;
    }
    auto client = StreamClient::open(stage.port(), told);
    if (!client) {
        return client.error();
    }
    if (auto failed = client->follow_to(before + 50, 20s)) {
        return failed;
    }
    log.check("native", told.broken.empty() && told.gaps == 0 && told.events == told.offset,
              fmt::format("{} events up to offset {}, {} of them after a resume", told.events,
                          told.offset, told.offset - before));
    return std::nullopt;
}

/// Messages of an event stream until `count` of them have come: their data and ids.
struct SseMessages {
    std::vector<std::string> data;
    std::string last_id;
};
Result<SseMessages> read_sse(std::uint16_t port, const std::string& last_id, std::size_t count) {
    auto socket = TcpSocket::connect(port);
    if (!socket) {
        return socket.error();
    }
    if (auto failed = socket->send(
            fmt::format("GET /api/v1/events/stream?{} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n"
                        "Accept: text/event-stream\r\n{}\r\n",
                        last_id.empty() ? "since=snapshot" : "", port,
                        last_id.empty() ? "" : "Last-Event-ID: " + last_id + "\r\n"))) {
        return *failed;
    }
    std::string bytes;
    const auto head = read_http_head(*socket, bytes);
    if (!head) {
        return head.error();
    }
    if (head->status != 200 || !head->headers.at("content-type").starts_with("text/event-stream")) {
        return Error{fmt::format("the event stream answered {}", head->status)};
    }
    const bool chunked = head->headers.contains("transfer-encoding");
    SseMessages messages;
    std::string text;
    const SystemClock clock;
    for (const Nanos end = clock.monotonic() + 20s; messages.data.size() < count;) {
        bool over = false;
        if (chunked) {
            auto more = take_chunks(bytes, over);
            if (!more) {
                return more.error();
            }
            text += *more;
        } else {
            text += std::exchange(bytes, {});
        }
        for (std::size_t at = 0; (at = text.find("\n\n")) != std::string::npos;) {
            std::string_view message = std::string_view(text).substr(0, at);
            std::string data;
            bool named = false;
            while (!message.empty()) {
                const std::string_view line = message.substr(0, message.find('\n'));
                message.remove_prefix(std::min(line.size() + 1, message.size()));
                named = named || line.starts_with("event: ");
                if (line.starts_with("data: ")) {
                    data = line.substr(6);
                } else if (line.starts_with("id: ")) {
                    messages.last_id = line.substr(4);
                }
            }
            if (!named && !data.empty()) {
                messages.data.push_back(std::move(data));
            }
            text.erase(0, at + 2);
        }
        if (messages.data.size() >= count) {
            break;
        }
        if (over || clock.monotonic() > end) {
            return Error{fmt::format("{} of {} events came", messages.data.size(), count)};
        }
        const auto got = socket->receive(bytes, 200ms);
        if (!got) {
            return got.error();
        }
        if (*got == TcpSocket::Got::End) {
            return Error{"the event stream ended"};
        }
    }
    return messages;
}

std::optional<Error> check_sse(Stage& stage, GateLog& log) {
    const auto begin = stream_end(stage.port());
    if (!begin) {
        return begin.error();
    }
    // As a browser that comes back: by the id of the epoch's begin, then by the id it got last.
    const auto first = read_sse(stage.port(), begin->epoch + ":0", 20);
    if (!first) {
        return first.error();
    }
    const auto second = read_sse(stage.port(), first->last_id, 20);
    if (!second) {
        return second.error();
    }
    std::uint64_t before = 0;
    bool good = true;
    for (const auto* messages : {&*first, &*second}) {
        for (const std::string& data : messages->data) {
            // Messages come in one read; those behind the twentieth belong to the first, too.
            const std::uint64_t offset = raw_number(raw_value(data, "offset")).value_or(0);
            good = good && offset == before + 1 && raw_value(data, "event").starts_with('{');
            before = offset;
        }
    }
    log.check("sse", good,
              fmt::format("offsets 1 to {} in two connections, the second by Last-Event-ID {}",
                          before, first->last_id));
    return std::nullopt;
}

/// What is wrong with the second's summary that old pages show; empty when nothing is.
std::string fault_of_stock_data(const std::vector<SocketIoEvent>& events) {
    for (const SocketIoEvent& event : events) {
        if (event.name != "stock_data") {
            continue;
        }
        // One string of JSON: its quotes are escaped.
        const std::string& text = event.argument;
        for (const char* part : {"highs", "lows", "trending", "surging", "activity"}) {
            if (!text.starts_with('"') ||
                text.find(fmt::format("\\\"{}\\\":", part)) == std::string::npos) {
                return fmt::format("stock_data has no {}", part);
            }
        }
        return text.find("\\\"ticker\\\":\\\"V") == std::string::npos ? "stock_data names no symbol"
                                                                      : "";
    }
    return "no stock_data came";
}

std::optional<Error> check_socketio(Stage& stage, GateLog& log) {
    auto client = SocketIoClient::open(stage.port());
    if (!client) {
        log.fail("socketio_polling", client.error().message);
        return client.error();
    }
    if (auto failed = stage.play()) {
        return failed;
    }
    const auto polled = client->collect({"stock_data", "status_update"}, 15s);
    if (!polled) {
        log.fail("socketio_polling", polled.error().message);
        return polled.error();
    }
    std::string fault = fault_of_stock_data(*polled);
    log.check("socketio_polling", fault.empty() && client->offers_websocket(),
              !fault.empty()               ? fault
              : client->offers_websocket() ? fmt::format("{} events by polling", polled->size())
                                           : "the handshake offers no WebSocket");
    if (auto failed = client->upgrade()) {
        return failed;
    }
    if (auto failed = client->emit("subscribe", "{}")) {
        return failed;
    }
    const auto subscribed = client->collect({"subscribed"}, 10s);
    if (!subscribed) {
        return subscribed.error();
    }
    if (auto failed = stage.play()) {
        return failed;
    }
    const auto told = client->collect({"stock_data", "status_update", "market_event"}, 15s);
    if (!told) {
        return told.error();
    }
    fault = fault_of_stock_data(*told);
    std::size_t market_events = 0;
    for (const SocketIoEvent& event : *told) {
        market_events += event.name == "market_event" ? 1U : 0U;
    }
    log.check("socketio_upgrade", fault.empty() && market_events > 0,
              fault.empty() ? fmt::format("{} events over WebSocket, {} of them market_event",
                                          told->size(), market_events)
                            : fault);
    return std::nullopt;
}

}  // namespace

std::optional<Error> run_websocket(Workbench& bench, GateLog& log) {
    auto stage = Stage::open(bench);
    if (!stage) {
        return stage.error();
    }
    if (auto failed = check_native(**stage, log)) {
        log.fail("native", failed->message);
    }
    if (auto failed = check_sse(**stage, log)) {
        log.fail("sse", failed->message);
    }
    if (auto failed = check_socketio(**stage, log)) {
        return failed;
    }
    return (*stage)->server().stop();
}

}  // namespace tickstock::validate
