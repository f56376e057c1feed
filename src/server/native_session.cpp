#include "server/native_session.hpp"

#include <algorithm>

#include "base/json_writer.hpp"
#include "server/native_frames.hpp"
#include "server/user_filters.hpp"

namespace tickstock {
namespace {

constexpr std::size_t before_admission_bytes = 8 * 1024;

}  // namespace

NativeSession::NativeSession(Parts parts, std::optional<Identity> identity)
    : fanout_(parts.fanout),
      counts_(parts.counts),
      settings_(parts.settings),
      users_(parts.users),
      access_(parts.gate, std::move(parts.address), std::move(identity)),
      message_rate_(settings_.messages_per_second, settings_.messages_burst) {}

NativeSession::~NativeSession() {
    counts_.subscriptions -= entries_.size();
}

std::optional<CloseCode> NativeSession::on_text(std::string_view text, Nanos now) {
    ++counts_.messages_in;
    if (!message_rate_.take(now)) {
        return CloseCode::PolicyViolation;
    }
    if (!access_.is_admitted() && text.size() > before_admission_bytes) {
        return CloseCode::MessageTooBig;  // of someone unknown nothing long is read
    }
    const auto message = parse_client_message(text);
    if (!message.ok()) {
        reply_error(message.error());
        return std::nullopt;
    }
    if (!access_.is_admitted() && !std::holds_alternative<AuthRequest>(message.value())) {
        const auto id = std::visit([](const auto& request) { return request.id; }, message.value());
        reply_error({ErrorCode::Unauthorized, "the first message must be \"auth\"", id});
        return std::nullopt;
    }
    return std::visit([&](const auto& request) { return handle(request); }, message.value());
}

std::vector<NativeSession::Entry>::iterator NativeSession::find(std::string_view id) {
    return std::ranges::find_if(entries_,
                                [&](const Entry& entry) { return entry.subscription->id() == id; });
}

std::optional<CloseCode> NativeSession::handle(const SubscribeRequest& request) {
    if (find(request.id) != entries_.end()) {
        reply_error({ErrorCode::SubscriptionExists, "unsubscribe this id first", request.id});
        return std::nullopt;
    }
    if (entries_.size() >= settings_.max_subscriptions) {
        reply_error({ErrorCode::TooManySubscriptions,
                     std::to_string(settings_.max_subscriptions) + " subscriptions are the limit",
                     request.id});
        return std::nullopt;
    }
    if (symbols_ + request.filter.symbols.size() > limits::symbols_per_client) {
        reply_error({ErrorCode::TooManySubscriptions,
                     std::to_string(limits::symbols_per_client) +
                         " symbols are the limit of a connection; universes have none",
                     request.id});
        return std::nullopt;
    }
    SubscribeRequest resolved = request;
    if (auto error = fanout_.resolve(resolved.filter, user())) {
        error->id = request.id;
        reply_error(*error);
        return std::nullopt;
    }
    symbols_ += resolved.filter.symbols.size();
    FilterSpec own;
    if (request.user_filters) {
        own = resolved.filter;
        user_filters(users_, fanout_, user())->apply_to(resolved.filter);
    }
    entries_.push_back({std::make_unique<Subscription>(resolved, Encoding::Native, fanout_),
                        std::make_shared<const std::string>(
                            native_frames::begin_frame("events", request.id) + ','),
                        std::move(own), request.filter.symbols.size(), request.user_filters});
    ++counts_.subscriptions;
    return std::nullopt;
}

/// A client that takes its snapshot drop by drop would hold one of the few places for others.
std::optional<CloseCode> NativeSession::check(Nanos now) {
    if (snapshot_since_ != Nanos{0} && !is_in_snapshot()) {
        snapshot_since_ = Nanos{0};
    }
    if (snapshot_since_ != Nanos{0} && now - snapshot_since_ > limits::snapshot_patience) {
        return CloseCode::SlowClient;
    }
    return access_.check(now);
}

bool NativeSession::is_in_snapshot() const {
    return std::ranges::any_of(
        entries_, [](const Entry& entry) { return entry.subscription->is_in_snapshot(); });
}

void NativeSession::on_user_change(std::string_view user) {
    if (!access_.is_admitted() || access_.user() != user) {
        return;
    }
    const auto filters = user_filters(users_, fanout_, user);
    bool is_told = false;
    for (Entry& entry : entries_) {
        if (!entry.user_filters) {
            continue;
        }
        FilterSpec spec = entry.own;
        filters->apply_to(spec);
        auto compiled = fanout_.filters().compile(std::move(spec));
        is_told = is_told || compiled.get() != &entry.subscription->filter();
        entry.subscription->set_filter(std::move(compiled));
    }
    if (is_told) {
        std::string text = native_frames::begin_frame("user_filters", "");
        text += ',';
        JsonWriter json(text);
        native_frames::write_names(json.key("filters"), filters->names);
        json.end_object();
        replies_.push_back(std::move(text));
    }
}

std::optional<CloseCode> NativeSession::handle(const UnsubscribeRequest& request) {
    const auto entry = find(request.id);
    if (entry == entries_.end()) {
        reply_error({ErrorCode::UnknownSubscription, "no subscription has this id", request.id});
        return std::nullopt;
    }
    symbols_ -= entry->symbols;
    entries_.erase(entry);
    --counts_.subscriptions;
    replies_.push_back(native_frames::begin_frame("unsubscribed", request.id) + '}');
    return std::nullopt;
}

std::optional<CloseCode> NativeSession::handle(const PingRequest& request) {
    std::string text = native_frames::begin_frame("pong", request.id);
    text += ',';
    JsonWriter json(text);
    json.key("ts").number(to_ns(fanout_.clock().wall())).end_object();
    replies_.push_back(std::move(text));
    return std::nullopt;
}

/// A credential that is not good ends the connection: who guesses has to knock again, and is
/// counted.
std::optional<CloseCode> NativeSession::handle(const AuthRequest& request) {
    if (const auto refusal = access_.admit(request.credential)) {
        return CloseCode::Unauthorized;
    }
    const Identity& identity = access_.identity();
    std::string text = native_frames::begin_frame("authenticated", request.id);
    text += ',';
    JsonWriter json(text);
    json.key("user").string(identity.user).key("role").string(to_string(identity.role));
    json.key("expires");
    identity.expires_at == time_never ? json.null() : json.number(to_ns(identity.expires_at));
    json.end_object();
    replies_.push_back(std::move(text));
    return std::nullopt;
}

void NativeSession::reply_error(const ProtocolError& error) {
    ++counts_.protocol_errors;
    std::string text = native_frames::begin_frame("error", error.id);
    text += ',';
    JsonWriter json(text);
    json.key("code").string(info(error.code).word);
    json.key("message").string(error.message).end_object();
    replies_.push_back(std::move(text));
}

OutFrame NativeSession::heartbeat() const {
    const StreamRange& head = fanout_.head();
    std::string text = native_frames::begin_frame("heartbeat", "");
    text += ',';
    JsonWriter json(text);
    native_frames::epoch_and(json, head.epoch, "offset", head.last);
    json.key("ts").number(to_ns(fanout_.clock().wall())).end_object();
    return own_frame(std::move(text));
}

OutFrame NativeSession::encode(const Entry& entry, Delivery delivery) {
    const std::string& id = entry.subscription->id();
    OutFrame frame;
    switch (delivery.kind) {
        case Delivery::Kind::Subscribed:
            frame = own_frame(native_frames::subscribed_text(
                id, delivery,
                entry.user_filters ? user_filters(users_, fanout_, user())->names
                                   : std::vector<std::string>()));
            break;
        case Delivery::Kind::Snapshot:
            frame = own_frame(native_frames::snapshot_head(id, delivery));
            break;
        case Delivery::Kind::Gap:
            ++counts_.gaps;
            frame = own_frame(native_frames::gap_text(id, delivery, fanout_.head().epoch));
            break;
        case Delivery::Kind::Events:
            frame.head = entry.events_head;
            if (delivery.body) {
                frame.body = std::move(delivery.body);
            } else {
                frame.tail =
                    std::make_shared<const std::string>(native_frames::bookmark_tail(delivery));
            }
            break;
    }
    frame.events = delivery.events;
    frame.ts_pub = delivery.ts_pub;
    frame.ts_received = delivery.ts_received;
    return frame;
}

std::optional<OutFrame> NativeSession::next(Nanos now) {
    if (!replies_.empty()) {
        OutFrame frame = own_frame(std::move(replies_.front()));
        replies_.pop_front();
        return frame;
    }
    if (!access_.is_admitted()) {
        return std::nullopt;
    }
    if (!draining_ && now - heartbeat_at_ >= settings_.heartbeat_interval) {
        heartbeat_at_ = now;
        return heartbeat();
    }
    for (std::size_t asked = 0; asked < entries_.size(); ++asked) {
        const Entry& entry = entries_[turn_++ % entries_.size()];
        if (snapshot_since_ != Nanos{0} && entry.subscription->wants_snapshot() &&
            is_in_snapshot()) {
            continue;  // one at a time: there are few places for all connections
        }
        if (entry.subscription->wants_snapshot()) {
            snapshot_since_ = now;
        }
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

bool NativeSession::waits_for_disk() const {
    return std::ranges::any_of(
        entries_, [](const Entry& entry) { return entry.subscription->waits_for_disk(); });
}

std::size_t NativeSession::bytes_due() {
    std::size_t bytes = 0;
    for (const Entry& entry : entries_) {
        bytes += entry.subscription->bytes_due();
    }
    return bytes;
}

}  // namespace tickstock
