#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/url.hpp"
#include "sources/feed/feed_key.hpp"
#include "sources/feed/tls_trust.hpp"

namespace tickstock {

/// Requests to one host, a few at a time, over connections that stay open, on a thread of its own.
/// A GET that fails by the network, or with 429 or 5xx, is tried again.
class HttpFetcher {
public:
    struct Options {
        std::string thread_name;
        FeedUrl url;                         ///< its target is put before every request's
        std::shared_ptr<TlsTrust> trust;     ///< given when url says TLS
        std::shared_ptr<const FeedKey> key;  ///< sent as a bearer token
        unsigned connections = 4;
        unsigned attempts = 4;
        Nanos retry_pause{0};      ///< before the second attempt; doubles
        Nanos request_timeout{0};  ///< of one attempt
        std::size_t body_bytes_max = std::size_t{64} << 20;
    };
    /// On the fetcher's thread. `status`: 0 = no answer, `body` says why. `body` may be moved from.
    using Done = std::function<void(unsigned status, std::string& body)>;

    explicit HttpFetcher(Options options);
    ~HttpFetcher();
    HttpFetcher(const HttpFetcher&) = delete;
    HttpFetcher& operator=(const HttpFetcher&) = delete;

    /// Any thread. Requests are begun in the order given.
    void get(std::string target, Done done);
    /// POST of a JSON text, in the same row. Never tried again: it may have acted although no
    /// answer came.
    void send(std::string target, std::string body, Done done);
    /// Any thread: calls on the fetcher's thread.
    void post(std::function<void()> call);
    /// The same, after a time.
    void post_after(Nanos pause, std::function<void()> call);
    /// Fetcher's thread: forgets all requests without an answer; their `done` is not called.
    void drop_all();
    /// Joins; nothing is called any more.
    void stop();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tickstock
