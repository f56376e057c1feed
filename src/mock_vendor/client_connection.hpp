#pragma once

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "mock_vendor/client_stream.hpp"
#include "mock_vendor/player.hpp"
#include "mock_vendor/server_core.hpp"
#include "mock_vendor/vendor_session.hpp"
#include "mock_vendor/websocket_frames.hpp"

namespace tickstock {

/// One TCP connection of a client: REST requests one after another, or a WebSocket. Frames are
/// gathered here and wait here for the socket. Lives in core.connections until it ends.
class ClientConnection final : public Receiver,
                               public std::enable_shared_from_this<ClientConnection> {
public:
    ClientConnection(ClientStream::Socket socket, MockServerCore& core);

    void start();
    /// The status max_connections, then close 1008. A dead one's socket is closed only.
    void evict();
    /// Code 1001; what waits is sent before.
    void close_for_shutdown();
    /// At once, with a reset or (graceful = true) without.
    void abort(bool reset);

    bool is_websocket() const { return session_.has_value(); }
    bool is_authenticated() const { return session_ && session_->is_authenticated(); }
    bool is_closing() const { return closing_ || ended_; }

    // Receiver
    const TopicSet& topics() const override { return session_->topics(); }
    const std::string& account() const override { return account_; }
    bool has_room() const override;
    void append(std::string_view message) override;
    void flush() override;
    void repeat_frame() override { repeat_ = true; }
    void split_frame(std::uint64_t seed) override { split_ = seed; }
    void stall(Nanos how_long) override;
    void cut(const Fault& fault) override;
    void kill() override;
    void end_of_tape() override;

private:
    using HttpParser = boost::beast::http::request_parser<boost::beast::http::string_body>;
    /// What happens when all that waits has been written.
    enum class Afterwards : std::uint8_t {
        Nothing,
        AwaitClose,  ///< our close frame is out: the client's comes, or time runs out
        Goodbye,     ///< the connection ends in good order
        Fin,         ///< it ends without a word
        Reset,       ///< the same, by a reset
        Silence,     ///< half-open
    };

    void read();
    void on_bytes(std::string_view bytes);
    void on_http(std::string_view bytes);
    void on_request();
    void on_upgrade();
    void answer_rest();
    void respond(unsigned status, std::string_view type, std::string_view body, bool keep_alive);
    void on_websocket();
    void on_message(const WsDecoder::Message& message);
    void take_reply(const VendorSession::Reply& reply);
    VendorSession::Verdict judge(std::string_view key);
    void close_with(std::uint16_t code);

    void send_text(std::string_view text);
    void send_in_pieces(const std::string& frame, std::uint64_t seed);
    void queue(std::string bytes, bool is_data = false);
    void write();
    void on_written();
    void begin_stall();
    void end_stall();
    void forget_stalls();
    void end_with(Afterwards how);
    void finish(Afterwards how);
    void abort_in(Nanos how_long);
    void wait_for_acknowledgement(unsigned tries);
    void leave();

    MockServerCore& core_;
    ClientStream stream_;
    std::array<char, 16384> read_buffer_;
    std::optional<HttpParser> parser_;
    std::string http_bytes_;
    std::optional<VendorSession> session_;
    WsDecoder decoder_;
    std::string market_;   ///< of the path: "stocks"
    std::string account_;  ///< key and market
    boost::asio::steady_timer auth_timer_;
    boost::asio::steady_timer timer_;  ///< of a stall, a delay, a wait at the end

    std::string frame_;  ///< of records, being gathered: "[{…},{…}"
    unsigned frame_records_ = 0;
    bool repeat_ = false;
    std::optional<std::uint64_t> split_;

    std::deque<std::string> control_;  ///< pongs; they pass a stalled stream of data
    std::deque<std::string> waiting_;  ///< an empty one: a stall begins there
    std::deque<Nanos> stalls_;         ///< of those places, and the one under way
    std::string writing_;
    std::size_t waiting_bytes_ = 0;
    bool is_writing_ = false;
    bool stalled_ = false;
    bool dead_ = false;       ///< half-open
    bool doomed_ = false;     ///< cut as half-open or slow: what comes is not answered
    bool closing_ = false;    ///< our close frame was queued
    bool answering_ = false;  ///< a REST answer is being delayed
    bool ended_ = false;
    Afterwards afterwards_ = Afterwards::Nothing;
};

}  // namespace tickstock
