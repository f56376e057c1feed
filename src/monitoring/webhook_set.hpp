#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "monitoring/alert.hpp"
#include "monitoring/webhook.hpp"

namespace tickstock {

/// The webhooks of the setting monitoring.webhook_urls. One thread.
class WebhookSet {
public:
    explicit WebhookSet(const Clock& clock, std::uint64_t seed) : clock_(clock), seed_(seed) {}

    /// Those that stay keep what waits in them; those that go send it for Webhook::stop_time.
    /// Nothing changes on an error, which names the setting and never an address.
    Result<bool> configure(const MonitoringSettings& settings,
                           std::shared_ptr<const Secret> secret);

    void tell(const AlertNotice& notice, UnixNanos now);
    /// Also of those that are gone.
    Webhook::Counts counts() const;
    void stop();

private:
    using Hooks = std::map<std::string, std::unique_ptr<Webhook>>;  // by address

    Result<std::unique_ptr<Webhook>> make(const std::string& address, std::size_t number,
                                          const Webhook::Options& options);
    void retire(Hooks& hooks);

    const Clock& clock_;
    const std::uint64_t seed_;
    std::shared_ptr<TlsTrust> trust_;  // read when the first address needs it
    Hooks hooks_;
    Webhook::Counts gone_;
};

}  // namespace tickstock
