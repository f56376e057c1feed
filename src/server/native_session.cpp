#include "server/native_session.hpp"

#include <algorithm>

#include "base/json_writer.hpp"

namespace tickstock {
namespace {

void epoch_and(JsonWriter& json, const std::string& epoch, std::string_view name, Offset offset) {
    json.key("epoch").string(epoch).key(name).number(offset.value());
}

void number_or_null(JsonWriter& json, Offset offset) {
    offset == Offset{} ? json.null() : json.number(offset.value());
}

std::string begin_frame(std::string_view op, const std::string& id) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("op").string(op);
    if (!id.empty()) {
        json.key("id").string(id);
    }
    return text;
}

std::string subscribed_text(const std::string& id, const Delivery& delivery) {
    std::string text = begin_frame("subscribed", id);
    text += ',';
    JsonWriter json(text);
    json.key("position").begin_object();
    epoch_and(json, delivery.epoch, "offset", delivery.last);
    json.end_object().key("recovered").boolean(delivery.recovered);
    json.key("reason");
    delivery.reason.empty() ? json.null() : json.string(delivery.reason);
    json.end_object();
    return text;
}

std::string gap_text(const std::string& id, const Delivery& delivery) {
    std::string text = begin_frame("gap", id);
    text += ',';
    JsonWriter json(text);
    epoch_and(json, delivery.epoch, "from", delivery.first);
    json.key("to");
    number_or_null(json, delivery.last);
    json.key("reason").string(delivery.reason).end_object();
    return text;
}

std::string snapshot_head(const std::string& id, const Delivery& delivery) {
    std::string text = begin_frame("snapshot", id);
    text += ',';
    JsonWriter json(text);
    epoch_and(json, delivery.epoch, "offset", delivery.last);
    json.key("more").boolean(delivery.more).key("events");
    text += '[';
    text += *delivery.text;
    text += "]}";
    return text;
}

std::string bookmark_tail(const Delivery& delivery) {
    std::string text;
    JsonWriter json(text);
    epoch_and(json, delivery.epoch, "first", delivery.first);
    json.key("last").number(delivery.last.value());
    json.key("events").begin_array().end_array().end_object();
    return text;
}

}  // namespace

NativeSession::NativeSession(Fanout& fanout, ClientCounts& counts, Nanos heartbeat_interval)
    : fanout_(fanout), counts_(counts), heartbeat_interval_(heartbeat_interval) {}

NativeSession::~NativeSession() {
    counts_.subscriptions -= entries_.size();
}

std::optional<CloseCode> NativeSession::on_text(std::string_view text, Nanos now) {
    ++counts_.messages_in;
    if (!message_rate_.take(now)) {
        return CloseCode::PolicyViolation;
    }
    const auto message = parse_client_message(text);
    if (message.ok()) {
        std::visit([&](const auto& request) { handle(request); }, message.value());
    } else {
        reply_error(message.error());
    }
    return std::nullopt;
}

std::vector<NativeSession::Entry>::iterator NativeSession::find(std::string_view id) {
    return std::ranges::find_if(entries_,
                                [&](const Entry& entry) { return entry.subscription->id() == id; });
}

void NativeSession::handle(const SubscribeRequest& request) {
    if (find(request.id) != entries_.end()) {
        reply_error({ErrorCode::SubscriptionExists, "unsubscribe this id first", request.id});
        return;
    }
    if (entries_.size() == limits::subscriptions_per_client) {
        reply_error(
            {ErrorCode::TooManySubscriptions, "512 subscriptions are the limit", request.id});
        return;
    }
    entries_.push_back(
        {std::make_unique<Subscription>(request, Encoding::Native, fanout_),
         std::make_shared<const std::string>(begin_frame("events", request.id) + ',')});
    ++counts_.subscriptions;
}

void NativeSession::handle(const UnsubscribeRequest& request) {
    const auto entry = find(request.id);
    if (entry == entries_.end()) {
        reply_error({ErrorCode::UnknownSubscription, "no subscription has this id", request.id});
        return;
    }
    entries_.erase(entry);
    --counts_.subscriptions;
    replies_.push_back(begin_frame("unsubscribed", request.id) + '}');
}

void NativeSession::handle(const PingRequest& request) {
    std::string text = begin_frame("pong", request.id);
    text += ',';
    JsonWriter json(text);
    json.key("ts").number(to_ns(fanout_.clock().wall())).end_object();
    replies_.push_back(std::move(text));
}

void NativeSession::reply_error(const ProtocolError& error) {
    ++counts_.protocol_errors;
    std::string text = begin_frame("error", error.id);
    text += ',';
    JsonWriter json(text);
    json.key("code").string(info(error.code).word);
    json.key("message").string(error.message).end_object();
    replies_.push_back(std::move(text));
}

OutFrame NativeSession::heartbeat() const {
    const StreamRange& head = fanout_.head();
    std::string text = begin_frame("heartbeat", "");
    text += ',';
    JsonWriter json(text);
    epoch_and(json, head.epoch, "offset", head.last);
    json.key("ts").number(to_ns(fanout_.clock().wall())).end_object();
    return own_frame(std::move(text));
}

OutFrame NativeSession::encode(const Entry& entry, Delivery delivery) {
    const std::string& id = entry.subscription->id();
    OutFrame frame;
    switch (delivery.kind) {
        case Delivery::Kind::Subscribed: frame = own_frame(subscribed_text(id, delivery)); break;
        case Delivery::Kind::Snapshot: frame = own_frame(snapshot_head(id, delivery)); break;
        case Delivery::Kind::Gap:
            ++counts_.gaps;
            frame = own_frame(gap_text(id, delivery));
            break;
        case Delivery::Kind::Events:
            frame.head = entry.events_head;
            frame.tail = delivery.text
                             ? std::move(delivery.text)
                             : std::make_shared<const std::string>(bookmark_tail(delivery));
            break;
    }
    frame.events = delivery.events;
    frame.ts_pub = delivery.ts_pub;
    return frame;
}

std::optional<OutFrame> NativeSession::next(Nanos now) {
    if (!replies_.empty()) {
        OutFrame frame = own_frame(std::move(replies_.front()));
        replies_.pop_front();
        return frame;
    }
    if (!draining_ && now - heartbeat_at_ >= heartbeat_interval_) {
        heartbeat_at_ = now;
        return heartbeat();
    }
    for (std::size_t asked = 0; asked < entries_.size(); ++asked) {
        const Entry& entry = entries_[turn_++ % entries_.size()];
        if (auto delivery = entry.subscription->next(now, draining_)) {
            return encode(entry, std::move(*delivery));
        }
    }
    return std::nullopt;
}

void NativeSession::mark_write() {
    for (const Entry& entry : entries_) {
        entry.subscription->mark_write();
    }
}

std::size_t NativeSession::bytes_due() {
    std::size_t bytes = 0;
    for (const Entry& entry : entries_) {
        bytes += entry.subscription->bytes_due();
    }
    return bytes;
}

}  // namespace tickstock
