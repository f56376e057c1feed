#pragma once

#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/commands.hpp"
#include "server/asio.hpp"
#include "server/limits.hpp"

namespace tickstock {

/// A socket that asks for pages and sends commands, one after the other. I/O thread only.
class HttpConnection final : public Connection {
public:
    HttpConnection(Socket socket, std::unique_ptr<ConnectionSet::Ticket> ticket, ServerCore& core)
        : core_(core), ticket_(std::move(ticket)), socket_(std::move(socket)) {
        ++core_.counts.http_open;
    }
    ~HttpConnection() override { --core_.counts.http_open; }

    void read();
    void refuse() {
        respond(error_response(ErrorCode::TooManyConnections, "try again in 1 to 10 s"), false);
    }

    void tick(Nanos now) override {
        if (now > deadline_) {
            expire();
        }
    }
    void drain() override {
        if (!busy_) {
            abort();
        }
    }
    void abort() override {
        ticket_.reset();
        boost::system::error_code ignored;
        socket_.close(ignored);
        core_.connections.remove(*this);
    }

private:
    using Parser = boost::beast::http::request_parser<boost::beast::http::empty_body>;
    using BodyParser = boost::beast::http::request_parser<boost::beast::http::string_body>;

    /// What the connection waits for.
    enum class Phase : std::uint8_t { Header, Body, Engine, Write };

    void on_header(const boost::system::error_code& error);
    void answer();
    void start_command(ControlRoute route);
    void read_body();
    void on_body(const boost::system::error_code& error);
    void run_command(std::string_view body);
    void on_engine(const CommandAnswer& answer);
    void expire();
    HttpResponse body_too_large() const;
    std::optional<HttpResponse> refusal_of(const UpgradeRequest& request) const;
    HttpRequest request_of(const UpgradeRequest& request) const;
    void respond(HttpResponse response, bool keep_alive);
    void linger();
    void read_and_forget();
    void leave() { core_.connections.remove(*this); }
    std::shared_ptr<HttpConnection> self() {
        return std::static_pointer_cast<HttpConnection>(shared_from_this());
    }

    ServerCore& core_;
    std::unique_ptr<ConnectionSet::Ticket> ticket_;
    Socket socket_;
    boost::beast::flat_buffer buffer_{2 * limits::header_bytes};
    std::optional<Parser> parser_;
    std::optional<BodyParser> body_parser_;  // of a command
    ControlRoute route_;
    std::string method_;
    bool keep_alive_ = false;
    Phase phase_ = Phase::Header;
    HttpResponse response_;
    std::string head_;
    std::array<char, 4096> unread_{};
    bool served_one_ = false;
    bool busy_ = false;
    Nanos deadline_{0};
};

}  // namespace tickstock
