#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "server/client_message.hpp"
#include "server/fanout.hpp"
#include "server/limits.hpp"
#include "server/session.hpp"
#include "server/subscription.hpp"

namespace tickstock {

/// One client of the native protocol on /ws (docs/reference/protocol.md).
class NativeSession final : public Session {
public:
    NativeSession(Fanout& fanout, ClientCounts& counts, Nanos heartbeat_interval);
    ~NativeSession() override;

    /// A whole text message. The code to close with, if the client broke the rules for good.
    std::optional<CloseCode> on_text(std::string_view text, Nanos now);

    /// False while the client has so many answers waiting that it must read first.
    bool wants_input() const { return replies_.size() < limits::replies_waiting; }

    std::optional<OutFrame> next(Nanos now) override;
    void drain() override { draining_ = true; }
    void mark_write() override;
    std::size_t bytes_due() override;

private:
    struct Entry {
        std::unique_ptr<Subscription> subscription;
        std::shared_ptr<const std::string> events_head;  // `{"op":"events","id":"…",`
    };

    void handle(const SubscribeRequest& request);
    void handle(const UnsubscribeRequest& request);
    void handle(const PingRequest& request);
    void reply_error(const ProtocolError& error);
    OutFrame encode(const Entry& entry, Delivery delivery);
    OutFrame heartbeat() const;
    std::vector<Entry>::iterator find(std::string_view id);

    Fanout& fanout_;
    ClientCounts& counts_;
    const Nanos heartbeat_interval_;
    TokenBucket message_rate_{limits::messages_per_second, limits::messages_burst};
    std::deque<std::string> replies_;
    std::vector<Entry> entries_;
    std::size_t turn_ = 0;  // whose subscription is asked first
    Nanos heartbeat_at_{0};
    bool draining_ = false;
};

}  // namespace tickstock
