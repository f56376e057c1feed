#include "auth/ticket_store.hpp"

#include "auth/api_key.hpp"
#include "auth/base64url.hpp"

namespace tickstock {
namespace {

constexpr std::string_view prefix = "tkt_";
constexpr std::size_t random_bytes = 16;
constexpr std::size_t random_length = 22;

}  // namespace

bool TicketStore::has_form(std::string_view text) {
    return text.starts_with(prefix) && text.size() == prefix.size() + random_length;
}

std::string TicketStore::issue(const Identity& identity, Nanos now) {
    drop_old(now);
    make_room(identity.user);
    while (order_.size() >= options_.capacity) {
        drop_oldest();
    }
    std::string text = std::string(prefix) + random_base64url(random_bytes);
    std::string hash = sha256_hex(text);
    const Nanos expires = now + options_.life;
    tickets_[hash] = identity;
    order_.push_back({std::move(hash), expires});
    return text;
}

std::optional<Identity> TicketStore::redeem(std::string_view ticket, Nanos now) {
    drop_old(now);
    if (!has_form(ticket)) {
        return std::nullopt;
    }
    const auto found = tickets_.find(sha256_hex(ticket));
    if (found == tickets_.end()) {
        return std::nullopt;
    }
    std::optional<Identity> identity(std::move(found->second));
    tickets_.erase(found);
    return identity;
}

/// So that one user cannot push out the tickets of the others.
void TicketStore::make_room(const std::string& user) {
    std::size_t held = 0;
    auto oldest = order_.end();
    for (auto at = order_.begin(); at != order_.end(); ++at) {
        const auto ticket = tickets_.find(at->hash);
        if (ticket != tickets_.end() && ticket->second.user == user) {
            oldest = held++ == 0 ? at : oldest;
        }
    }
    if (held >= options_.per_user) {
        tickets_.erase(oldest->hash);
        order_.erase(oldest);
    }
}

void TicketStore::drop_old(Nanos now) {
    while (!order_.empty() && order_.front().expires <= now) {
        drop_oldest();
    }
}

void TicketStore::drop_oldest() {
    tickets_.erase(order_.front().hash);
    order_.pop_front();
}

}  // namespace tickstock
