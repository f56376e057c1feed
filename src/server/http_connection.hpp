#pragma once

#include <array>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/asio.hpp"
#include "server/head_scan.hpp"
#include "server/limits.hpp"

namespace tickstock {

/// A socket that asks for pages and sends commands, one after the other. I/O thread only.
class HttpConnection final : public Connection {
public:
    HttpConnection(Transport transport, std::unique_ptr<ConnectionSet::Ticket> ticket,
                   ServerCore& core)
        : core_(core),
          ticket_(std::move(ticket)),
          transport_(std::move(transport)),
          buffer_(core.settings.max_header_bytes + read_ahead) {
        ++core_.counts.http_open;
    }
    ~HttpConnection() override { --core_.counts.http_open; }

    /// TLS first, where it is spoken; then requests.
    void start();
    void refuse(ErrorCode why) { respond(error_response(why, "try again later"), false); }

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
        transport_.close();
        core_.connections.remove(*this);
    }

private:
    using Parser = boost::beast::http::request_parser<boost::beast::http::empty_body>;
    using BodyParser = boost::beast::http::request_parser<boost::beast::http::string_body>;

    /// What the connection waits for.
    enum class Phase : std::uint8_t { Handshake, Header, Body, Task, Write };
    static constexpr std::size_t read_ahead = 8 * 1024;

    void read();
    void parse_head(std::size_t seen);
    void on_header(const boost::system::error_code& error);
    void answer();
    void start_task(StartTask task);
    void read_body();
    void on_body(const boost::system::error_code& error);
    void run_task(std::string_view body);
    void on_answer(HttpResponse response);
    void expire();
    HttpResponse body_too_large(std::size_t limit) const;
    void start_stream(StartSse answer);
    void start_stream(StartWebSocket answer, const UpgradeRequest& request);
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
    Transport transport_;
    boost::beast::flat_buffer buffer_;
    HeadScan scan_;
    std::optional<Parser> parser_;
    std::optional<BodyParser> body_parser_;
    StartTask task_;
    std::uint64_t task_number_ = 0;  // an answer to an earlier one comes too late
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
