#include "server/sse_session.hpp"

#include "base/json_writer.hpp"
#include "server/user_filters.hpp"

namespace tickstock {
namespace {

/// A client that breaks off inside a snapshot must not resume behind it: no id before its end.
std::string id_line(const Delivery& delivery) {
    if (delivery.more) {
        return {};
    }
    return "id: " + delivery.epoch + ":" + std::to_string(delivery.last.value()) + "\n";
}

std::string subscribed_text(const Delivery& delivery, const std::vector<std::string>& names) {
    std::string text = "retry: 2000\nevent: subscribed\n" + id_line(delivery) + "data: ";
    JsonWriter json(text);
    json.begin_object().key("position").begin_object();
    json.key("epoch").string(delivery.epoch).key("offset").number(delivery.last.value());
    json.end_object().key("recovered").boolean(delivery.recovered).key("reason");
    delivery.reason.empty() ? json.null() : json.string(delivery.reason);
    if (!names.empty()) {
        json.key("user_filters").begin_array();
        for (const std::string& name : names) {
            json.string(name);
        }
        json.end_array();
    }
    json.end_object();
    return text + "\n\n";
}

std::string gap_text(const Delivery& delivery) {
    const bool is_open = delivery.last == Offset{};
    std::string text = "event: gap\n" + (is_open ? "" : id_line(delivery)) + "data: ";
    JsonWriter json(text);
    json.begin_object().key("epoch").string(delivery.epoch);
    json.key("from").number(delivery.first.value()).key("to");
    is_open ? json.null() : json.number(delivery.last.value());
    json.key("reason").string(delivery.reason).end_object();
    return text + "\n\n";
}

std::string bookmark_text(const Delivery& delivery) {
    std::string text = "event: bookmark\n" + id_line(delivery) + "data: ";
    JsonWriter json(text);
    json.begin_object().key("epoch").string(delivery.epoch);
    json.key("first").number(delivery.first.value());
    json.key("last").number(delivery.last.value()).end_object();
    return text + "\n\n";
}

std::string snapshot_text(const Delivery& delivery) {
    std::string text = "event: snapshot\n" + id_line(delivery) + "data: ";
    JsonWriter json(text);
    json.begin_object().key("epoch").string(delivery.epoch);
    json.key("offset").number(delivery.last.value()).key("more").boolean(delivery.more);
    json.key("events");
    return text + '[' + *delivery.text + "]}\n\n";
}

SubscribeRequest with_user_filters(SubscribeRequest request, Fanout& fanout,
                                   const UserDirectory& users, std::string_view user) {
    if (request.user_filters) {
        user_filters(users, fanout, user)->apply_to(request.filter);
    }
    return request;
}

}  // namespace

SseSession::SseSession(const SubscribeRequest& request, Fanout& fanout, ClientCounts& counts,
                       Nanos heartbeat_interval, Gate& gate, const UserDirectory& users,
                       const Identity& identity)
    : access_(gate, "", identity),
      fanout_(fanout),
      users_(users),
      own_(request.filter),
      user_filters_(request.user_filters),
      subscription_(with_user_filters(request, fanout, users, identity.user), Encoding::Sse,
                    fanout),
      counts_(counts),
      heartbeat_interval_(heartbeat_interval),
      heartbeat_at_(fanout.clock().monotonic()) {
    ++counts_.subscriptions;
}

SseSession::~SseSession() {
    --counts_.subscriptions;
}

void SseSession::on_user_change(std::string_view user) {
    if (!user_filters_ || access_.user() != user) {
        return;
    }
    const auto filters = user_filters(users_, fanout_, user);
    FilterSpec spec = own_;
    filters->apply_to(spec);
    auto compiled = fanout_.filters().compile(std::move(spec));
    if (compiled.get() != &subscription_.filter()) {
        std::string text = "event: user_filters\ndata: ";
        JsonWriter json(text);
        json.begin_object().key("filters").begin_array();
        for (const std::string& name : filters->names) {
            json.string(name);
        }
        json.end_array().end_object();
        news_ = text + "\n\n";
        subscription_.set_filter(std::move(compiled));
    }
}

OutFrame SseSession::encode(Delivery delivery) {
    OutFrame frame;
    switch (delivery.kind) {
        case Delivery::Kind::Subscribed:
            frame = own_frame(subscribed_text(
                delivery, user_filters_ ? user_filters(users_, fanout_, user())->names
                                        : std::vector<std::string>()));
            break;
        case Delivery::Kind::Snapshot: frame = own_frame(snapshot_text(delivery)); break;
        case Delivery::Kind::Gap:
            ++counts_.gaps;
            frame = own_frame(gap_text(delivery));
            break;
        case Delivery::Kind::Events:
            if (delivery.body) {
                frame.body = std::move(delivery.body);
            } else {
                frame = own_frame(bookmark_text(delivery));
            }
            break;
    }
    frame.events = delivery.events;
    frame.ts_pub = delivery.ts_pub;
    frame.ts_received = delivery.ts_received;
    return frame;
}

std::optional<OutFrame> SseSession::next(Nanos now) {
    if (!draining_ && now - heartbeat_at_ >= heartbeat_interval_) {
        heartbeat_at_ = now;
        return own_frame(": heartbeat\n\n");
    }
    if (news_) {
        return own_frame(*std::exchange(news_, std::nullopt));
    }
    if (auto delivery = subscription_.next(now, draining_)) {
        return encode(std::move(*delivery));
    }
    return std::nullopt;
}

}  // namespace tickstock
