#include "validate/http_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace tickstock::validate {
namespace {

constexpr std::string_view line_end = "\r\n";

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

Result<HttpAnswer> parse_head(std::string_view head) {
    HttpAnswer answer;
    const std::string_view first = head.substr(0, head.find(line_end));
    if (!first.starts_with("HTTP/1.1 ") || first.size() < 12 ||
        std::from_chars(first.data() + 9, first.data() + 12, answer.status).ec != std::errc()) {
        return Error{"the answer is no HTTP: " + std::string(first.substr(0, 60))};
    }
    head.remove_prefix(first.size() + line_end.size());
    while (!head.empty()) {
        const std::string_view line = head.substr(0, head.find(line_end));
        head.remove_prefix(std::min(line.size() + line_end.size(), head.size()));
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos) {
            const std::size_t value = line.find_first_not_of(' ', colon + 1);
            answer.headers[lower(line.substr(0, colon))] =
                value == std::string_view::npos ? "" : std::string(line.substr(value));
        }
    }
    return answer;
}

}  // namespace

Result<HttpAnswer> read_http_head(TcpSocket& socket, std::string& rest, Nanos patience) {
    while (true) {
        const std::size_t end = rest.find("\r\n\r\n");
        if (end != std::string::npos) {
            auto answer = parse_head(std::string_view(rest).substr(0, end + line_end.size()));
            rest.erase(0, end + 4);
            return answer;
        }
        const auto got = socket.receive(rest, patience);
        if (!got) {
            return got.error();
        }
        if (*got != TcpSocket::Got::Bytes) {
            return Error{*got == TcpSocket::Got::End ? "the server closed without an answer"
                                                     : "no answer in time"};
        }
    }
}

Result<std::string> take_chunks(std::string& bytes, bool& end) {
    std::string out;
    std::size_t at = 0;
    while (true) {
        const std::size_t line = bytes.find(line_end, at);
        if (line == std::string::npos) {
            break;
        }
        std::size_t length = 0;
        if (std::from_chars(bytes.data() + at, bytes.data() + line, length, 16).ec != std::errc()) {
            return Error{"a chunk of the answer has no length"};
        }
        if (bytes.size() < line + 2 + length + 2) {
            break;
        }
        out.append(bytes, line + 2, length);
        at = line + 2 + length + 2;
        if (length == 0) {
            end = true;
            break;
        }
    }
    bytes.erase(0, at);
    return out;
}

Result<HttpAnswer> http_request(std::uint16_t port, std::string_view method,
                                std::string_view target, std::string_view body,
                                std::string_view headers, Nanos patience) {
    auto socket = TcpSocket::connect(port);
    if (!socket) {
        return socket.error();
    }
    const std::string length =
        body.empty() && method == "GET" ? "" : fmt::format("Content-Length: {}\r\n", body.size());
    const std::string request =
        fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n{}{}\r\n{}",
                    method, target, port, length, headers, body);
    if (const auto failed = socket->send(request)) {
        return *failed;
    }
    std::string rest;
    auto answer = read_http_head(*socket, rest, patience);
    if (!answer) {
        return answer;
    }
    const auto told = answer->headers.find("content-length");
    std::size_t wanted = std::string::npos;
    if (told != answer->headers.end()) {
        std::from_chars(told->second.data(), told->second.data() + told->second.size(), wanted);
    }
    while (rest.size() < wanted) {
        const auto got = socket->receive(rest, patience);
        if (!got) {
            return got.error();
        }
        if (*got == TcpSocket::Got::End) {
            break;
        }
        if (*got == TcpSocket::Got::Nothing) {
            return Error{"the answer stopped before its end"};
        }
    }
    if (wanted != std::string::npos && rest.size() < wanted) {
        return Error{"the answer ended before its end"};
    }
    bool end = false;
    const auto chunked = answer->headers.find("transfer-encoding");
    if (chunked != answer->headers.end() && chunked->second == "chunked") {
        auto whole = take_chunks(rest, end);
        if (!whole) {
            return whole.error();
        }
        rest = std::move(*whole);
    }
    answer->body = std::move(rest);
    return answer;
}

}  // namespace tickstock::validate
