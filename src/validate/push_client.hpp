#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "validate/websocket_client.hpp"

namespace tickstock::validate {

/// Pushes rows over /ingest under a client's name, so that what is sent again counts once. Nothing
/// here waits for an answer but open() and settle(). One thread.
class PushClient {
public:
    /// What the server has answered so far.
    struct Counts {
        std::uint64_t rows = 0;  ///< in answered messages
        std::uint64_t accepted = 0;
        std::uint64_t duplicates = 0;
        std::uint64_t rejected = 0;
        std::uint64_t refused = 0;
        std::uint64_t messages = 0;
    };

    /// Waits until the server takes rows. `through` is what it has of this client from before.
    static Result<PushClient> open(std::uint16_t port, std::string_view client);

    /// The last of the client's numbers that is in the journal.
    std::uint64_t through() const { return through_; }

    /// One message of rows (a line each, without a line end at the end), the first of which has the
    /// number `first`. It waits in memory until flush() has sent it.
    void enqueue(std::uint64_t first, std::string_view rows);
    /// Sends what goes and takes the answers that are there. An error: the connection has ended, or
    /// the server refused a message.
    std::optional<Error> flush();
    /// Until every message is answered.
    std::optional<Error> settle(Nanos patience);

    std::uint64_t unanswered() const { return sent_messages_ - counts_.messages; }
    std::size_t unsent_bytes() const { return socket_.unsent(); }
    const Counts& counts() const { return counts_; }

private:
    explicit PushClient(WebSocketClient socket) : socket_(std::move(socket)) {}

    std::optional<Error> take_answers(Nanos patience);

    WebSocketClient socket_;
    std::uint64_t through_ = 0;
    std::uint64_t sent_messages_ = 0;
    std::string message_;  // reused
    Counts counts_;
};

}  // namespace tickstock::validate
