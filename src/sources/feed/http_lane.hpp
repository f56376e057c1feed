#pragma once

// Shows Boost: for http_fetcher.cpp only.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sources/feed/http_fetcher.hpp"
#include "sources/feed/tls_client.hpp"

namespace tickstock {

/// One connection to the REST host: requests one behind the other. Fetcher's thread.
class HttpLane final : public std::enable_shared_from_this<HttpLane> {
public:
    HttpLane(boost::asio::io_context& io, boost::asio::ssl::context* tls,
             const HttpFetcher::Options& options);

    /// False: it was closed and serves no further request.
    bool usable() const { return usable_; }
    /// REQUIRES: usable(), and the request before is done.
    void get(const std::string& target, HttpFetcher::Done done);
    /// POST of a JSON text; the same else.
    void send(const std::string& target, std::string body, HttpFetcher::Done done);

private:
    using Code = boost::system::error_code;

    void begin(boost::beast::http::verb method, const std::string& target, HttpFetcher::Done done);
    void connect();
    void write();
    void read();
    void finish(unsigned status, std::string body);
    void fail(const char* during, const Code& error);
    template <class Call>
    void with_stream(Call call);

    boost::asio::ip::tcp::resolver resolver_;
    TcpSocket socket_;
    std::optional<TlsStream> tls_;
    const HttpFetcher::Options& options_;
    boost::asio::steady_timer timer_;
    bool connected_ = false;
    bool usable_ = true;
    HttpFetcher::Done done_;
    boost::beast::http::request<boost::beast::http::string_body> request_;
    boost::beast::flat_buffer buffer_;
    std::optional<boost::beast::http::response_parser<boost::beast::http::string_body>> answer_;
};

}  // namespace tickstock
