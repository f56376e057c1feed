#include "server/session_access.hpp"

namespace tickstock {
namespace {

constexpr Nanos look_every = std::chrono::milliseconds(200);

}  // namespace

std::optional<Refusal> SessionAccess::admit(std::string_view credential) {
    auto admitted = gate_.admit(credential, address_);
    if (!admitted.ok()) {
        return admitted.error();
    }
    if (identity_ && identity_->user != admitted->user) {
        return Refusal{ErrorCode::Forbidden, "the connection belongs to " + identity_->user, {}};
    }
    identity_ = std::move(admitted).value();
    return std::nullopt;
}

std::optional<CloseCode> SessionAccess::check(Nanos now) {
    if (!identity_) {
        if (deadline_ == Nanos{0}) {
            deadline_ = now + gate_.settings().deadline;
        }
        return now >= deadline_ ? std::optional(CloseCode::Unauthorized) : std::nullopt;
    }
    if (now - looked_at_ < look_every) {
        return std::nullopt;
    }
    looked_at_ = now;
    return gate_.is_still_valid(*identity_) ? std::nullopt : std::optional(CloseCode::Unauthorized);
}

}  // namespace tickstock
