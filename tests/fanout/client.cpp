#include "client.hpp"

#include <algorithm>

namespace tickstock::fanout {
namespace {

constexpr std::size_t light_head = 512;  // bytes of a message that Light looks at
constexpr std::string_view socketio_event = "42[\"events\",";

}  // namespace

Client::Client(const Wish& wish, const Rules& rules, Tally& tally, std::uint32_t seed)
    : wish_(wish), rules_(rules), tally_(tally), mask_(seed * 2654435761U + 1) {
    if (rules.truth != nullptr) {
        received_.assign(rules.truth->last() / 64 + 1, 0);
    }
    if (!rules.epoch.empty()) {
        epoch_ = rules.epoch;
        has_position_ = true;
    }
}

std::string Client::begin(std::string_view host) {
    state_ = State::Handshake;
    subscribed_ = false;
    close_code_ = 0;
    refusal_.clear();
    in_.clear();
    skip_ = 0;
    ++record_.connects;
    return handshake_request(
        host, rules_.dialect == Dialect::Native ? "/ws" : "/socket.io/?EIO=4&transport=websocket");
}

bool Client::take(std::string_view bytes, std::int64_t now, std::string& out) {
    tally_.bytes += bytes.size();
    if (in_.empty()) {
        const bool goes_on = parse(bytes, now, out);
        in_.assign(bytes);
        return goes_on;
    }
    in_ += bytes;
    std::string_view all = in_;
    const bool goes_on = parse(all, now, out);
    in_.erase(0, in_.size() - all.size());
    if (in_.empty() && in_.capacity() > 4096) {
        std::string().swap(in_);  // thousands of clients: keep nothing
    }
    return goes_on;
}

bool Client::parse(std::string_view& bytes, std::int64_t now, std::string& out) {
    if (state_ == State::Handshake && !handshake(bytes, out)) {
        return refusal_.empty();
    }
    while (!bytes.empty()) {
        if (skip_ > 0) {
            const auto here = std::min<std::uint64_t>(skip_, bytes.size());
            bytes.remove_prefix(static_cast<std::size_t>(here));
            skip_ -= here;
            if (skip_ == 0 && light_events_ > 0) {
                note_latency(light_ts_pub_, now, light_events_);
                light_events_ = 0;
            }
            continue;
        }
        const auto head = read_head(bytes);
        if (!head) {
            return true;
        }
        if (head->is_masked || !head->is_final || head->opcode == Opcode::Continuation) {
            record_.fault(record_.broken, "a frame that is masked or a fragment");
            return false;
        }
        const std::size_t whole = head->head_bytes + static_cast<std::size_t>(head->payload_bytes);
        const bool is_light = rules_.check == Check::Light && head->payload_bytes > light_head;
        if (bytes.size() < (is_light ? head->head_bytes + light_head : whole)) {
            in_.reserve(std::min<std::size_t>(whole, std::size_t{1} << 20));
            return true;
        }
        const std::size_t used = is_light ? head->head_bytes + light_head : whole;
        const auto payload = bytes.substr(head->head_bytes, used - head->head_bytes);
        bytes.remove_prefix(used);
        skip_ = whole - used;
        if (!on_frame(*head, payload, now, out)) {
            return false;
        }
    }
    return true;
}

bool Client::handshake(std::string_view& bytes, std::string& out) {
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) {
        return false;
    }
    refusal_ = handshake_fault(bytes.substr(0, end + 4));
    if (!refusal_.empty()) {
        return false;
    }
    bytes.remove_prefix(end + 4);
    state_ = State::Open;
    if (rules_.dialect == Dialect::Native) {
        subscribe(out);
    }
    return true;
}

void Client::send(std::string& out, Opcode opcode, std::string_view payload) {
    mask_ = mask_ * 1664525U + 1013904223U;
    append_frame(out, opcode, payload, mask_);
}

void Client::subscribe(std::string& out) {
    std::string since = "\"now\"";
    if (has_position_) {
        since = "{\"epoch\":\"" + epoch_ + "\",\"offset\":" + std::to_string(position_) + '}';
    }
    const std::string text = subscribe_text(wish_, since);
    send(out, Opcode::Text,
         rules_.dialect == Dialect::Native ? text : "42[\"subscribe\"," + text + ']');
}

bool Client::on_frame(const FrameHead& head, std::string_view payload, std::int64_t now,
                      std::string& out) {
    switch (head.opcode) {
        case Opcode::Text:
            if (rules_.dialect == Dialect::SocketIo) {
                return on_socketio(payload, now, out);
            }
            on_message(payload, now);
            return true;
        case Opcode::Ping: send(out, Opcode::Pong, payload); return true;
        case Opcode::Close:
            if (payload.size() >= 2) {
                close_code_ =
                    static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) * 256 +
                                               static_cast<unsigned char>(payload[1]));
            }
            send(out, Opcode::Close, payload.substr(0, 2));
            return false;
        case Opcode::Pong: return true;
        case Opcode::Continuation: break;
    }
    record_.fault(record_.broken, "a frame with an opcode that is not awaited");
    return false;
}

bool Client::on_socketio(std::string_view packet, std::int64_t now, std::string& out) {
    if (packet.starts_with('0')) {  // Engine.IO open: join the namespace
        send(out, Opcode::Text, "40");
    } else if (packet.starts_with("40")) {
        subscribe(out);
    } else if (packet.starts_with('2')) {
        send(out, Opcode::Text, "3");
    } else if (packet.starts_with(socketio_event)) {
        on_message(packet.substr(socketio_event.size()), now);
    }
    return true;
}

void Client::compare() {
    if (rules_.truth == nullptr) {
        return;
    }
    const PlainFilter filter(wish_);
    const std::uint64_t until = std::min(position_, rules_.truth->last());
    for (std::uint64_t offset = start_ + 1; offset <= until; ++offset) {
        const bool is_wanted = filter.accepts(rules_.truth->facts(offset));
        const bool is_there = (received_[offset / 64] >> (offset % 64) & 1) != 0;
        if (is_wanted && !is_there) {
            record_.fault(record_.missing, "missing offset " + std::to_string(offset));
        } else if (is_there && !is_wanted) {
            record_.fault(record_.surplus, "not wanted offset " + std::to_string(offset));
        }
    }
}

}  // namespace tickstock::fanout
