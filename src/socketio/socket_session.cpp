#include "socketio/socket_session.hpp"

#include <array>
#include <utility>

#include "base/assert.hpp"
#include "base/json_writer.hpp"
#include "socketio/json_slices.hpp"

namespace tickstock {
namespace {

/// What clients may ask for, and the event that answers where no acknowledgement is wanted.
struct Request {
    std::string_view event;
    SocketVerb verb;
    std::string_view answer;
};
constexpr std::array<Request, 7> requests{{
    {"subscribe", SocketVerb::Subscribe, "subscribed"},
    {"unsubscribe", SocketVerb::Unsubscribe, "unsubscribed"},
    {"get_filters", SocketVerb::GetFilters, "filters"},
    {"set_filters", SocketVerb::SetFilters, "filters"},
    {"get_universes", SocketVerb::GetUniverses, "universes"},
    {"set_universes", SocketVerb::SetUniverses, "universes"},
    {"user_status_request", SocketVerb::UserStatus, "user_status_response"},
}};

const Request& request_of(SocketVerb verb) {
    for (const Request& request : requests) {
        if (request.verb == verb) {
            return request;
        }
    }
    TS_ASSERT(false);
}

std::string message_object(std::string_view message) {
    std::string text;
    JsonWriter(text).begin_object().key("message").string(message).end_object();
    return text;
}

std::string unknown_event(std::string_view name) {
    std::string text = "unknown event \"";
    text += name;
    text += "\"; known are ping";
    for (const Request& request : requests) {
        text += ", ";
        text += request.event;
    }
    return text;
}

/// `43<id>[{"ok":…}]`.
std::string acknowledgement(std::uint64_t id, const Result<std::string>& result) {
    std::string payload = "[";
    JsonWriter json(payload);
    json.begin_object().key("ok").boolean(result.ok());
    result.ok() ? json.key("data").raw(*result) : json.key("error").string(result.error().message);
    json.end_object();
    payload += ']';
    return "4" + encode_socket_packet({SocketPacketType::Ack, 0, "/", id, payload});
}

/// The `token` of CONNECT's payload. Nothing when it is there and no string.
std::optional<std::string> token_of(std::string_view payload) {
    if (trim_json(payload).empty()) {
        return "";
    }
    const std::string_view value = json_member(payload, "token");
    if (value.empty() || value == "null") {
        return "";
    }
    return value.front() == '"' ? std::optional(json_text(value)) : std::nullopt;
}

}  // namespace

SocketSession::SocketSession(std::string sid, const SocketSettings& settings, SocketHost& host,
                             Nanos now)
    : sid_(std::move(sid)),
      settings_(settings),
      host_(host),
      connect_by_(now + settings.connect_timeout) {}

void SocketSession::say(std::string text) {
    answers_.push_back(std::move(text));
}

void SocketSession::emit(std::string_view event, std::string_view argument) {
    std::string text = "42[";
    JsonWriter json(text);
    json.string(event);
    if (!argument.empty()) {
        json.raw(argument);
    }
    say(text + ']');
}

EngineApplication::Verdict SocketSession::refuse(std::string_view why) {
    if (connected_) {
        emit("error", message_object(why));
    }
    leaving_ = true;
    return Verdict::Close;
}

EngineApplication::Verdict SocketSession::on_message(std::string_view text, Nanos now) {
    if (leaving_) {
        return Verdict::Close;
    }
    if (!host_.allows_message(now)) {
        return refuse("too many messages");
    }
    SocketPacket packet;
    if (const auto fault = decode_socket_packet(text, {}, packet)) {
        return refuse(to_string(*fault));
    }
    Verdict verdict = Verdict::GoOn;
    switch (packet.type) {
        case SocketPacketType::Connect: verdict = on_connect(packet, now); break;
        case SocketPacketType::Event: verdict = on_event(packet, now); break;
        case SocketPacketType::Ack:  // nothing was asked of the client
            verdict = connected_ ? Verdict::GoOn : refuse("not connected");
            break;
        case SocketPacketType::Disconnect:
            if (connected_ && packet.nsp == "/") {
                connected_ = false;
                connect_by_ = now + settings_.connect_timeout;
                answers_.clear();
                host_.on_disconnected();
            }
            break;
        case SocketPacketType::ConnectError:
        case SocketPacketType::BinaryEvent:
        case SocketPacketType::BinaryAck: verdict = refuse("not for clients to send"); break;
    }
    if (answers_.size() > settings_.answers_waiting_max) {
        answers_.clear();
        return refuse("too many answers wait to be read");
    }
    return verdict;
}

EngineApplication::Verdict SocketSession::on_connect(const SocketPacket& packet, Nanos now) {
    if (packet.nsp != "/") {
        say("4" + encode_socket_packet({SocketPacketType::ConnectError, 0, packet.nsp, std::nullopt,
                                        message_object("Invalid namespace")}));
        return Verdict::GoOn;
    }
    if (connected_) {
        return refuse("connected already");
    }
    const auto token = token_of(packet.payload);
    auto user = token ? host_.authenticate(*token, now)
                      : Result<SocketUser>(Error{"the token must be a string"});
    if (!user.ok()) {
        say("44" + message_object("Not authorized"));
        return Verdict::GoOn;
    }
    user_ = std::move(*user);
    connected_ = true;
    std::string sid;
    JsonWriter(sid).begin_object().key("sid").string(sid_).end_object();
    say("40" + sid);
    host_.on_connected(now);
    return Verdict::GoOn;
}

EngineApplication::Verdict SocketSession::on_event(const SocketPacket& packet, Nanos now) {
    if (!connected_ || packet.nsp != "/") {
        return refuse("not connected to this namespace");
    }
    const SocketEvent event = read_socket_event(packet.payload);
    if (event.name == "ping") {
        emit("pong", event.argument);
        if (packet.ack_id) {
            say(acknowledgement(*packet.ack_id, Result<std::string>(std::string("\"pong\""))));
        }
        return Verdict::GoOn;
    }
    for (const Request& request : requests) {
        if (request.event == event.name) {
            host_.call({request.verb, packet.ack_id}, event.argument, now);
            return Verdict::GoOn;
        }
    }
    const std::string message = unknown_event(event.name);
    emit("error", message_object(message));
    if (packet.ack_id) {
        say(acknowledgement(*packet.ack_id, Result<std::string>(Error{message})));
    }
    return Verdict::GoOn;
}

void SocketSession::answer(const SocketCall& call, const Result<std::string>& result) {
    if (!connected_ || leaving_) {
        return;
    }
    const Request& request = request_of(call.verb);
    // The pages of old listen to user_status_response, whether they acknowledge or not.
    if (result.ok() && (!call.ack_id || call.verb == SocketVerb::UserStatus)) {
        emit(request.answer, *result);
    }
    if (call.ack_id) {
        say(acknowledgement(*call.ack_id, result));
    } else if (!result.ok()) {
        emit("error", message_object(std::string(request.event) + ": " + result.error().message));
    }
}

EngineApplication::Verdict SocketSession::on_tick(Nanos now) {
    if (!connected_ && !leaving_ && now >= connect_by_) {
        leaving_ = true;
        return Verdict::Close;
    }
    return leaving_ ? Verdict::Close : Verdict::GoOn;
}

std::optional<EngineFrame> SocketSession::next(Nanos now) {
    if (!answers_.empty()) {
        EngineFrame frame{std::make_shared<const std::string>(std::move(answers_.front())), 0, {}};
        answers_.pop_front();
        return frame;
    }
    return connected_ && !leaving_ ? host_.next(now) : std::nullopt;
}

}  // namespace tickstock
