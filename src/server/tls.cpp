#include "server/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "auth/private_file.hpp"
#include "auth/secret.hpp"

namespace tickstock {
namespace {

namespace net = boost::asio;
namespace ssl = boost::asio::ssl;

constexpr std::size_t file_limit = std::size_t{1} << 20;

Error of_setting(std::string_view setting, const std::string& file, const std::string& what) {
    ERR_clear_error();
    return Error{std::string(setting) + " = " + file + ": " + what};
}

}  // namespace

Result<std::shared_ptr<ssl::context>> load_tls(const std::string& certificate_file,
                                               const std::string& key_file) {
    const auto chain = read_file(certificate_file, Privacy::Anyone, file_limit);
    if (!chain.ok()) {
        return Error{"server.tls_certificate_file: " + chain.error().message};
    }
    auto key = read_secret_file(key_file, process_environment());
    if (!key.ok()) {
        return Error{"server.tls_key_file: " + key.error().message};
    }
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    boost::system::error_code error;
    context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                             ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                             ssl::context::no_tlsv1_1 | ssl::context::no_compression,
                         error);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    // Of TLS 1.2 only what has forward secrecy and authenticated encryption; 1.3 has no other.
    if (SSL_CTX_set_cipher_list(context->native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) {
        return Error{"TLS: this OpenSSL has none of the cipher suites that are needed"};
    }
    SSL_CTX_set_options(context->native_handle(),
                        SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
    const std::string& text = chain->text;
    context->use_certificate_chain(net::buffer(text.data(), text.size()), error);
    if (error) {
        return of_setting("server.tls_certificate_file", certificate_file,
                          "no certificate in PEM: " + error.message());
    }
    const std::string_view secret = key->reveal();
    context->use_private_key(net::buffer(secret.data(), secret.size()), ssl::context::pem, error);
    if (error) {
        return of_setting(
            "server.tls_key_file", key_file,
            "not the certificate's private key in PEM without a passphrase: " + error.message());
    }
    if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
        return of_setting("server.tls_key_file", key_file, "not the certificate's private key");
    }
    return context;
}

}  // namespace tickstock
