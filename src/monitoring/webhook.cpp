#include "monitoring/webhook.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.hpp"
#include "base/named_thread.hpp"
#include "metrics/log.hpp"
#include "sources/feed/backoff.hpp"

namespace tickstock {

Webhook::Webhook(std::string label, std::unique_ptr<HttpPost> post, Options options,
                 const Clock& clock, std::uint64_t seed)
    : label_(std::move(label)),
      post_(std::move(post)),
      clock_(clock),
      seed_(seed),
      options_(std::move(options)),
      thread_([this] { run(); }) {}

Webhook::~Webhook() {
    stop();
}

void Webhook::set_options(Options options) {
    const std::lock_guard lock(mutex_);
    options_ = std::move(options);
}

void Webhook::tell(Message message) {
    const std::lock_guard lock(mutex_);
    if (is_stopping_) {
        ++counts_.dropped;
        return;
    }
    while (queue_.size() >= std::max<std::size_t>(options_.queue, 1)) {
        queue_.pop_front();
        ++counts_.dropped;
    }
    queue_.push_back(std::move(message));
    changed_.notify_all();
}

Webhook::Counts Webhook::counts() const {
    const std::lock_guard lock(mutex_);
    Counts counts = counts_;
    counts.waiting = queue_.size() + (is_busy_ ? 1U : 0U);
    return counts;
}

void Webhook::stop() {
    if (!thread_.joinable()) {
        return;
    }
    {
        std::unique_lock lock(mutex_);
        is_stopping_ = true;
        stop_at_ = clock_.monotonic() + stop_time;
        changed_.notify_all();
        changed_.wait_for(lock, stop_time, [this] { return has_ended_; });
    }
    post_->cancel();
    thread_.join();
}

void Webhook::run() {
    const NamedThread name("ts-webhook");
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return is_stopping_ || !queue_.empty(); });
        if (queue_.empty() || (is_stopping_ && clock_.monotonic() >= stop_at_)) {
            break;
        }
        const Message message = std::move(queue_.front());
        queue_.pop_front();
        is_busy_ = true;
        lock.unlock();
        deliver(message);
        lock.lock();
        is_busy_ = false;
    }
    counts_.dropped += queue_.size();
    queue_.clear();
    has_ended_ = true;
    changed_.notify_all();
}

void Webhook::deliver(const Message& message) {
    std::unique_lock lock(mutex_);
    Backoff pauses(
        {options_.pause, longest_pause, {}, seed_ ^ std::hash<std::string>()(message.delivery)});
    for (unsigned number = 1;; ++number) {
        const Options options = options_;
        const bool last_chance = is_stopping_;
        const Nanos left = stop_at_ - clock_.monotonic();
        const Nanos timeout =
            last_chance ? std::clamp(left, Nanos{1}, options.timeout) : options.timeout;
        lock.unlock();
        const Fate fate = attempt(message, number, options, timeout);
        lock.lock();
        if (fate == Fate::Sent) {
            ++counts_.sent;
            return;
        }
        if (fate == Fate::Refused || number >= options_.attempts) {
            ++counts_.failed;
            log_error("monitoring", "webhook {}: message {} is given up after {} of {} attempts",
                      label_, message.delivery, number, options_.attempts);
            return;
        }
        if (last_chance) {
            ++counts_.dropped;
            return;
        }
        changed_.wait_for(lock, pauses.next(), [this] { return is_stopping_; });
    }
}

Webhook::Fate Webhook::attempt(const Message& message, unsigned number, const Options& options,
                               Nanos timeout) {
    HttpPost::Headers headers{{"X-TickStock-Delivery", message.delivery},
                              {"X-TickStock-Attempt", std::to_string(number)}};
    if (options.secret != nullptr) {
        headers.emplace_back("X-TickStock-Signature",
                             webhook_signature(*options.secret, message.body));
    }
    const PostAnswer answer = post_->post(message.body, headers, timeout);
    if (answer.status >= 200 && answer.status < 300) {
        return Fate::Sent;
    }
    log_warn("monitoring", "webhook {}: attempt {} of {} for message {}: {}", label_, number,
             options.attempts, message.delivery,
             answer.status == 0 ? answer.error : "HTTP " + std::to_string(answer.status));
    const bool again =
        answer.status == 0 || answer.status == 408 || answer.status == 429 || answer.status >= 500;
    return again ? Fate::Again : Fate::Refused;
}

std::string webhook_signature(const Secret& secret, std::string_view body) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    TS_ASSERT(HMAC(EVP_sha256(), secret.reveal().data(), static_cast<int>(secret.size()),
                   reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest.data(),
                   &length) != nullptr);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "sha256=";
    for (unsigned i = 0; i < length; ++i) {
        text += digits[digest.at(i) >> 4U];
        text += digits[digest.at(i) & 15U];
    }
    return text;
}

}  // namespace tickstock
