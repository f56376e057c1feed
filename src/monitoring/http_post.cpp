#include "monitoring/http_post.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <mutex>
#include <optional>

#include "base/assert.hpp"
#include "sources/feed/tls_client.hpp"

namespace tickstock {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
using Code = boost::system::error_code;

/// One request and the head of its answer, on one connection. Everything is done by `io`, which the
/// caller runs; answer() is there when that ends.
class Exchange {
public:
    Exchange(net::io_context& io, const FeedUrl& url, TlsTrust* trust,
             http::request<http::string_body> request)
        : url_(url), resolver_(io), socket_(io), request_(std::move(request)) {
        if (trust != nullptr) {
            tls_.emplace(socket_, trust->context);
        }
        constexpr std::uint32_t head_bytes_max = 16U << 10;
        parser_.header_limit(head_bytes_max);
        resolver_.async_resolve(url.host, url.port, [this](const Code& error, auto found) {
            if (error) {
                return fail("look-up of the host", error);
            }
            net::async_connect(socket_, found, [this](const Code& failed, const auto&) {
                failed ? fail("connecting", failed) : connected();
            });
        });
    }

    const std::optional<PostAnswer>& answer() const { return answer_; }

private:
    void connected() {
        if (!tls_) {
            return exchange(socket_);
        }
        if (!expect_host(*tls_, url_.host)) {
            answer_ = PostAnswer{0, "TLS refuses the host's name"};
            return;
        }
        tls_->async_handshake(net::ssl::stream_base::client, [this](const Code& error) {
            error ? fail("TLS", error) : exchange(*tls_);
        });
    }

    template <class Stream>
    void exchange(Stream& stream) {
        http::async_write(stream, request_, [this, &stream](const Code& error, std::size_t) {
            if (error) {
                return fail("sending", error);
            }
            http::async_read_header(stream, buffer_, parser_, [this](const Code& bad, std::size_t) {
                if (bad) {
                    return fail("reading", bad);
                }
                answer_ = PostAnswer{parser_.get().result_int(), {}};
            });
        });
    }

    void fail(const char* during, const Code& error) {
        answer_ = PostAnswer{
            0, std::string(during) + ": " + describe(error, tls_.has_value() ? &*tls_ : nullptr)};
    }

    const FeedUrl& url_;
    net::ip::tcp::resolver resolver_;
    TcpSocket socket_;
    std::optional<TlsStream> tls_;
    http::request<http::string_body> request_;
    boost::beast::flat_buffer buffer_;
    http::response_parser<http::empty_body> parser_;
    std::optional<PostAnswer> answer_;
};

class SocketPost final : public HttpPost {
public:
    SocketPost(FeedUrl url, std::shared_ptr<TlsTrust> trust)
        : url_(std::move(url)), trust_(std::move(trust)) {
        TS_ASSERT(!url_.tls || trust_ != nullptr);
    }

    PostAnswer post(const std::string& body, const Headers& headers, Nanos timeout) override {
        http::request<http::string_body> request{http::verb::post, url_.target, 11, body};
        request.set(http::field::host, url_.authority());
        request.set(http::field::user_agent, "TickStock");
        request.set(http::field::content_type, "application/json");
        request.set(http::field::connection, "close");
        for (const auto& [name, value] : headers) {
            request.set(name, value);
        }
        request.prepare_payload();
        // Destroyed behind the exchange: what is still under way then is dropped, not called.
        net::io_context io{1};
        Exchange exchange(io, url_, url_.tls ? trust_.get() : nullptr, std::move(request));
        if (!begin(io)) {
            return {0, "the program stops"};
        }
        io.run_for(timeout);
        end();
        return exchange.answer().value_or(PostAnswer{0, "no answer in time"});
    }

    void cancel() override {
        const std::lock_guard lock(mutex_);
        cancelled_ = true;
        if (running_ != nullptr) {
            running_->stop();
        }
    }

private:
    bool begin(net::io_context& io) {
        const std::lock_guard lock(mutex_);
        running_ = cancelled_ ? nullptr : &io;
        return !cancelled_;
    }
    void end() {
        const std::lock_guard lock(mutex_);
        running_ = nullptr;
    }

    const FeedUrl url_;
    const std::shared_ptr<TlsTrust> trust_;
    std::mutex mutex_;  // guards the rest
    bool cancelled_ = false;
    net::io_context* running_ = nullptr;
};

}  // namespace

std::unique_ptr<HttpPost> make_http_post(FeedUrl url, std::shared_ptr<TlsTrust> trust) {
    return std::make_unique<SocketPost>(std::move(url), std::move(trust));
}

}  // namespace tickstock
