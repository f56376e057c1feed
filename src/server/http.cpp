#include "server/http.hpp"

#include <algorithm>
#include <random>

#include "base/json_writer.hpp"

namespace tickstock {

HttpResponse json_response(std::string body, unsigned status) {
    HttpResponse response;
    response.status = status;
    response.content_type = "application/json";
    response.body = std::move(body);
    response.body += '\n';
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

HttpResponse text_response(std::string body, unsigned status) {
    HttpResponse response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::move(body);
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

HttpResponse error_response(ErrorCode code, std::string_view message) {
    const ErrorCodeInfo& row = info(code);
    std::string body;
    JsonWriter json(body);
    json.begin_object().key("error").begin_object();
    json.key("code").string(row.word).key("message").string(message);
    json.end_object().end_object();
    HttpResponse response = json_response(std::move(body), row.http_status);
    if (row.http_status == 401) {
        response.headers.emplace_back("WWW-Authenticate", "Bearer");
    } else if (code == ErrorCode::TooManyConnections) {
        response.headers.emplace_back("Retry-After", random_retry_after());
    }
    return response;
}

bool is_json_type(std::string_view content_type) {
    std::string_view type = content_type.substr(0, content_type.find(';'));
    while (type.ends_with(' ') || type.ends_with('\t')) {
        type.remove_suffix(1);
    }
    return std::ranges::equal(type, std::string_view("application/json"), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
}

std::string random_retry_after() {
    thread_local std::minstd_rand random{std::random_device{}()};
    return std::to_string(std::uniform_int_distribution<int>(1, 10)(random));
}

std::vector<std::pair<std::string_view, std::string_view>> security_headers() {
    return {
        // Scripts from files of this server only. Styles may be inline: chart libraries size their
        // elements that way.
        {"Content-Security-Policy",
         "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
         "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
    };
}

}  // namespace tickstock
