#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "auth/secret.hpp"
#include "base/clock.hpp"
#include "base/time.hpp"
#include "monitoring/http_post.hpp"

namespace tickstock {

/// One address that is told of every alert, in order and on a thread of its own ("ts-webhook"): a
/// POST of JSON each, tried again with growing pauses by chance, up to a limit. An answer of 2xx
/// takes it; one of 4xx refuses it for good, but for 408 and 429. A message may come twice: the
/// header X-TickStock-Delivery is the same then. With a secret X-TickStock-Signature is
/// "sha256=" and the HMAC of the body in hex. All methods: any thread.
class Webhook {
public:
    static constexpr Nanos first_pause = std::chrono::seconds(1);
    static constexpr Nanos longest_pause = std::chrono::seconds(60);
    /// stop() still sends what waits for so long, one attempt each.
    static constexpr Nanos stop_time = std::chrono::seconds(2);

    struct Options {
        Nanos timeout = std::chrono::seconds(5);  ///< of one attempt
        unsigned attempts = 5;
        std::size_t queue = 1000;  ///< messages; the oldest is dropped beyond
        std::shared_ptr<const Secret> secret;
        Nanos pause = first_pause;  ///< before the second attempt, at most; doubles
    };
    struct Message {
        std::string delivery;  ///< the same for each attempt: "7-raised"
        std::string body;
    };
    struct Counts {
        std::uint64_t sent = 0;
        std::uint64_t failed = 0;
        std::uint64_t dropped = 0;
        std::uint64_t waiting = 0;  ///< the one under way included
    };

    /// `label` stands for the address in the log: an address may hold a secret. `seed` is of the
    /// pauses.
    Webhook(std::string label, std::unique_ptr<HttpPost> post, Options options, const Clock& clock,
            std::uint64_t seed);
    ~Webhook();
    Webhook(const Webhook&) = delete;
    Webhook& operator=(const Webhook&) = delete;

    /// For messages and attempts that begin from now on.
    void set_options(Options options);
    /// Never waits.
    void tell(Message message);
    Counts counts() const;
    /// What is not sent by then is dropped. Joins.
    void stop();

private:
    enum class Fate : std::uint8_t { Sent, Again, Refused };

    void run();
    void deliver(const Message& message);
    Fate attempt(const Message& message, unsigned number, const Options& options, Nanos timeout);

    const std::string label_;
    const std::unique_ptr<HttpPost> post_;
    const Clock& clock_;
    const std::uint64_t seed_;
    mutable std::mutex mutex_;  // guards all below but the thread
    std::condition_variable changed_;
    Options options_;
    std::deque<Message> queue_;
    Counts counts_;
    bool is_busy_ = false;
    bool is_stopping_ = false;
    bool has_ended_ = false;
    Nanos stop_at_{0};
    std::thread thread_;
};

/// "sha256=" and the HMAC-SHA256 of `body` in lower-case hex.
std::string webhook_signature(const Secret& secret, std::string_view body);

}  // namespace tickstock
