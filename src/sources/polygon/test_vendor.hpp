#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tickstock::testing {

/// The server's side of one WebSocket in a test, blocking, on a thread of its own.
class VendorSocket {
public:
    virtual ~VendorSocket() = default;
    virtual void send(std::string_view text) = 0;
    virtual void send_fragments(const std::vector<std::string>& parts) = 0;
    /// Frames of no bytes, one message that never ends.
    virtual void send_empty_fragments(unsigned count) = 0;
    /// The next text; empty when the connection has ended.
    virtual std::string read() = 0;
    virtual void close(std::uint16_t code, std::string_view why) = 0;
    /// Reads until the client goes.
    void read_to_end();
    /// connected, auth, auth_success, and every subscription acknowledged until `topics` were; the
    /// messages that the client has sent.
    std::vector<std::string> login(std::size_t topics);
    void acknowledge(std::string_view subscribe_message);
};

struct RestReply {
    unsigned status = 200;
    std::string body;
};

/// A vendor of a few lines: WebSocket connections run a script, other requests are answered by a
/// function. TLS with a self-signed certificate of localhost (or another name).
class TestVendor {
public:
    /// `number`: of WebSocket connections, from 1. When it returns, the connection is cut.
    using Script = std::function<void(VendorSocket&, unsigned number)>;
    using Rest = std::function<RestReply(const std::string& target, const std::string& bearer)>;
    struct Options {
        bool tls = true;
        std::string certified_name = "localhost";
    };

    explicit TestVendor(Script script) : TestVendor(std::move(script), Rest{}, Options{}) {}
    TestVendor(Script script, Rest rest) : TestVendor(std::move(script), std::move(rest), {}) {}
    TestVendor(Script script, Rest rest, Options options);
    ~TestVendor();

    std::string url() const;       ///< wss://localhost:PORT/stocks
    std::string rest_url() const;  ///< https://localhost:PORT
    std::string certificate_file() const;
    /// True once the test is over: scripts that wait look at it.
    bool stopping() const;
    /// Waits on the server's side until the test is over.
    void hang() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tickstock::testing
