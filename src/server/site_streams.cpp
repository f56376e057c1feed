// The part of the site that starts what streams: WebSockets and Server-Sent Events.

#include <fmt/format.h>

#include "server/account_api.hpp"
#include "server/events_api.hpp"
#include "server/ingest_session.hpp"
#include "server/native_session.hpp"
#include "server/site.hpp"

namespace tickstock {
namespace {

constexpr std::string_view subprotocol = "tickstock";
constexpr std::string_view ticket_prefix = "ticket.";
/// Libraries that send a message piece by piece use pieces of 4 KiB or more.
constexpr std::size_t ingest_fragments = limits::ingest_message_bytes / 1024;

/// What a browser's WebSocket says in place of headers: `tickstock, ticket.TEXT`.
struct Subprotocols {
    bool has_ours = false;
    std::string_view ticket;
};
Subprotocols parse_subprotocols(std::string_view text) {
    Subprotocols found;
    for (std::string_view word : split_list(text)) {
        while (word.starts_with(' ')) {
            word.remove_prefix(1);
        }
        while (word.ends_with(' ')) {
            word.remove_suffix(1);
        }
        if (word == subprotocol) {
            found.has_ours = true;
        } else if (word.starts_with(ticket_prefix)) {
            found.ticket = word.substr(ticket_prefix.size());
        }
    }
    return found;
}

}  // namespace

/// Who opens a WebSocket, as far as the handshake says: a program in a header; a browser by a
/// ticket among the subprotocols, or not yet, when the first message has to.
Result<Site::Upgrade, HttpResponse> Site::upgrade_of(const HttpRequest& request) const {
    if (!request.wants_upgrade) {
        HttpResponse response =
            error_response(ErrorCode::UpgradeRequired, "this path speaks WebSocket");
        response.headers.emplace_back("Upgrade", "websocket");
        return response;
    }
    if (is_stopping_) {
        return error_response(ErrorCode::NotReady, "the server stops");
    }
    const Subprotocols offered = parse_subprotocols(request.subprotocols);
    const std::string_view credential =
        offered.ticket.empty() ? bearer_credential(request.authorization) : offered.ticket;
    Upgrade upgrade;
    upgrade.subprotocol = offered.has_ours ? subprotocol : std::string_view();
    if (!credential.empty() || parts_.gate.is_open()) {
        auto admitted = parts_.gate.admit(credential, request.address);
        if (!admitted.ok()) {
            return refusal_response(admitted.error());
        }
        upgrade.identity = std::move(admitted).value();
    }
    return upgrade;
}

/// The upgrade of /ws.
HttpAnswer Site::start_native(const Asked& asked) const {
    auto upgrade = upgrade_of(asked.request);
    if (!upgrade.ok()) {
        return upgrade.error();
    }
    StartWebSocket start;
    start.subprotocol = upgrade->subprotocol;
    start.user = upgrade->identity ? upgrade->identity->user : "";
    start.session = std::make_unique<NativeSession>(
        NativeSession::Parts{parts_.fanout, parts_.clients, parts_.settings, parts_.gate,
                             parts_.users, asked.request.address},
        std::move(upgrade->identity));
    return start;
}

/// The upgrade of /ingest: as that of /ws, for who may push.
HttpAnswer Site::start_ingest(const Asked& asked) const {
    auto upgrade = upgrade_of(asked.request);
    if (!upgrade.ok()) {
        return upgrade.error();
    }
    if (upgrade->identity && !upgrade->identity->may(role_to_push)) {
        return role_refusal(*upgrade->identity, role_to_push);
    }
    if (!parts_.ingest.has_queue()) {
        return error_response(ErrorCode::NotReady, no_push_source());
    }
    StartWebSocket start;
    start.kind = "ingest";
    start.max_message_bytes = limits::ingest_message_bytes;
    start.max_fragments = ingest_fragments;
    start.subprotocol = upgrade->subprotocol;
    start.user = upgrade->identity ? upgrade->identity->user : "";
    start.session = std::make_unique<IngestSession>(
        IngestSession::Parts{parts_.ingest, parts_.clients, parts_.settings, parts_.gate,
                             asked.request.address, role_to_push},
        std::move(upgrade->identity));
    return start;
}

HttpAnswer Site::start_sse(const Asked& asked) const {
    if (asked.request.method != "GET") {
        return error_response(ErrorCode::MethodNotAllowed, "this path answers GET");
    }
    auto subscription = parse_subscription_query(asked.target);
    if (!subscription.ok()) {
        return error_response(subscription.error().code, subscription.error().message);
    }
    if (const auto error =
            parts_.fanout.resolve(subscription.value().filter, asked.identity.user)) {
        return error_response(error->code, error->message);
    }
    if (!asked.request.last_event_id.empty()) {
        const auto position = parse_position(asked.request.last_event_id);
        if (!position) {
            return error_response(ErrorCode::BadRequest, "Last-Event-ID must be epoch:offset");
        }
        subscription.value().since = {Since::Kind::From, *position};
    }
    if (is_stopping_) {
        return error_response(ErrorCode::NotReady, "the server stops");
    }
    return StartSse{std::move(subscription).value(), asked.identity};
}

}  // namespace tickstock
