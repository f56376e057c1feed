#include "server/request_check.hpp"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <string>
#include <string_view>

namespace tickstock {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

HttpResponse bad(std::string_view why) {
    return error_response(ErrorCode::BadRequest, why);
}

bool is_digits(beast::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// 16 bytes in base64: 22 digits and two signs of equality.
bool is_key(beast::string_view text) {
    const auto is_base64 = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '+' || c == '/';
    };
    return text.size() == 24 && text.substr(22) == "==" &&
           std::ranges::all_of(text.substr(0, 22), is_base64);
}

}  // namespace

std::optional<HttpResponse> refusal_of_framing(const UpgradeRequest& request) {
    const std::size_t encodings = request.count(http::field::transfer_encoding);
    if (encodings > 0 && (encodings > 1 || request.version() != 11 ||
                          !beast::iequals(request[http::field::transfer_encoding], "chunked"))) {
        return bad("Transfer-Encoding may stand once, in HTTP/1.1, and be chunked");
    }
    const std::size_t lengths = request.count(http::field::content_length);
    if (lengths > 1 || (lengths == 1 && !is_digits(request[http::field::content_length]))) {
        return bad("Content-Length may stand once and is a number");
    }
    for (const auto name : {http::field::origin, http::field::authorization,
                            http::field::content_type, http::field::expect}) {
        if (request.count(name) > 1) {
            return bad(std::string(http::to_string(name)) + " may stand once");
        }
    }
    const std::size_t hosts = request.count(http::field::host);
    if (hosts > 1 || (hosts == 0 && request.version() == 11)) {
        return bad("exactly one Host header is needed");
    }
    return std::nullopt;
}

std::optional<HttpResponse> refusal_of_handshake(const UpgradeRequest& request,
                                                 bool anything_follows) {
    if (request.count(http::field::sec_websocket_version) != 1 ||
        request[http::field::sec_websocket_version] != "13") {
        auto response =
            error_response(ErrorCode::UpgradeRequired, "WebSocket version 13 is spoken");
        response.headers.emplace_back("Sec-WebSocket-Version", "13");
        return response;
    }
    if (request.count(http::field::sec_websocket_key) != 1 ||
        !is_key(request[http::field::sec_websocket_key])) {
        return bad("exactly one Sec-WebSocket-Key is needed, 16 bytes in base64");
    }
    if (anything_follows) {
        return bad("nothing may follow a WebSocket handshake before its answer");
    }
    return std::nullopt;
}

void join_upgrade_fields(UpgradeRequest& request) {
    for (const auto name : {http::field::connection, http::field::upgrade}) {
        if (request.count(name) < 2) {
            continue;
        }
        std::string all;
        const auto [first, last] = request.equal_range(name);
        for (auto field = first; field != last; ++field) {
            all += all.empty() ? "" : ", ";
            all.append(field->value().data(), field->value().size());
        }
        request.set(name, all);
    }
}

}  // namespace tickstock
