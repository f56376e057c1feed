#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "auth/identity.hpp"
#include "base/time.hpp"

namespace tickstock {

/// One-time tickets for browsers, which cannot set a header on a WebSocket: a page asks for one
/// with its own credential and sends it in the first frame. 128 random bits, "tkt_" and 22
/// characters; good once and for a short time. Bounded: the oldest goes first. One thread.
class TicketStore {
public:
    struct Options {
        Nanos life = std::chrono::seconds(30);
        std::size_t capacity = 10'000;
        std::size_t per_user = 16;  ///< more: that user's oldest goes
    };

    explicit TicketStore(Options options) : options_(options) {}

    /// A new ticket for `identity`. `now` is monotonic.
    std::string issue(const Identity& identity, Nanos now);

    /// Whose it is, once: the ticket is gone afterwards. Nothing when it is unknown, used or over.
    std::optional<Identity> redeem(std::string_view ticket, Nanos now);

    std::size_t size() const { return tickets_.size(); }

    static bool has_form(std::string_view text);

private:
    struct Issued {
        std::string hash;
        Nanos expires{};
    };

    void make_room(const std::string& user);
    void drop_old(Nanos now);
    void drop_oldest();

    Options options_;
    // By the ticket's SHA-256, so that the time of a look-up tells nothing about the text.
    std::unordered_map<std::string, Identity> tickets_;
    std::deque<Issued> order_;  // as issued; redeemed ones stay until their time, at most capacity
};

}  // namespace tickstock
