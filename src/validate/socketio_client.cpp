#include "validate/socketio_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "validate/http_client.hpp"
#include "validate/raw_json.hpp"

namespace tickstock::validate {
namespace {

using namespace std::chrono_literals;

constexpr char record_separator = '\x1e';

std::vector<std::string> split_payload(std::string_view payload) {
    std::vector<std::string> packets;
    while (!payload.empty()) {
        const std::size_t end = payload.find(record_separator);
        packets.emplace_back(payload.substr(0, end));
        payload.remove_prefix(end == std::string_view::npos ? payload.size() : end + 1);
    }
    return packets;
}

}  // namespace

std::optional<SocketIoEvent> event_of_packet(std::string_view packet) {
    if (!packet.starts_with("42[")) {
        return std::nullopt;
    }
    const std::vector<std::string_view> parts = raw_elements(packet.substr(2));
    if (parts.empty()) {
        return std::nullopt;
    }
    return SocketIoEvent{std::string(raw_text(parts[0])),
                         parts.size() > 1 ? std::string(parts[1]) : ""};
}

std::string SocketIoClient::target() const {
    return session_.empty() ? "/socket.io/?EIO=4&transport=polling"
                            : "/socket.io/?EIO=4&transport=polling&sid=" + session_;
}

Result<SocketIoClient> SocketIoClient::open(std::uint16_t port) {
    SocketIoClient client(port);
    const auto opened = client.poll(TcpSocket::default_patience);
    if (!opened) {
        return Error{"handshake by polling: " + opened.error().message};
    }
    if (opened->empty() || !opened->front().starts_with("0{")) {
        return Error{"handshake by polling: no open packet"};
    }
    const std::string_view open = std::string_view(opened->front()).substr(1);
    client.session_ = raw_text(raw_value(open, "sid"));
    client.offers_websocket_ = raw_value(open, "upgrades") == "[\"websocket\"]";
    if (client.session_.empty() || !raw_number(raw_value(open, "pingInterval")) ||
        !raw_number(raw_value(open, "pingTimeout"))) {
        return Error{"handshake by polling: no sid, pingInterval or pingTimeout: " +
                     opened->front()};
    }
    if (auto failed = client.post("40")) {
        return Error{"CONNECT: " + failed->message};
    }
    const SystemClock clock;
    for (const Nanos end = clock.monotonic() + 10s; clock.monotonic() < end;) {
        const auto packets = client.packets(10s);
        if (!packets) {
            return Error{"CONNECT: " + packets.error().message};
        }
        bool connected = false;
        for (const std::string& packet : *packets) {
            connected = connected || packet.starts_with("40{");
            if (auto event = event_of_packet(packet)) {
                client.early_.push_back(std::move(*event));
            }
        }
        if (connected) {
            return client;
        }
    }
    return Error{"CONNECT was not answered"};
}

std::optional<Error> SocketIoClient::upgrade() {
    auto socket =
        WebSocketClient::open(port_, "/socket.io/?EIO=4&transport=websocket&sid=" + session_);
    if (!socket) {
        return socket.error();
    }
    if (auto failed = socket->send("2probe")) {
        return failed;
    }
    const auto answer = socket->receive(10s);
    if (!answer) {
        return answer.error();
    }
    if (!*answer || **answer != "3probe") {
        return Error{"the probe was not answered with 3probe"};
    }
    // What still waits for a poll is fetched before the WebSocket takes over.
    const auto rest = poll(10s);
    if (!rest) {
        return Error{"the last poll: " + rest.error().message};
    }
    for (const std::string& packet : *rest) {
        if (auto event = event_of_packet(packet)) {
            early_.push_back(std::move(*event));
        }
    }
    if (auto failed = socket->send("5")) {
        return failed;
    }
    websocket_.emplace(std::move(*socket));
    return std::nullopt;
}

Result<std::vector<SocketIoEvent>> SocketIoClient::collect(const std::vector<std::string>& names,
                                                           Nanos patience) {
    std::vector<SocketIoEvent> events = std::move(early_);
    early_.clear();
    const auto complete = [&] {
        return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
            return std::any_of(events.begin(), events.end(),
                               [&](const SocketIoEvent& event) { return event.name == name; });
        });
    };
    const SystemClock clock;
    for (const Nanos end = clock.monotonic() + patience; !complete() && clock.monotonic() < end;) {
        const auto more = packets(end - clock.monotonic());
        if (!more) {
            return more.error();
        }
        for (const std::string& packet : *more) {
            if (auto event = event_of_packet(packet)) {
                events.push_back(std::move(*event));
            }
        }
    }
    return events;
}

std::optional<Error> SocketIoClient::emit(std::string_view name, std::string_view argument) {
    return send(fmt::format("42[\"{}\",{}]", name, argument));
}

std::optional<Error> SocketIoClient::send(std::string_view packet) {
    return websocket_ ? websocket_->send(packet) : post(packet);
}

std::optional<Error> SocketIoClient::post(std::string_view packet) {
    const auto answer =
        http_request(port_, "POST", target(), packet, "Content-Type: text/plain;charset=UTF-8\r\n");
    if (!answer) {
        return answer.error();
    }
    return answer->status == 200 && answer->body == "ok"
               ? std::nullopt
               : std::optional(Error{
                     fmt::format("a POST was answered with {} {}", answer->status, answer->body)});
}

Result<std::vector<std::string>> SocketIoClient::poll(Nanos patience) {
    const auto answer = http_request(port_, "GET", target(), {}, {}, patience);
    if (!answer) {
        return answer.error();
    }
    if (answer->status != 200) {
        return Error{fmt::format("a poll was answered with {} {}", answer->status, answer->body)};
    }
    return split_payload(answer->body);
}

Result<std::vector<std::string>> SocketIoClient::packets(Nanos patience) {
    std::vector<std::string> packets;
    if (websocket_) {
        auto message = websocket_->receive(patience);
        if (!message) {
            return message.error();
        }
        if (*message) {
            packets.push_back(std::move(**message));
        }
    } else {
        auto polled = poll(std::max<Nanos>(patience, 30s));
        if (!polled) {
            return polled.error();
        }
        packets = std::move(*polled);
    }
    for (const std::string& packet : packets) {
        if (packet == "2") {
            if (auto failed = send("3")) {
                return *failed;
            }
        }
    }
    return packets;
}

}  // namespace tickstock::validate
