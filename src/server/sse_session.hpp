#pragma once

#include <optional>

#include "base/time.hpp"
#include "server/client_message.hpp"
#include "server/fanout.hpp"
#include "server/session.hpp"
#include "server/subscription.hpp"

namespace tickstock {

/// One reader of /api/v1/events/stream: a subscription told as Server-Sent Events. Every message
/// carries `epoch:offset` as its id, so that a browser resumes by itself.
class SseSession final : public Session {
public:
    SseSession(const SubscribeRequest& request, Fanout& fanout, ClientCounts& counts,
               Nanos heartbeat_interval);
    ~SseSession() override;

    std::optional<OutFrame> next(Nanos now) override;
    void drain() override { draining_ = true; }
    void mark_write() override { subscription_.mark_write(); }
    std::size_t bytes_due() override { return subscription_.bytes_due(); }

private:
    OutFrame encode(Delivery delivery);

    Subscription subscription_;
    ClientCounts& counts_;
    const Nanos heartbeat_interval_;
    Nanos heartbeat_at_{0};
    bool draining_ = false;
};

}  // namespace tickstock
