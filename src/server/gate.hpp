#pragma once

#include <string>
#include <string_view>

#include "auth/authenticator.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "server/codes.hpp"

namespace tickstock {

/// Why someone was not let in, as the client is told; the log and a counter know more.
struct Refusal {
    ErrorCode code = ErrorCode::Unauthorized;
    std::string message;
    Nanos retry_after{0};  ///< 0 = at once, with another credential
};

/// The server's one place that lets people in: the Authenticator with the server's clock. I/O
/// thread only.
class Gate {
public:
    /// `authenticator` outlives the gate; null = nobody has to say who he is.
    Gate(const AuthSettings& settings, Authenticator* authenticator, const Clock& clock)
        : settings_(settings), authenticator_(authenticator), clock_(clock) {}

    /// Whose the credential is: a JWT, an API key or a ticket, without "Bearer "; empty = none.
    Result<Identity, Refusal> admit(std::string_view credential, std::string_view address);

    /// Without a credential: true when that is enough.
    bool is_open() const { return authenticator_ == nullptr || !authenticator_->required(); }
    /// For a connection that lives on.
    bool is_still_valid(const Identity& identity) const;
    /// A one-time ticket for someone who was let in; empty when nobody needs one.
    std::string issue_ticket(const Identity& identity);

    /// Often: looks at the files of keys and revocations every 0.4 s.
    void tick(Nanos now);
    /// Reads the keys of tokens again (SIGHUP).
    void reload();

    const AuthSettings& settings() const { return settings_; }
    const Authenticator* authenticator() const { return authenticator_; }

private:
    const AuthSettings settings_;
    Authenticator* authenticator_;
    const Clock& clock_;
    Nanos looked_at_{0};
};

}  // namespace tickstock
