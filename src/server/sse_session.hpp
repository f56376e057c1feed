#pragma once

#include <optional>

#include "base/time.hpp"
#include "server/client_message.hpp"
#include "server/fanout.hpp"
#include "server/session.hpp"
#include "server/session_access.hpp"
#include "server/subscription.hpp"
#include "server/user_directory.hpp"

namespace tickstock {

/// One reader of /api/v1/events/stream: a subscription told as Server-Sent Events. Every message
/// carries `epoch:offset` as its id, so that a browser resumes by itself.
class SseSession final : public Session {
public:
    /// `gate` and the others outlive the session.
    SseSession(const SubscribeRequest& request, Fanout& fanout, ClientCounts& counts,
               Nanos heartbeat_interval, Gate& gate, const UserDirectory& users,
               const Identity& identity);
    ~SseSession() override;

    std::optional<OutFrame> next(Nanos now) override;
    void drain() override { draining_ = true; }
    void mark_write() override { subscription_.mark_write(); }
    std::size_t bytes_due() override { return subscription_.bytes_due(); }
    bool waits_for_disk() const override { return subscription_.waits_for_disk(); }
    void on_user_change(std::string_view user) override;
    std::string_view user() const override { return access_.user(); }
    std::optional<CloseCode> check(Nanos now) override { return access_.check(now); }

private:
    OutFrame encode(Delivery delivery);

    SessionAccess access_;
    Fanout& fanout_;
    const UserDirectory& users_;
    const FilterSpec own_;  // without the user's filters
    const bool user_filters_;
    Subscription subscription_;
    std::optional<std::string> news_;
    ClientCounts& counts_;
    const Nanos heartbeat_interval_;
    Nanos heartbeat_at_{0};
    bool draining_ = false;
};

}  // namespace tickstock
