#include "sources/feed/tls_client.hpp"

#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>

namespace tickstock {

namespace ssl = boost::asio::ssl;

Result<std::shared_ptr<TlsTrust>> load_tls_trust(const std::string& certificate_file,
                                                 std::string_view setting) {
    auto trust = std::make_shared<TlsTrust>();
    ssl::context* const context = &trust->context;
    boost::system::error_code error;
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    if (SSL_CTX_set_cipher_list(context->native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) {
        return Error{"TLS: this OpenSSL has none of the cipher suites that are needed"};
    }
    context->set_options(ssl::context::default_workarounds | ssl::context::no_compression, error);
    context->set_default_verify_paths(error);
    context->set_verify_mode(ssl::verify_peer, error);
    if (error) {
        return Error{"TLS: " + error.message()};
    }
    if (!certificate_file.empty()) {
        context->load_verify_file(certificate_file, error);
        if (error) {
            return Error{std::string(setting) + " = " + certificate_file +
                         ": no certificates in PEM: " + error.message()};
        }
    }
    return trust;
}

bool expect_host(TlsStream& stream, const std::string& host) {
    boost::system::error_code not_address;
    boost::asio::ip::make_address(host, not_address);
    boost::system::error_code error;
    stream.set_verify_callback(ssl::host_name_verification(host), error);
    // SNI holds names only.
    const bool named = not_address.failed()
                           ? SSL_set_tlsext_host_name(stream.native_handle(), host.c_str()) == 1
                           : true;
    return named && !error;
}

void set_live_options(TcpSocket& socket, Nanos patience) {
    boost::system::error_code ignored;
    socket.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    socket.set_option(boost::asio::socket_base::keep_alive(true), ignored);
    const auto set = [&](int option, int value) {
        ::setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof value);
    };
    constexpr int idle_seconds = 10;
    constexpr int probes = 3;
    set(TCP_KEEPIDLE, idle_seconds);
    set(TCP_KEEPINTVL, idle_seconds / 2);
    set(TCP_KEEPCNT, probes);
    set(TCP_USER_TIMEOUT,
        static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(patience).count()));
}

std::string describe(const boost::system::error_code& error, TlsStream* stream) {
    std::string text = error.message();
    if (stream != nullptr) {
        const long verified = SSL_get_verify_result(stream->native_handle());
        if (verified != X509_V_OK) {
            text += ": ";
            text += X509_verify_cert_error_string(verified);
        }
    }
    return text;
}

}  // namespace tickstock
