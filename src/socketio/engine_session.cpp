#include "socketio/engine_session.hpp"

#include <utility>

#include "base/assert.hpp"
#include "base/json_writer.hpp"

namespace tickstock {
namespace {

/// For the client to fetch what the application said before it closed.
constexpr Nanos last_words_wait = std::chrono::seconds(5);

EngineFrame frame_of(std::string text) {
    return {std::make_shared<const std::string>(std::move(text)), 0, {}};
}

}  // namespace

std::string_view to_string(EngineClose reason) {
    switch (reason) {
        case EngineClose::None: return "open";
        case EngineClose::ByClient: return "transport close";
        case EngineClose::ConnectionLost: return "transport error";
        case EngineClose::PingTimeout: return "ping timeout";
        case EngineClose::BadPacket: return "parse error";
        case EngineClose::TooLarge: return "payload too large";
        case EngineClose::Overlap: return "overlapping requests";
        case EngineClose::Refused: return "forced close";
        case EngineClose::ServerStops: return "server shutting down";
    }
    TS_ASSERT(false);
}

EngineSession::EngineSession(std::string sid, EngineTransport transport,
                             const EngineIoSettings& settings, EngineApplication& application,
                             Nanos now)
    : sid_(std::move(sid)),
      settings_(settings),
      application_(application),
      transport_(transport),
      open_due_(transport == EngineTransport::WebSocket),
      noop_at_(now),
      deadline_(now + settings.ping_interval) {}

std::string EngineSession::open_packet() const {
    const auto milliseconds = [](Nanos value) {
        return std::int64_t{std::chrono::duration_cast<std::chrono::milliseconds>(value).count()};
    };
    std::string text = "0";
    JsonWriter json(text);
    json.begin_object().key("sid").string(sid_);
    json.key("upgrades").begin_array();
    if (transport_ == EngineTransport::Polling) {
        json.string("websocket");
    }
    json.end_array();
    json.key("pingInterval").number(milliseconds(settings_.ping_interval));
    json.key("pingTimeout").number(milliseconds(settings_.ping_timeout));
    json.key("maxPayload").number(std::uint64_t{settings_.inbound.bytes}).end_object();
    return text;
}

void EngineSession::close(EngineClose reason) {
    if (state_ == State::Closed) {
        return;
    }
    state_ = State::Closed;
    reason_ = reason_ == EngineClose::None ? reason : reason_;
}

EngineSession::Socket EngineSession::fail(EngineClose reason) {
    close(reason);
    return Socket::Close;
}

void EngineSession::take_verdict(EngineApplication::Verdict verdict, Nanos now) {
    if (verdict == EngineApplication::Verdict::Close && state_ == State::Open) {
        state_ = State::Closing;
        reason_ = EngineClose::Refused;
        last_words_by_ = now + last_words_wait;
    }
}

/// A packet on the transport that carries the session. False: the session is closed for it.
bool EngineSession::on_packet(const EnginePacket& packet, Nanos now) {
    switch (packet.type) {
        case EnginePacketType::Message:
            take_verdict(application_.on_message(packet.data, now), now);
            return true;
        case EnginePacketType::Pong:
            if (awaits_pong_) {
                awaits_pong_ = false;
                ping_due_ = false;
                deadline_ = now + settings_.ping_interval;
            }
            return true;
        case EnginePacketType::Close: close(EngineClose::ByClient); return true;
        case EnginePacketType::Noop: return true;
        case EnginePacketType::Open:
        case EnginePacketType::Ping:  // in revision 4 the server pings
        case EnginePacketType::Upgrade: break;
    }
    close(EngineClose::BadPacket);
    return false;
}

// ---- WebSocket

bool EngineSession::on_websocket_open(Nanos now) {
    if (state_ != State::Open || transport_ == EngineTransport::WebSocket ||
        upgrade_ != Upgrade::None) {
        return false;
    }
    upgrade_ = Upgrade::Opened;
    upgrade_by_ = now + settings_.upgrade_timeout;
    return true;
}

EngineSession::Socket EngineSession::on_probe(std::string_view text, Nanos now) {
    EnginePacket packet;
    if (state_ == State::Open && upgrade_ != Upgrade::None && !decode_engine_packet(text, packet)) {
        if (packet == EnginePacket{EnginePacketType::Ping, "probe"}) {
            upgrade_ = Upgrade::Probing;
            probe_answer_due_ = true;
            noop_at_ = now;  // ends the GET, so that the client may stop polling
            return Socket::GoOn;
        }
        if (packet.type == EnginePacketType::Upgrade && upgrade_ == Upgrade::Probing) {
            upgrade_ = Upgrade::None;
            transport_ = EngineTransport::WebSocket;
            return Socket::GoOn;
        }
    }
    upgrade_ = Upgrade::None;
    probe_answer_due_ = false;
    return Socket::Close;
}

EngineSession::Socket EngineSession::on_websocket_text(std::string_view text, Nanos now) {
    if (transport_ == EngineTransport::Polling) {
        return on_probe(text, now);
    }
    if (state_ == State::Open) {
        EnginePacket packet;
        if (decode_engine_packet(text, packet)) {
            return fail(EngineClose::BadPacket);
        }
        on_packet(packet, now);
    }
    return state_ == State::Closed ? Socket::Close : Socket::GoOn;
}

EngineSession::Socket EngineSession::on_websocket_binary() {
    if (transport_ == EngineTransport::WebSocket) {
        return fail(EngineClose::BadPacket);
    }
    upgrade_ = Upgrade::None;
    probe_answer_due_ = false;
    return Socket::Close;
}

std::optional<EngineFrame> EngineSession::next_for_websocket(Nanos now) {
    if (std::exchange(probe_answer_due_, false)) {
        return frame_of("3probe");
    }
    if (transport_ == EngineTransport::Polling || state_ == State::Closed) {
        return std::nullopt;
    }
    if (std::exchange(open_due_, false)) {
        return frame_of(open_packet());
    }
    ping_if_due(now);
    if (std::exchange(ping_due_, false)) {
        return frame_of("2");
    }
    auto frame = application_.next(now);
    if (!frame && state_ == State::Closing) {
        close(EngineClose::Refused);
    }
    return frame;
}

void EngineSession::on_websocket_closed(bool clean) {
    if (transport_ == EngineTransport::WebSocket) {
        close(clean ? EngineClose::ByClient : EngineClose::ConnectionLost);
    }
    upgrade_ = Upgrade::None;
    probe_answer_due_ = false;
}

// ---- both

void EngineSession::ping_if_due(Nanos now) {
    if (state_ == State::Open && !awaits_pong_ && now >= deadline_) {
        ping_due_ = true;
        awaits_pong_ = true;
        deadline_ = now + settings_.ping_timeout;
    }
}

EngineSession::Socket EngineSession::tick(Nanos now) {
    if (state_ == State::Closed) {
        return Socket::GoOn;
    }
    take_verdict(application_.on_tick(now), now);
    if (awaits_pong_ && now >= deadline_) {
        close(EngineClose::PingTimeout);
    }
    ping_if_due(now);
    if (state_ == State::Closing && now >= last_words_by_) {
        close(EngineClose::Refused);
    }
    if (upgrade_ != Upgrade::None && now >= upgrade_by_) {
        upgrade_ = Upgrade::None;
        probe_answer_due_ = false;
        return Socket::Close;
    }
    return Socket::GoOn;
}

}  // namespace tickstock
