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
#include "server/session_access.hpp"
#include "server/subscription.hpp"
#include "server/user_directory.hpp"

namespace tickstock {

/// One client of the native protocol on /ws (docs/reference/protocol.md).
class NativeSession final : public MessageSession {
public:
    /// What it works with; all of it outlives the session.
    struct Parts {
        Fanout& fanout;
        ClientCounts& counts;
        const ServerSettings& settings;
        Gate& gate;
        const UserDirectory& users;
        std::string address;  ///< the client's
    };
    /// `identity`: as the request proved it; nothing = the first frame has to.
    NativeSession(Parts parts, std::optional<Identity> identity);
    ~NativeSession() override;

    std::optional<CloseCode> on_text(std::string_view text, Nanos now) override;
    bool wants_input() const override { return replies_.size() < limits::replies_waiting; }
    std::string_view user() const override { return access_.user(); }
    std::optional<CloseCode> check(Nanos now) override;

    std::optional<OutFrame> next(Nanos now) override;
    void on_user_change(std::string_view user) override;
    void drain() override { draining_ = true; }
    void mark_write() override;
    std::size_t bytes_due() override;
    bool waits_for_disk() const override;

private:
    struct Entry {
        std::unique_ptr<Subscription> subscription;
        std::shared_ptr<const std::string> events_head;  // `{"op":"events","id":"…",`
        FilterSpec own;                                  // without the user's filters
        std::size_t symbols;                             // that it listed
        bool user_filters;                               // they hold too
    };

    // Each gives the code to close with, if the request was one too many.
    std::optional<CloseCode> handle(const SubscribeRequest& request);
    std::optional<CloseCode> handle(const UnsubscribeRequest& request);
    std::optional<CloseCode> handle(const PingRequest& request);
    std::optional<CloseCode> handle(const AuthRequest& request);
    void reply_error(const ProtocolError& error);
    OutFrame encode(const Entry& entry, Delivery delivery);
    OutFrame heartbeat() const;
    bool is_in_snapshot() const;
    std::vector<Entry>::iterator find(std::string_view id);

    Fanout& fanout_;
    ClientCounts& counts_;
    const ServerSettings& settings_;
    const UserDirectory& users_;
    SessionAccess access_;
    TokenBucket message_rate_;
    std::deque<std::string> replies_;
    std::vector<Entry> entries_;
    std::size_t symbols_ = 0;  // listed in all of them
    std::size_t turn_ = 0;     // whose subscription is asked first
    Nanos heartbeat_at_{0};
    Nanos snapshot_since_{0};  // one is under way; 0 = none
    bool draining_ = false;
};

}  // namespace tickstock
