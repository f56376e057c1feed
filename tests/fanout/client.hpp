#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "histogram.hpp"
#include "message.hpp"
#include "truth.hpp"
#include "websocket.hpp"
#include "wish.hpp"

namespace tickstock::fanout {

enum class Dialect : std::uint8_t {
    Native,    ///< the protocol of docs/reference/protocol.md
    SocketIo,  ///< the same messages as the argument of a Socket.IO event, websocket only
};

/// How closely received events are looked at.
enum class Check : std::uint8_t {
    Light,  ///< `first`, `last` and the first ts_pub of a message; no filter may be asked for
    Items,  ///< offset and ts_pub of each event
    Truth,  ///< its body too, and the received set at the end
};

/// Counted per group of clients since the last mark.
struct Tally {
    std::uint64_t events = 0;
    std::uint64_t messages = 0;  ///< with events
    std::uint64_t bytes = 0;     ///< from sockets
    Histogram latency;  ///< ns from ts_pub to here, of events published after the subscription
};

/// What must stay 0 (faults), and what happened, of one client over all its connections.
struct ClientRecord {
    std::uint64_t events = 0;
    std::uint64_t connects = 0;
    std::uint64_t holes = 0;         ///< `first` was not the position plus 1
    std::uint64_t disorder = 0;      ///< an event out of order, outside its frame, or told twice
    std::uint64_t wrong_bodies = 0;  ///< not what the offline run says
    std::uint64_t broken = 0;        ///< frames that no rule explains
    std::uint64_t errors = 0;        ///< `error` messages
    std::uint64_t gaps = 0;
    std::uint64_t unrecovered = 0;
    std::uint64_t missing = 0;  ///< found by compare()
    std::uint64_t surplus = 0;
    std::string first_fault;

    void fault(std::uint64_t& counter, std::string_view what) {
        ++counter;
        if (first_fault.empty()) {
            first_fault = what.substr(0, 200);
        }
    }
};

/// What all clients of a process share.
struct Rules {
    Dialect dialect = Dialect::Native;
    Check check = Check::Items;
    const Truth* truth = nullptr;
    std::string epoch;  ///< start at offset 0 of it; empty: start with what comes
};

/// One client's view of the stream, over all its connections: takes the bytes of its socket, says
/// what to send, keeps its position and checks the protocol's promises. Knows no socket.
class Client {
public:
    Client(const Wish& wish, const Rules& rules, Tally& tally, std::uint32_t seed);

    /// A new connection: what to send first.
    std::string begin(std::string_view host);

    /// Bytes that came, at wall time `now` (ns). Answers are appended to `out`. False when the
    /// connection is to be closed.
    bool take(std::string_view bytes, std::int64_t now, std::string& out);

    /// The beginning of a message is kept until its end came; so many more bytes are needed at
    /// least (a hint).
    std::size_t buffered() const { return in_.size(); }

    bool is_open() const { return state_ == State::Open; }  ///< the handshake is done
    bool is_subscribed() const { return is_open() && subscribed_; }
    std::uint64_t position() const { return position_; }
    std::uint16_t close_code() const { return close_code_; }  ///< of this connection, 0 = none yet
    const std::string& refusal() const { return refusal_; }   ///< why the handshake failed
    const Wish& wish() const { return wish_; }
    ClientRecord& record() { return record_; }

    /// Compares what was received with what the filter accepts of the truth, up to the position.
    void compare();

private:
    enum class State : std::uint8_t { Handshake, Open };

    bool parse(std::string_view& bytes, std::int64_t now, std::string& out);
    bool handshake(std::string_view& bytes, std::string& out);
    bool on_frame(const FrameHead& head, std::string_view payload, std::int64_t now,
                  std::string& out);
    bool on_socketio(std::string_view packet, std::int64_t now, std::string& out);
    void on_message(std::string_view message, std::int64_t now);
    void on_events(std::string_view message, std::int64_t now);
    void on_item(const Item& item, std::uint64_t first, std::uint64_t last, std::int64_t now);
    void on_subscribed(std::string_view message, std::int64_t now);
    void on_gap(std::string_view message);
    void note_latency(std::int64_t ts_pub, std::int64_t now, std::uint64_t events);
    void send(std::string& out, Opcode opcode, std::string_view payload);
    void subscribe(std::string& out);

    const Wish& wish_;
    const Rules& rules_;
    Tally& tally_;
    std::uint32_t mask_;
    ClientRecord record_;

    // Of this connection.
    State state_ = State::Handshake;
    bool subscribed_ = false;
    std::uint16_t close_code_ = 0;
    std::string refusal_;
    std::string in_;          // a frame's beginning
    std::uint64_t skip_ = 0;  // Light: bytes of a frame whose head was read
    std::uint64_t light_events_ = 0;
    std::int64_t light_ts_pub_ = 0;
    std::int64_t subscribed_at_ = 0;

    // Over all of them.
    std::string epoch_;
    bool has_position_ = false;
    std::uint64_t start_ = 0;
    std::uint64_t position_ = 0;
    std::uint64_t newest_ = 0;             // offset of the last event
    std::vector<std::uint64_t> received_;  // a bit an offset; with a truth only
};

}  // namespace tickstock::fanout
