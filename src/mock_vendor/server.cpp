#include "mock_vendor/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <utility>

#include "mock_vendor/client_connection.hpp"
#include "mock_vendor/report.hpp"
#include "mock_vendor/server_core.hpp"

namespace tickstock {
namespace {

namespace net = boost::asio;
namespace ssl = boost::asio::ssl;
using ErrorCode = boost::system::error_code;
using Tcp = net::ip::tcp;

Result<std::shared_ptr<ssl::context>> make_tls(const MockServerOptions& options) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    ErrorCode error;
    context->use_certificate_chain(net::buffer(options.certificate), error);
    if (error) {
        return Error{"--certificate: it holds no certificate in PEM (" + error.message() + ")"};
    }
    context->use_private_key(net::buffer(options.key), ssl::context::pem, error);
    if (error || SSL_CTX_check_private_key(context->native_handle()) != 1) {
        return Error{
            "--key-file: it is not the certificate's private key in PEM without a passphrase"};
    }
    return context;
}

}  // namespace

MockServerCore::MockServerCore(const MockServerOptions& with, const Tape& of, Player& by,
                               const Clock& told_by)
    : options(with), tape(of), player(by), clock(told_by), rest(of, with.api_key) {}

void MockServerCore::wake_player() {
    if (step_posted || stopping) {
        return;
    }
    step_posted = true;
    net::post(io, [this] {
        step_posted = false;
        step_player();
    });
}

void MockServerCore::step_player() {
    if (stopping) {
        return;
    }
    player_timer.cancel();
    const Player::Step step = player.step(clock.monotonic());
    switch (step.then) {
        case Player::Step::Then::Again: wake_player(); break;
        case Player::Step::Then::WaitTill: {
            // The timer's clock and ours have the same zero and pace.
            const Nanos wait = std::max(Nanos{0}, step.at - clock.monotonic());
            player_timer.expires_after(std::min(wait, Nanos(std::chrono::seconds(60))));
            player_timer.async_wait([this](const ErrorCode& error) {
                if (!error) {
                    step_player();
                }
            });
            break;
        }
        case Player::Step::Then::Wait: break;
        case Player::Step::Then::Ended: check_end(); break;
    }
}

void MockServerCore::check_end() {
    if (!options.exit_at_end || !player.has_ended() || !connections.empty() || stopping) {
        return;
    }
    if (!player.awaits_return()) {
        stop();
        return;
    }
    // One who was cut may come back for the end, and for REST.
    player_timer.expires_after(options.patience);
    player_timer.async_wait([this](const ErrorCode& error) {
        if (!error && connections.empty()) {
            stop();
        }
    });
}

void MockServerCore::remove(ClientConnection& connection) {
    std::erase_if(connections, [&](const auto& one) { return one.get() == &connection; });
}

void MockServerCore::evict_others(ClientConnection& newest) {
    std::vector<std::shared_ptr<ClientConnection>> same;
    for (const auto& one : connections) {
        if (one.get() != &newest && one->is_authenticated() && !one->is_closing() &&
            one->account() == newest.account()) {
            same.push_back(one);
        }
    }
    for (std::size_t i = 0; i + options.max_connections <= same.size(); ++i) {
        same[i]->evict();
    }
}

void MockServerCore::stop() {
    if (std::exchange(stopping, true)) {
        return;
    }
    player_timer.cancel();
    on_stop();
    const auto all = connections;
    for (const auto& one : all) {
        one->close_for_shutdown();
    }
}

struct MockServer::Impl {
    Impl(const MockServerOptions& with, const Tape& tape, const PlayerOptions& play,
         std::vector<Fault> faults, const Clock& clock)
        : options(with),
          player(tape, play, std::move(faults)),
          core(options, tape, player, clock),
          acceptor(core.io),
          signals(core.io, SIGINT, SIGTERM) {}

    void accept() {
        acceptor.async_accept([this](const ErrorCode& error, Tcp::socket socket) {
            if (core.stopping || error == net::error::operation_aborted) {
                return;
            }
            if (!error) {
                auto connection = std::make_shared<ClientConnection>(std::move(socket), core);
                core.connections.push_back(connection);
                connection->start();
            }
            accept();
        });
    }

    const MockServerOptions options;
    Player player;
    MockServerCore core;
    Tcp::acceptor acceptor;
    net::signal_set signals;
};

MockServer::MockServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

MockServer::~MockServer() = default;

Result<std::unique_ptr<MockServer>> MockServer::open(const MockServerOptions& options,
                                                     const Tape& tape, PlayerOptions player,
                                                     std::vector<Fault> faults,
                                                     const Clock& clock) {
    auto impl = std::make_unique<Impl>(options, tape, player, std::move(faults), clock);
    if (options.tls) {
        auto tls = make_tls(options);
        if (!tls) {
            return tls.error();
        }
        impl->core.tls = *tls;
    }
    ErrorCode error;
    const auto address = net::ip::make_address(options.address, error);
    if (error) {
        return Error{fmt::format("--address {}: not an IP address", options.address)};
    }
    const Tcp::endpoint endpoint(address, options.port);
    impl->acceptor.open(endpoint.protocol(), error);
    impl->acceptor.set_option(net::socket_base::reuse_address(true), error);
    impl->acceptor.bind(endpoint, error);
    if (!error) {
        impl->acceptor.listen(net::socket_base::max_listen_connections, error);
    }
    if (error) {
        return Error{fmt::format("cannot listen on {} port {}: {}", options.address, options.port,
                                 error.message())};
    }
    Impl* raw = impl.get();
    impl->core.on_stop = [raw] {
        ErrorCode ignored;
        raw->acceptor.close(ignored);
        raw->signals.cancel(ignored);
    };
    return std::unique_ptr<MockServer>(new MockServer(std::move(impl)));
}

std::uint16_t MockServer::port() const {
    return impl_->acceptor.local_endpoint().port();
}

void MockServer::run() {
    impl_->signals.async_wait([this](const ErrorCode& error, int) {
        if (!error) {
            impl_->core.stop();
        }
    });
    impl_->accept();
    impl_->core.io.run();
    // A signal that comes now asks for what is being done; it must not end the report.
    sigset_t obeyed;
    sigemptyset(&obeyed);
    sigaddset(&obeyed, SIGINT);
    sigaddset(&obeyed, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &obeyed, nullptr);
}

std::string MockServer::report() const {
    return mock_vendor_report(impl_->core.tape, impl_->player, impl_->core.counts);
}

}  // namespace tickstock
