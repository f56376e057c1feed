#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "socketio/engine_packet.hpp"
#include "socketio/engine_request.hpp"

namespace tickstock {

struct EngineIoSettings {
    Nanos ping_interval = std::chrono::seconds(25);
    Nanos ping_timeout = std::chrono::seconds(20);
    Nanos upgrade_timeout = std::chrono::seconds(10);  ///< for a WebSocket to take the session over
    EnginePayloadLimits inbound;
    /// Of an answered poll. Debian's python3-engineio reads 16 packets at most.
    std::size_t packets_per_poll = 16;
    std::size_t bytes_per_poll = 256 * 1024;  ///< a body is closed when it passes this
};

/// Why a session ended.
enum class EngineClose : std::uint8_t {
    None,            ///< it did not
    ByClient,        ///< close packet, or its WebSocket was closed
    ConnectionLost,  ///< a request or WebSocket broke off
    PingTimeout,
    BadPacket,
    TooLarge,  ///< polling payload over the limit
    Overlap,   ///< two GETs or two POSTs at the same time
    Refused,   ///< the application said no (invalid Socket.IO packet, no CONNECT in time)
    ServerStops,
};
/// The reference implementation's word where it has one ("ping timeout").
std::string_view to_string(EngineClose reason);

/// What speaks above Engine.IO: takes messages and is asked for messages.
class EngineApplication {
public:
    virtual ~EngineApplication() = default;

    enum class Verdict : std::uint8_t {
        GoOn,
        Close,  ///< after what next() has left to say
    };

    /// A message, without Engine.IO's type digit. `now` is monotonic everywhere.
    virtual Verdict on_message(std::string_view text, Nanos now) = 0;
    /// Deadlines; called by EngineSession::tick().
    virtual Verdict on_tick(Nanos now) = 0;
    /// The next packet, complete with Engine.IO's '4'; nothing when nothing is due. Asked only when
    /// the client can take it. After Close only last words are asked for, then nothing.
    virtual std::optional<EngineFrame> next(Nanos now) = 0;
    /// False while so many answers wait that the client must take some first.
    virtual bool wants_input() const { return true; }
};

/// The server's side of one Engine.IO 4 session over polling, WebSocket, or polling that is
/// upgraded to WebSocket. Bytes and times in, bytes out: it knows no socket and reads no clock. It
/// keeps no queue: messages are taken from the application when the transport can send, so that a
/// switch of transports neither loses nor repeats one. One thread.
///
/// The transport's part: find the session by sid; after every call look at is_closed() (then end
/// what is open for it and forget it); call tick() about ten times a second; when the application
/// may have news, ask next_for_poll() if a GET waits and next_for_websocket() if a socket can
/// write.
class EngineSession {
public:
    /// REQUIRES: application outlives the session. `sid`: 128 random bits, base64url.
    EngineSession(std::string sid, EngineTransport transport, const EngineIoSettings& settings,
                  EngineApplication& application, Nanos now);

    const std::string& sid() const { return sid_; }
    EngineTransport transport() const { return transport_; }
    /// The body of the first GET's answer. A session that begins on WebSocket sends the same as its
    /// first text by itself.
    std::string open_packet() const;

    // ---- polling

    enum class Poll : std::uint8_t {
        Wait,    ///< next_for_poll() will have the body, now or later
        Refuse,  ///< 400 with EngineErrorCode::BadRequest
    };
    /// A GET with this session's sid.
    Poll on_get(Nanos now);
    /// The body for the GET that waits, text/plain; nothing: it waits on. After the body the GET is
    /// answered. REQUIRES nothing: without a waiting GET there is no body.
    std::optional<std::string> next_for_poll(Nanos now);
    bool get_waits() const { return get_waits_; }
    /// The GET's connection broke, also while its answer was being written.
    void on_get_lost();

    /// A POST's head has come. False: refuse with 400 (BadRequest), without reading the body.
    bool on_post_begin();
    /// Its whole body. True: answer 200 "ok". False: 400 (BadRequest).
    bool on_post(std::string_view body, Nanos now);
    /// It broke off, or the transport found the body over EngineIoSettings::inbound.bytes.
    void on_post_lost(bool too_large);

    // ---- WebSocket

    /// A socket with this session's sid has come. False: refuse it; the session goes on.
    /// Not called for the socket of a session that began on WebSocket.
    bool on_websocket_open(Nanos now);
    enum class Socket : std::uint8_t {
        GoOn,
        Close,  ///< close this socket: the session is closed, or goes on over polling
    };
    Socket on_websocket_text(std::string_view text, Nanos now);
    Socket on_websocket_binary();
    /// The next text message; nothing when there is none now.
    std::optional<EngineFrame> next_for_websocket(Nanos now);
    /// The socket is gone. `clean`: by a WebSocket close handshake.
    void on_websocket_closed(bool clean);
    /// False: read no further from the socket until something was written.
    bool wants_input() const { return application_.wants_input(); }

    // ---- both

    /// Deadlines. Socket::Close: the socket that was to take over did not in time; end it.
    Socket tick(Nanos now);
    /// Ends the session from this side; a waiting GET still gets a close packet.
    void close(EngineClose reason);

    /// Nothing more can come. True with a waiting GET until its last body was taken.
    bool is_closed() const { return state_ == State::Closed && !get_waits_; }
    EngineClose close_reason() const { return reason_; }

private:
    enum class State : std::uint8_t {
        Open,
        Closing,  ///< the application has last words
        Closed,
    };
    enum class Upgrade : std::uint8_t {
        None,
        Opened,   ///< a socket is there, its probe is not
        Probing,  ///< probed; the answer is under way or sent
    };

    bool on_packet(const EnginePacket& packet, Nanos now);
    Socket on_probe(std::string_view text, Nanos now);
    Socket fail(EngineClose reason);
    void take_verdict(EngineApplication::Verdict verdict, Nanos now);
    void ping_if_due(Nanos now);
    bool append(std::string& body, std::string_view packet, std::size_t& count) const;

    const std::string sid_;
    const EngineIoSettings settings_;
    EngineApplication& application_;
    EngineTransport transport_;
    State state_ = State::Open;
    EngineClose reason_ = EngineClose::None;

    bool open_due_ = false;  // WebSocket only: the open packet was not sent yet
    bool get_waits_ = false;
    bool post_runs_ = false;
    Nanos noop_at_;  // a GET that waits longer during an upgrade is answered with a noop

    Upgrade upgrade_ = Upgrade::None;
    Nanos upgrade_by_{0};
    bool probe_answer_due_ = false;

    bool ping_due_ = false;  // decided, not taken by a transport yet
    bool awaits_pong_ = false;
    Nanos deadline_;  // of the pong, or of the next ping
    Nanos last_words_by_{0};
};

}  // namespace tickstock
