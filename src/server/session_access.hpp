#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "server/codes.hpp"
#include "server/gate.hpp"

namespace tickstock {

/// Whose a streaming session is, from its begin (or its first frame) to its end. I/O thread only.
class SessionAccess {
public:
    /// `identity`: as the request proved it; nothing = the client has to say it within
    /// auth.deadline_seconds. `gate` outlives it.
    SessionAccess(Gate& gate, std::string address, std::optional<Identity> identity)
        : gate_(gate), address_(std::move(address)), identity_(std::move(identity)) {}

    bool is_admitted() const { return identity_.has_value(); }
    /// REQUIRES: is_admitted().
    const Identity& identity() const { return *identity_; }
    std::string_view user() const { return identity_ ? std::string_view(identity_->user) : ""; }

    /// A token, API key or ticket sent in the session: the first, or a newer one of the same user.
    /// Nothing when it is good.
    std::optional<Refusal> admit(std::string_view credential);

    /// Often; `now` is monotonic. Unauthorized once the time for a first credential is over, or the
    /// one that was good holds no longer (seen within a second).
    std::optional<CloseCode> check(Nanos now);

private:
    Gate& gate_;
    const std::string address_;
    std::optional<Identity> identity_;
    Nanos deadline_{0};
    Nanos looked_at_{0};
};

}  // namespace tickstock
