#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.hpp"
#include "base/result.hpp"
#include "validate/websocket_client.hpp"

namespace tickstock::validate {

/// What a client of the native protocol was told, and where that breaks the protocol's promise. It
/// may pass from one connection to the next: that is what resuming means.
struct ToldStream {
    std::string epoch;
    std::uint64_t offset = 0;  ///< complete up to here
    std::uint64_t events = 0;
    std::uint64_t gaps = 0;     ///< gap frames
    std::uint64_t resumed = 0;  ///< subscriptions that went on where the one before had ended
    std::string broken;         ///< the first breach of the protocol; empty = none
    StreamingHash hash;  ///< of the bodies with a newline each, as `tickstock replay` tells it
};

/// A subscription to all events over /ws. One thread.
class StreamClient {
public:
    struct Event {
        std::uint64_t offset = 0;
        std::uint64_t ts_pub = 0;  ///< ns since 1970
        std::string_view body;
    };
    /// Called for each event, in order, while follow() runs.
    using Listener = std::function<void(const Event&)>;

    /// Subscribes behind what `told` has; from the epoch's begin when it has nothing and `told` has
    /// an epoch, else from now on. `told` outlives the client.
    static Result<StreamClient> open(std::uint16_t port, ToldStream& told,
                                     bool small_buffer = false);

    /// Takes what there is, waiting up to `patience` for the first message. False: nothing came. An
    /// error: the connection has ended, or a breach (told.broken).
    Result<bool> follow(Nanos patience, const Listener& listener = {});
    /// Until everything up to `offset` was told. An error when it is not told in `patience`.
    std::optional<Error> follow_to(std::uint64_t offset, Nanos patience,
                                   const Listener& listener = {});

    unsigned close_code() const { return socket_.close_code(); }
    int descriptor() const { return socket_.descriptor(); }

private:
    StreamClient(WebSocketClient socket, ToldStream& told)
        : socket_(std::move(socket)), told_(&told) {}

    std::optional<Error> take(std::string_view frame, const Listener& listener);
    std::optional<Error> take_events(std::string_view frame, const Listener& listener);
    std::optional<Error> breach(std::string what);

    WebSocketClient socket_;
    ToldStream* told_;
};

/// The epoch and newest offset of the server's stream, from its status page.
struct StreamEnd {
    std::string epoch;
    std::uint64_t offset = 0;
};
Result<StreamEnd> stream_end(std::uint16_t port);

}  // namespace tickstock::validate
