#include "sources/feed/websocket_client.hpp"

#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>
#include <utility>

#include "base/assert.hpp"
#include "base/named_thread.hpp"
#include "sources/feed/tls_client.hpp"
#include "sources/feed/websocket_connection.hpp"

namespace tickstock {

namespace net = boost::asio;

class WebSocketClient::Impl final {
public:
    Impl(WebSocketClientOptions options, const Clock& clock, Owner& owner)
        : options_(std::move(options)), clock_(clock), owner_(owner) {
        TS_ASSERT(!options_.url.tls || options_.trust != nullptr);
    }

    void start() {
        thread_ = std::thread([this] {
            const NamedThread name(options_.thread_name);
            tick();
            io_.run();
        });
    }

    void stop() {
        if (!thread_.joinable()) {
            return;
        }
        net::post(io_, [this] {
            stopping_ = true;
            timer_.cancel();
            if (connection_ != nullptr) {
                connection_->goodbye();
                connection_.reset();
            }
            io_.stop();
        });
        thread_.join();
    }

    void open() {
        TS_ASSERT(connection_ == nullptr);
        connection_ = std::make_shared<WebSocketConnection>(
            io_, options_.url.tls ? &options_.trust->context : nullptr, options_, clock_, owner_,
            received_);
        connection_->start(
            [this](const WebSocketConnection* ended, const std::string& why, bool policy) {
                if (connection_.get() == ended) {
                    connection_.reset();
                    owner_.on_end(why, policy);
                }
            });
    }

    void send(std::string_view text) {
        if (connection_ != nullptr) {
            connection_->send(WebSocketOpcode::Text, text);
        }
    }

    void close(const std::string& why) {
        if (connection_ != nullptr) {
            connection_->goodbye();
            connection_->end(why);
        }
    }

    std::uint64_t bytes_received() const { return received_.load(std::memory_order_relaxed); }

private:
    void tick() {
        constexpr auto interval = std::chrono::milliseconds(20);
        timer_.expires_after(interval);
        timer_.async_wait([this](const boost::system::error_code& error) {
            if (error || stopping_) {
                return;
            }
            const Nanos now = clock_.monotonic();
            if (const auto connection = connection_) {
                connection->check_deadlines(now);
            }
            owner_.on_tick(now);
            tick();
        });
    }

    WebSocketClientOptions options_;
    const Clock& clock_;
    Owner& owner_;
    std::atomic<std::uint64_t> received_{0};
    net::io_context io_{1};
    net::steady_timer timer_{io_};
    std::shared_ptr<WebSocketConnection> connection_;
    bool stopping_ = false;
    std::thread thread_;
};

WebSocketClient::WebSocketClient(WebSocketClientOptions options, const Clock& clock, Owner& owner)
    : impl_(std::make_unique<Impl>(std::move(options), clock, owner)) {}
WebSocketClient::~WebSocketClient() {
    stop();
}
void WebSocketClient::start() {
    impl_->start();
}
void WebSocketClient::stop() {
    impl_->stop();
}
void WebSocketClient::open() {
    impl_->open();
}
void WebSocketClient::send(std::string_view text) {
    impl_->send(text);
}
void WebSocketClient::close(const std::string& why) {
    impl_->close(why);
}
std::uint64_t WebSocketClient::bytes_received() const {
    return impl_->bytes_received();
}

}  // namespace tickstock
