#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "server/ingest_desk.hpp"
#include "server/ingest_message.hpp"
#include "server/session.hpp"
#include "server/session_access.hpp"

namespace tickstock {

/// One client that pushes rows over /ingest (docs/ingest.md). Every message gets one answer, in
/// the order of the messages; that to rows comes when the journal has them. A queue that is full
/// makes the session hold its message and read no further, so that the client waits in TCP; nothing
/// is lost. I/O thread only.
class IngestSession final : public MessageSession {
public:
    /// What it works with; all of it outlives the session.
    struct Parts {
        IngestDesk& desk;
        ClientCounts& counts;
        const ServerSettings& settings;
        Gate& gate;
        std::string address;  ///< the client's
        Role needed;          ///< to push
    };
    /// `identity`: as the request proved it, with that role; nothing = the first message has to.
    IngestSession(Parts parts, std::optional<Identity> identity);
    ~IngestSession() override;

    std::optional<CloseCode> on_text(std::string_view text, Nanos now) override;
    bool wants_input() const override;
    std::size_t max_message_bytes() const override;
    void set_waker(std::function<void()> wake) override { under_way_->wake = std::move(wake); }
    std::string_view user() const override { return access_.user(); }
    std::optional<CloseCode> check(Nanos now) override;

    std::optional<OutFrame> next(Nanos now) override;
    void drain() override {}
    void mark_write() override {}
    std::size_t bytes_due() override { return 0; }

private:
    /// What a message is answered; nothing yet while its rows are on their way.
    using Answer = std::shared_ptr<std::optional<std::string>>;
    /// What the queue's replies work with; lives on behind the session's end.
    struct UnderWay {
        std::size_t bytes = 0;
        bool has_left = false;         // rows have, since the last look
        std::optional<CloseCode> end;  // once all is answered
        std::function<void()> wake;
    };

    std::optional<CloseCode> handle(const OpenIngest& request);
    std::optional<CloseCode> handle(const IngestMessageRows& request);
    std::optional<CloseCode> handle(const PingRequest& request);
    std::optional<CloseCode> handle(const AuthRequest& request);
    const Answer& new_answer();
    void submit(const IngestRows& rows, const Answer& answer);
    void retry_held();
    void reply(std::string text);
    void reply_error(const ProtocolError& error);

    IngestDesk& desk_;
    ClientCounts& counts_;
    SessionAccess access_;
    const Role needed_;
    TokenBucket message_rate_;  // of messages without rows
    bool is_open_ = false;      // by an "open"
    std::string client_;
    std::deque<Answer> answers_;
    const std::shared_ptr<UnderWay> under_way_ = std::make_shared<UnderWay>();
    /// Rows that the queue had no room for.
    struct Held {
        std::string rows;
        std::uint64_t first;
        bool is_question;
        Answer answer;
    };
    std::optional<Held> held_;
};

}  // namespace tickstock
