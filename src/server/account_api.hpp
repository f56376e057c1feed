#pragma once

#include "auth/identity.hpp"
#include "server/closed_connections.hpp"
#include "server/gate.hpp"
#include "server/http.hpp"
#include "server/session.hpp"

namespace tickstock {

/// 401 or 429 in the words of the refusal.
HttpResponse refusal_response(const Refusal& refusal);
/// Whom it takes, and who he is.
std::string missing_role(const Identity& identity, Role needed);
/// 403 in these words.
HttpResponse role_refusal(const Identity& identity, Role needed);

/// GET /api/v1/me: who the credential says that one is.
HttpResponse me_page(const Identity& identity);

/// GET /api/v1/connections: what is open, by kind, and how the newest 100 that ended did.
HttpResponse connections_page(const ClientCounts& counts, const ClosedConnections& closed);

}  // namespace tickstock
