#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "validate/tcp_socket.hpp"

namespace tickstock::validate {

struct HttpAnswer {
    int status = 0;
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
};

/// One request, one connection, closed after the answer. `headers`: lines, each with its line end.
/// Errors: no connection, no answer in time, an answer that is no HTTP.
Result<HttpAnswer> http_request(std::uint16_t port, std::string_view method,
                                std::string_view target, std::string_view body = {},
                                std::string_view headers = {},
                                Nanos patience = TcpSocket::default_patience);

inline Result<HttpAnswer> http_get(std::uint16_t port, std::string_view target,
                                   std::string_view headers = {}) {
    return http_request(port, "GET", target, {}, headers);
}

/// Reads an answer's head from the socket: what came behind it stays in `rest`. For connections
/// that go on: upgrades and event streams.
Result<HttpAnswer> read_http_head(TcpSocket& socket, std::string& rest,
                                  Nanos patience = TcpSocket::default_patience);

/// Undoes chunked transfer as far as `bytes` goes: takes whole chunks away from its front and gives
/// their contents. `end` is set at the last chunk. An error: no chunk begins there.
Result<std::string> take_chunks(std::string& bytes, bool& end);

}  // namespace tickstock::validate
