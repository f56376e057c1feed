#include "server/gate.hpp"

#include "metrics/log.hpp"

namespace tickstock {
namespace {

constexpr Nanos look_every = std::chrono::milliseconds(400);

}  // namespace

Result<Identity, Refusal> Gate::admit(std::string_view credential, std::string_view address) {
    if (authenticator_ == nullptr) {
        return local_identity();
    }
    const Nanos now = clock_.monotonic();
    auto identity = authenticator_->authenticate(credential, address, clock_.wall(), now);
    if (identity.ok()) {
        return std::move(identity).value();
    }
    switch (identity.error()) {
        case AuthFailure::Missing:
            return Refusal{ErrorCode::Unauthorized,
                           "a token or API key is needed: Authorization: Bearer …",
                           {}};
        case AuthFailure::Throttled:
            return Refusal{ErrorCode::TooManyFailures,
                           "too many wrong credentials from this address",
                           authenticator_->retry_after(address, now)};
        default: break;
    }
    log_info("auth", "a credential from {} was refused: {}", address, to_string(identity.error()));
    const bool is_over = identity.error() == AuthFailure::Expired;
    return Refusal{ErrorCode::Unauthorized,
                   is_over ? "the token has expired" : "the token or API key is not accepted",
                   {}};
}

bool Gate::is_still_valid(const Identity& identity) const {
    return authenticator_ == nullptr || authenticator_->is_still_valid(identity, clock_.wall());
}

std::string Gate::issue_ticket(const Identity& identity) {
    return authenticator_ == nullptr ? std::string()
                                     : authenticator_->issue_ticket(identity, clock_.monotonic());
}

void Gate::tick(Nanos now) {
    if (authenticator_ == nullptr || now - looked_at_ < look_every) {
        return;
    }
    looked_at_ = now;
    for (const std::string& line : authenticator_->reload_if_changed()) {
        log_warn("auth", "{}", line);
    }
}

void Gate::reload() {
    if (authenticator_ == nullptr) {
        return;
    }
    if (const auto done = authenticator_->reload_keys(); !done.ok()) {
        log_warn("auth", "the keys stay as they were: {}", done.error().message);
    }
}

}  // namespace tickstock
