#include "server/request_check.hpp"

#include <gtest/gtest.h>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <string>

#include "server/head_scan.hpp"

namespace tickstock {
namespace {

namespace http = boost::beast::http;

UpgradeRequest parsed(const std::string& fields, const std::string& version = "1.1") {
    http::request_parser<http::empty_body> parser;
    boost::system::error_code error;
    const std::string text = "GET /ws HTTP/" + version + "\r\n" + fields + "\r\n";
    parser.put(boost::asio::buffer(text), error);
    EXPECT_FALSE(error) << error.message() << " of " << fields;
    return parser.get();
}

unsigned framing(const std::string& fields, const std::string& version = "1.1") {
    const auto refusal = refusal_of_framing(parsed("Host: a\r\n" + fields, version));
    return refusal ? refusal->status : 200;
}

constexpr const char* handshake_start = "Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
constexpr const char* good_key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
constexpr const char* good_version = "Sec-WebSocket-Version: 13\r\n";

unsigned handshake(const std::string& fields, bool anything_follows = false) {
    const auto refusal = refusal_of_handshake(parsed(handshake_start + fields), anything_follows);
    return refusal ? refusal->status : 101;
}

TEST(RequestCheck, TheBodysEndIsToldOnce) {
    EXPECT_EQ(framing(""), 200U);
    EXPECT_EQ(framing("Content-Length: 5\r\n"), 200U);
    EXPECT_EQ(framing("Transfer-Encoding: chunked\r\n"), 200U);
    EXPECT_EQ(framing("Transfer-Encoding: Chunked\r\n"), 200U);
    EXPECT_EQ(framing("Content-Length: 5\r\nContent-Length: 5\r\n"), 400U);
    EXPECT_EQ(framing("Content-Length: 5, 5\r\n"), 400U);
    for (const char* value : {"gzip", "identity", "xchunked", "chunked, gzip", "gzip, chunked",
                              "chunked, chunked", "\"chunked\"", "chunked;q=1", ""}) {
        EXPECT_EQ(framing("Transfer-Encoding: " + std::string(value) + "\r\n"), 400U) << value;
    }
    EXPECT_EQ(framing("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n"), 400U);
    EXPECT_EQ(framing("Transfer-Encoding: chunked\r\n", "1.0"), 400U);
}

TEST(RequestCheck, OneHost) {
    EXPECT_EQ(framing("Host: a\r\n"), 400U);
    EXPECT_TRUE(refusal_of_framing(parsed("", "1.1")).has_value());
    EXPECT_FALSE(refusal_of_framing(parsed("", "1.0")).has_value());
}

TEST(RequestCheck, WhatDecidesStandsOnce) {
    EXPECT_EQ(framing("Origin: http://a\r\nAuthorization: Bearer x\r\n"), 200U);
    EXPECT_EQ(framing("Origin: http://a\r\nOrigin: http://b\r\n"), 400U);
    EXPECT_EQ(framing("Authorization: Bearer x\r\nAuthorization: Bearer y\r\n"), 400U);
    EXPECT_EQ(framing("Content-Type: application/json\r\nContent-Type: text/html\r\n"), 400U);
}

TEST(RequestCheck, Handshakes) {
    const std::string key = good_key;
    const std::string version = good_version;
    EXPECT_EQ(handshake(key + version), 101U);
    EXPECT_EQ(handshake(key + version, true), 400U);
    EXPECT_EQ(handshake(key), 426U);
    EXPECT_EQ(handshake(key + "Sec-WebSocket-Version: 8\r\n"), 426U);
    EXPECT_EQ(handshake(key + version + version), 426U);
    EXPECT_EQ(handshake(version), 400U);
    EXPECT_EQ(handshake(version + key + key), 400U);
    for (const char* wrong : {"", "AAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA=",
                              "AAAAAAAAAAAAAAAAAAAAAAAA", "!!!!!!!!!!!!!!!!!!!!!!=="}) {
        EXPECT_EQ(handshake(version + "Sec-WebSocket-Key: " + wrong + "\r\n"), 400U) << wrong;
    }
}

TEST(RequestCheck, SeveralConnectionFieldsAreOne) {
    auto request = parsed(
        "Host: a\r\nUpgrade: h2c\r\nConnection: keep-alive\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\n");
    EXPECT_FALSE(boost::beast::websocket::is_upgrade(request));
    join_upgrade_fields(request);
    EXPECT_EQ(request[http::field::connection], "keep-alive, Upgrade");
    EXPECT_EQ(request[http::field::upgrade], "h2c, websocket");
    EXPECT_TRUE(boost::beast::websocket::is_upgrade(request));
}

bool has_fold(std::string_view bytes, std::size_t piece) {
    HeadScan scan;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        scan.feed(bytes.substr(at, piece));
    }
    return scan.has_fold();
}

TEST(HeadScan, FindsFoldedLinesHoweverTheBytesAreCut) {
    for (const std::size_t piece : {1UL, 2UL, 3UL, 1000UL}) {
        EXPECT_TRUE(has_fold("GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n", piece));
        EXPECT_TRUE(has_fold("GET / HTTP/1.1\r\nX: a\r\n\tb\r\n\r\n", piece));
        EXPECT_TRUE(has_fold("GET / HTTP/1.1\r\n Host: a\r\n\r\n", piece));
        EXPECT_FALSE(has_fold("GET / HTTP/1.1\r\nX: a b\t c\r\n\r\n", piece));
        EXPECT_FALSE(has_fold("POST / HTTP/1.1\r\nX: a\r\n\r\n {\r\n \"body\"}", piece));
    }
}

TEST(HeadScan, StartsAnew) {
    HeadScan scan;
    scan.feed("GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n");
    EXPECT_TRUE(scan.has_fold());
    scan.restart();
    scan.feed("GET / HTTP/1.1\r\nX: a\r\n\r\n");
    EXPECT_FALSE(scan.has_fold());
}

}  // namespace
}  // namespace tickstock
