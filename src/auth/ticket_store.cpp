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
