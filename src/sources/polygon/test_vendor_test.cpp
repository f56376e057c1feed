#include "sources/polygon/test_vendor.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <filesystem>
#include <list>
#include <mutex>
#include <set>
#include <thread>

#include "base/assert.hpp"

namespace tickstock::testing {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using Tcp = net::ip::tcp;

void write_pem(const std::string& file, const std::function<int(std::FILE*)>& write) {
    std::FILE* const out = std::fopen(file.c_str(), "w");
    TS_ASSERT(out != nullptr && write(out) == 1);
    std::fclose(out);
}

/// A key and a certificate of `name` that signs itself.
void make_certificate(const std::string& folder, const std::string& name) {
    EVP_PKEY* const key = EVP_EC_gen("P-256");
    X509* const certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86'400);
    X509_set_pubkey(certificate, key);
    X509_NAME* const subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    const std::string names = "DNS:" + name;
    X509_EXTENSION* const extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    TS_ASSERT(X509_sign(certificate, key, EVP_sha256()) != 0);
    write_pem(folder + "/certificate.pem",
              [&](std::FILE* out) { return PEM_write_X509(out, certificate); });
    write_pem(folder + "/key.pem", [&](std::FILE* out) {
        return PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
    X509_free(certificate);
    EVP_PKEY_free(key);
}

/// Of {"action":…,"params":…}.
std::string params_of(std::string_view message) {
    constexpr std::string_view key = "\"params\":\"";
    const std::size_t at = message.find(key);
    return at == std::string_view::npos
               ? std::string{}
               : std::string(message.substr(at + key.size(), message.size() - at - key.size() - 2));
}

template <class Stream>
class SocketOf final : public VendorSocket {
public:
    explicit SocketOf(Stream& stream) : stream_(stream) {}

    void send(std::string_view text) override {
        stream_.text(true);
        stream_.write(net::buffer(text.data(), text.size()), error_);
    }
    void send_fragments(const std::vector<std::string>& parts) override {
        for (std::size_t i = 0; i < parts.size(); ++i) {
            stream_.write_some(i + 1 == parts.size(), net::buffer(parts[i]), error_);
        }
    }
    void send_empty_fragments(unsigned count) override {
        for (unsigned i = 0; i < count && !error_; ++i) {
            stream_.write_some(false, net::const_buffer{}, error_);
        }
    }
    std::string read() override {
        boost::beast::flat_buffer buffer;
        stream_.read(buffer, error_);
        const auto data = buffer.data();
        return error_ ? std::string{}
                      : std::string(static_cast<const char*>(data.data()), data.size());
    }
    void close(std::uint16_t code, std::string_view why) override {
        stream_.close({static_cast<websocket::close_code>(code),
                       boost::beast::string_view(why.data(), why.size())},
                      error_);
    }

private:
    Stream& stream_;
    boost::system::error_code error_;
};

}  // namespace

void VendorSocket::read_to_end() {
    while (!read().empty()) {
    }
}

void VendorSocket::acknowledge(std::string_view subscribe_message) {
    const bool added = subscribe_message.find("\"subscribe\"") != std::string_view::npos;
    std::string topics = params_of(subscribe_message);
    std::string answer = "[";
    while (!topics.empty()) {
        const std::size_t comma = topics.find(',');
        answer += answer.size() > 1 ? "," : "";
        answer += R"({"ev":"status","status":"success","message":")";
        answer += added ? "subscribed to: " : "unsubscribed to: ";
        answer += topics.substr(0, comma) + "\"}";
        topics = comma == std::string::npos ? "" : topics.substr(comma + 1);
    }
    send(answer + "]");
}

std::vector<std::string> VendorSocket::login(std::size_t topics) {
    std::vector<std::string> said;
    send(R"([{"ev":"status","status":"connected","message":"Connected Successfully"}])");
    said.push_back(read());
    send(R"([{"ev":"status","status":"auth_success","message":"authenticated"}])");
    for (std::size_t done = 0; done < topics;) {
        said.push_back(read());
        if (said.back().empty()) {
            return said;
        }
        acknowledge(said.back());
        const std::string list = params_of(said.back());
        done += 1 + static_cast<std::size_t>(std::count(list.begin(), list.end(), ','));
    }
    return said;
}

struct TestVendor::Impl {
    Impl(Script run, Rest answer, Options how)
        : script(std::move(run)), rest(std::move(answer)), options(std::move(how)) {
        std::string name = (std::filesystem::temp_directory_path() / "vendor-XXXXXX").string();
        TS_ASSERT(::mkdtemp(name.data()) != nullptr);
        folder = name;
        if (options.tls) {
            make_certificate(folder, options.certified_name);
            tls.use_certificate_chain_file(folder + "/certificate.pem");
            tls.use_private_key_file(folder + "/key.pem", net::ssl::context::pem);
        }
        port = acceptor.local_endpoint().port();
        accepting = std::thread([this] { accept(); });
    }

    ~Impl() {
        stopping = true;
        ::shutdown(acceptor.native_handle(), SHUT_RDWR);
        accepting.join();
        {
            const std::lock_guard lock(mutex);
            for (const int socket : sockets) {
                ::shutdown(socket, SHUT_RDWR);
            }
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        std::filesystem::remove_all(folder);
    }

    void accept() {
        while (!stopping) {
            boost::system::error_code error;
            Tcp::socket socket = acceptor.accept(error);
            if (error || stopping) {
                return;
            }
            threads.emplace_back([this, peer = std::move(socket)]() mutable {
                const int handle = peer.native_handle();
                {
                    const std::lock_guard lock(mutex);
                    sockets.insert(handle);
                }
                boost::system::error_code failed;
                if (options.tls) {
                    net::ssl::stream<Tcp::socket&> stream(peer, tls);
                    stream.handshake(net::ssl::stream_base::server, failed);
                    if (!failed) {
                        serve(stream);
                    }
                } else {
                    serve(peer);
                }
                const std::lock_guard lock(mutex);
                sockets.erase(handle);
                peer.close(failed);
            });
        }
    }

    template <class Stream>
    void serve(Stream& stream) {
        boost::beast::flat_buffer buffer;
        for (;;) {
            boost::system::error_code error;
            http::request<http::empty_body> request;
            http::read(stream, buffer, request, error);
            if (error) {
                return;
            }
            if (websocket::is_upgrade(request)) {
                websocket::stream<Stream&> socket(stream);
                socket.accept(request, error);
                if (!error) {
                    SocketOf<websocket::stream<Stream&>> peer(socket);
                    script(peer, ++connections);
                }
                return;
            }
            const RestReply reply = rest ? rest(std::string(request.target()),
                                                std::string(request[http::field::authorization]))
                                         : RestReply{404, "{}"};
            http::response<http::string_body> response{static_cast<http::status>(reply.status), 11,
                                                       reply.body};
            response.prepare_payload();
            http::write(stream, response, error);
            if (error) {
                return;
            }
        }
    }

    Script script;
    Rest rest;
    Options options;
    std::string folder;
    std::atomic<bool> stopping{false};
    std::atomic<unsigned> connections{0};
    net::io_context io;
    net::ssl::context tls{net::ssl::context::tls_server};
    Tcp::acceptor acceptor{io, Tcp::endpoint(net::ip::address_v4::loopback(), 0)};
    std::uint16_t port = 0;
    std::mutex mutex;
    std::set<int> sockets;
    std::list<std::thread> threads;
    std::thread accepting;
};

TestVendor::TestVendor(Script script, Rest rest, Options options)
    : impl_(std::make_unique<Impl>(std::move(script), std::move(rest), std::move(options))) {}
TestVendor::~TestVendor() = default;

std::string TestVendor::url() const {
    return (impl_->options.tls ? "wss" : "ws") + ("://localhost:" + std::to_string(impl_->port)) +
           "/stocks";
}
std::string TestVendor::rest_url() const {
    return (impl_->options.tls ? "https" : "http") +
           ("://localhost:" + std::to_string(impl_->port));
}
std::string TestVendor::certificate_file() const {
    return impl_->folder + "/certificate.pem";
}
bool TestVendor::stopping() const {
    return impl_->stopping;
}
void TestVendor::hang() const {
    while (!impl_->stopping) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

}  // namespace tickstock::testing

namespace tickstock::testing {
namespace {

TEST(TestVendor, HasAPlaceAndACertificateOfItsOwn) {
    TestVendor one([](VendorSocket&, unsigned) {});
    TestVendor other([](VendorSocket&, unsigned) {});
    EXPECT_NE(one.url(), other.url());
    EXPECT_TRUE(one.rest_url().starts_with("https://localhost:"));
    EXPECT_NE(one.certificate_file(), other.certificate_file());
    EXPECT_FALSE(one.stopping());
}

}  // namespace
}  // namespace tickstock::testing
