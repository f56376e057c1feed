#include "monitoring/webhook_set.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/url.hpp"
#include "config/setting_checks.hpp"
#include "monitoring/alert_json.hpp"
#include "monitoring/http_post.hpp"

namespace tickstock {
namespace {

void add(Webhook::Counts& to, const Webhook::Counts& from) {
    to.sent += from.sent;
    to.failed += from.failed;
    to.dropped += from.dropped;
    to.waiting += from.waiting;
}

}  // namespace

Result<std::unique_ptr<Webhook>> WebhookSet::make(const std::string& address, std::size_t number,
                                                  const Webhook::Options& options) {
    constexpr std::string_view setting = "monitoring.webhook_urls";
    auto url = parse_feed_url(setting, address);
    if (!url || !is_webhook_url(address)) {  // its words hold the address, which may hold a secret
        return Error{fmt::format(
            "{}: the address number {} (not shown): accepted is http:// or https://, a host, a "
            "port or none, a path; no user name",
            setting, number)};
    }
    if (url->tls && trust_ == nullptr) {
        auto trust = load_tls_trust("");
        if (!trust) {
            return trust.error();
        }
        trust_ = std::move(*trust);
    }
    std::string label = url->authority();
    auto trust = url->tls ? trust_ : nullptr;
    return std::make_unique<Webhook>(std::move(label),
                                     make_http_post(std::move(*url), std::move(trust)), options,
                                     clock_, seed_ + number);
}

Result<bool> WebhookSet::configure(const MonitoringSettings& settings,
                                   std::shared_ptr<const Secret> secret) {
    Webhook::Options options;
    options.timeout = settings.webhook_timeout;
    options.attempts = settings.webhook_attempts;
    options.queue = settings.webhook_queue;
    options.secret = std::move(secret);
    Hooks next;
    for (std::size_t i = 0; i < settings.webhook_urls.size(); ++i) {
        const std::string& address = settings.webhook_urls[i];
        if (next.contains(address)) {
            continue;
        }
        if (hooks_.contains(address)) {
            next[address] = nullptr;
            continue;
        }
        auto made = make(address, i + 1, options);
        if (!made) {
            return made.error();
        }
        next[address] = std::move(*made);
    }
    for (auto& [address, hook] : next) {
        if (hook == nullptr) {
            hook = std::move(hooks_.extract(address).mapped());
            hook->set_options(options);
        }
    }
    std::swap(hooks_, next);
    retire(next);
    return true;
}

void WebhookSet::retire(Hooks& hooks) {
    for (auto& [address, hook] : hooks) {
        hook->stop();
        add(gone_, hook->counts());
    }
    hooks.clear();
}

void WebhookSet::tell(const AlertNotice& notice, UnixNanos now) {
    if (hooks_.empty()) {
        return;
    }
    const std::string body = notice_json(notice, now);
    for (auto& [address, hook] : hooks_) {
        hook->tell({fmt::format("{}-{}-{}", to_ns(notice.alert.raised), notice.alert.id,
                                to_string(notice.change)),
                    body});
    }
}

Webhook::Counts WebhookSet::counts() const {
    Webhook::Counts counts = gone_;
    for (const auto& [address, hook] : hooks_) {
        add(counts, hook->counts());
    }
    return counts;
}

void WebhookSet::stop() {
    retire(hooks_);
}

}  // namespace tickstock
