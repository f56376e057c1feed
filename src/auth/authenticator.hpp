#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/auth_failure.hpp"
#include "auth/identity.hpp"
#include "auth/secret.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "config/config.hpp"

namespace tickstock {

/// The one place that says who someone is. A credential is a JSON Web Token (two dots), an API key
/// ("tsk_…") or a one-time ticket ("tkt_…"); the text alone decides which. Clocks are passed in:
/// `wall` for the times in tokens, `monotonic` for throttle and tickets. One thread (the server's).
class Authenticator {
public:
    /// Reads keys, API keys and revocations. Errors are ready to show and never hold a secret.
    /// `data_directory` is where api_keys.json is unless configured.
    static Result<std::unique_ptr<Authenticator>> create(const AuthSettings& settings,
                                                         const std::string& data_directory,
                                                         const Environment& environment);
    ~Authenticator();

    /// Who `credential` (without "Bearer ") proves. Empty: the local admin while auth.mode is off,
    /// else Missing. A given credential is verified in each mode, unless there is nothing to verify
    /// any with. `address` is the client's, for the throttle.
    Result<Identity, AuthFailure> authenticate(std::string_view credential,
                                               std::string_view address, UnixNanos wall,
                                               Nanos monotonic);

    /// For a session that lives: false once it has run out, was revoked, or its key was taken away.
    /// To be asked once a second, after reload_if_changed().
    bool is_still_valid(const Identity& identity, UnixNanos wall) const;

    /// A ticket for someone who has proven who he is.
    std::string issue_ticket(const Identity& identity, Nanos monotonic);

    /// Once a second: reads API keys and revocations again if their files changed. The lines say
    /// what could not be read, once; what was read before holds on.
    std::vector<std::string> reload_if_changed();

    /// On SIGHUP: reads the keys of JWTs again. On an error the old ones stay.
    Result<bool> reload_keys();

    /// Time until `address` may try again; 0 when it may.
    Nanos retry_after(std::string_view address, Nanos monotonic) const;

    bool required() const;
    /// For the log at start: which keys (by fingerprint) and files, and what looks wrong.
    std::vector<std::string> describe() const;
    /// Attempts that failed, by reason, and that succeeded: for metrics.
    std::uint64_t failures(AuthFailure failure) const;
    std::uint64_t successes() const;

private:
    struct Parts;
    explicit Authenticator(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

/// The file of the API keys: the configured one, or api_keys.json in the data directory.
std::string api_keys_path(const AuthSettings& settings, const std::string& data_directory);

/// The credential in an Authorization header's value: "Bearer TEXT", the word in any case. Empty
/// when it is none.
std::string_view bearer_credential(std::string_view authorization);

}  // namespace tickstock
