// Rows of the settings table: who may come in (SPEC 12).

#include "config/setting_checks.hpp"
#include "config/setting_rows.hpp"
#include "config/table_parts.hpp"

namespace tickstock {
namespace {

using namespace setting_rows;
using namespace std::chrono_literals;

constexpr auto restart = SettingChange::Restart;

// A member of Config by its path, for const and non-const configurations alike.
#define TS_FIELD(path)          \
    [](auto& config) -> auto& { \
        return config.path;     \
    }

void add_tokens(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {text("auth.jwt_algorithm", "empty, HS256, RS256 or EdDSA", is_jwt_algorithm_or_empty,
              restart, TS_FIELD(auth.jwt_algorithm),
              "The one signature algorithm of JSON Web Tokens, whatever their headers say; empty "
              "takes no such tokens."),
         text("auth.jwt_key_file", "PATH or KID=PATH", is_path, restart,
              TS_FIELD(auth.jwt_key_files),
              "Secret (HS256) or public key in PEM that tokens are verified with; several while "
              "keys are rotated. A secret may be in the environment as TICKSTOCK_JWT_KEY instead."),
         text("auth.jwt_issuer", "empty or the text of iss", {}, restart, TS_FIELD(auth.jwt_issuer),
              "Tokens must have this issuer; empty takes any."),
         text("auth.jwt_audience", "empty or a text of aud", {}, restart,
              TS_FIELD(auth.jwt_audience),
              "Tokens must be meant for this audience; empty takes any."),
         seconds("auth.leeway_seconds", 0s, 300s, restart, TS_FIELD(auth.leeway),
                 "Difference of clocks that is allowed where a token's times are checked.")});
}

}  // namespace

void add_auth(std::vector<Setting>& table) {
    table.push_back(word("auth.mode", {"off", "required"}, restart, TS_FIELD(auth.mode),
                         "Whether clients must say who they are. Off: those that do not are the "
                         "user local with all rights."));
    add_tokens(table);
    table.insert(
        table.end(),
        {text("auth.api_keys_file", "empty or a path", {}, restart, TS_FIELD(auth.api_keys_file),
              "File of the API keys, read again when it changes; empty is api_keys.json in "
              "data.directory."),
         text("auth.revoked_file", "empty or a path", {}, restart, TS_FIELD(auth.revoked_file),
              "Tokens that hold no longer, a jti=ID or sub=USER a line, read again when it "
              "changes; empty revokes none."),
         integer("auth.failures_per_minute", 1, 1'000'000, "failures", restart,
                 TS_FIELD(auth.failures_per_minute),
                 "Failed attempts of one address; more are refused without a look."),
         seconds("auth.ticket_seconds", 1s, 3600s, restart, TS_FIELD(auth.ticket_life),
                 "Life of a one-time ticket, with which a browser opens a WebSocket."),
         seconds("auth.deadline_seconds", 100ms, 300s, restart, TS_FIELD(auth.deadline),
                 "Time in which a WebSocket without an Authorization header has to send its first "
                 "frame, auth.")});
}

#undef TS_FIELD

}  // namespace tickstock
