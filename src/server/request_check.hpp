#pragma once

#include <optional>

#include "server/asio.hpp"
#include "server/http.hpp"

namespace tickstock {

// What Beast's parser lets pass and this server does not, because two programs could read it in two
// ways (RELIABILITY, row 24), and what RFC 6455 asks of a handshake. Called by HttpConnection with
// every request whose head has come. Each gives the answer that refuses it; the connection ends
// with that answer, as nobody knows where the next request would begin.

/// Where the body ends must be told once: by one Content-Length of digits, or by one
/// Transfer-Encoding that is `chunked` and nothing else (RFC 9112, 6). One Host (3.2). Origin,
/// Authorization, Content-Type and Expect at most once: which of two would count?
std::optional<HttpResponse> refusal_of_framing(const UpgradeRequest& request);

/// RFC 6455, 4.2.1. `anything_follows`: a body is announced, or bytes have come behind the head;
/// a client waits for the answer before it sends frames (4.1).
std::optional<HttpResponse> refusal_of_handshake(const UpgradeRequest& request,
                                                 bool anything_follows);

/// Makes one header of several `Connection` or `Upgrade`, which mean the same (RFC 9110, 5.3), but
/// of which Beast reads the first.
void join_upgrade_fields(UpgradeRequest& request);

}  // namespace tickstock
