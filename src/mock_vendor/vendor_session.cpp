#include "mock_vendor/vendor_session.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/json_writer.hpp"

namespace tickstock {
namespace {

void append_status(std::string& out, std::string_view status, std::string_view message) {
    JsonWriter(out)
        .begin_object()
        .key("ev")
        .string("status")
        .key("status")
        .string(status)
        .key("message")
        .string(message)
        .end_object();
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

VendorSession::Reply refusal(std::string_view message) {
    VendorSession::Reply reply;
    reply.frame = status_frame("error", message);
    return reply;
}

}  // namespace

std::string status_frame(std::string_view status, std::string_view message) {
    std::string out = "[";
    append_status(out, status, message);
    out.push_back(']');
    return out;
}

std::string max_connections_frame() {
    return status_frame("max_connections",
                        "Maximum number of websocket connections exceeded. You have reached the "
                        "connection limit of your account.");
}

VendorSession::VendorSession(const Tape& tape, std::function<Verdict(std::string_view)> judge)
    : judge_(std::move(judge)), topics_(tape) {}

std::string VendorSession::greeting() {
    return status_frame("connected", "Connected Successfully");
}

VendorSession::Reply VendorSession::on_auth_timeout() {
    Reply reply;
    reply.frame = status_frame("auth_timeout", "No authentication request received.");
    reply.close = true;
    return reply;
}

VendorSession::Reply VendorSession::on_text(std::string_view text) {
    const auto message = nlohmann::json::parse(text, nullptr, false);
    if (!message.is_object()) {
        return refusal("invalid message: expected one JSON object with action and params");
    }
    const auto action = message.find("action");
    const auto params = message.find("params");
    if (action == message.end() || !action->is_string() || params == message.end() ||
        !params->is_string()) {
        return refusal("invalid message: action and params must be strings");
    }
    const auto& verb = action->get_ref<const std::string&>();
    const auto& argument = params->get_ref<const std::string&>();
    if (verb == "auth") {
        return authenticate(argument);
    }
    if (verb != "subscribe" && verb != "unsubscribe") {
        return refusal("unknown action: " + verb);
    }
    return authenticated_ ? subscribe(argument, verb == "subscribe")
                          : refusal("not authenticated: " + verb + " before auth");
}

VendorSession::Reply VendorSession::authenticate(std::string_view key) {
    Reply reply;
    if (authenticated_) {
        reply.frame = status_frame("auth_success", "authenticated");
        return reply;
    }
    switch (judge_(key)) {
        case Verdict::Good:
            authenticated_ = true;
            key_ = key;
            reply.authenticated = true;
            reply.frame = status_frame("auth_success", "authenticated");
            break;
        case Verdict::Bad:
            reply.frame = status_frame("auth_failed", "authentication failed");
            reply.close = true;
            break;
        case Verdict::Silent: break;
    }
    return reply;
}

VendorSession::Reply VendorSession::subscribe(std::string_view params, bool add) {
    Reply reply;
    reply.resubscribed = true;
    reply.frame = "[";
    while (true) {
        const std::size_t comma = params.find(',');
        const std::string topic(trimmed(params.substr(0, comma)));
        if (reply.frame.size() > 1) {
            reply.frame.push_back(',');
        }
        if (add ? topics_.add(topic) : topics_.remove(topic)) {
            append_status(reply.frame, "success",
                          (add ? "subscribed to: " : "unsubscribed to: ") + topic);
        } else {
            append_status(reply.frame, "error", "invalid topic: " + topic);
        }
        if (comma == std::string_view::npos) {
            break;
        }
        params.remove_prefix(comma + 1);
    }
    reply.frame.push_back(']');
    return reply;
}

}  // namespace tickstock
