// The part of EngineSession that speaks over polling: a GET waits for packets, a POST brings some.

#include <vector>

#include "socketio/engine_session.hpp"

namespace tickstock {
namespace {

constexpr std::string_view close_packet = "1";
constexpr std::string_view ping_packet = "2";
constexpr std::string_view noop_packet = "6";

/// A GET that comes during an upgrade is answered after this, so that a client that polls on and
/// never takes the new transport does not spin.
constexpr Nanos noop_after = std::chrono::milliseconds(100);

}  // namespace

EngineSession::Poll EngineSession::on_get(Nanos now) {
    if (state_ == State::Closed || transport_ == EngineTransport::WebSocket) {
        return Poll::Refuse;
    }
    if (get_waits_) {
        close(EngineClose::Overlap);
        return Poll::Refuse;
    }
    get_waits_ = true;
    noop_at_ = now + noop_after;
    return Poll::Wait;
}

bool EngineSession::append(std::string& body, std::string_view packet, std::size_t& count) const {
    if (count++ > 0) {
        body += engine_separator;
    }
    body += packet;
    return count < settings_.packets_per_poll && body.size() < settings_.bytes_per_poll;
}

std::optional<std::string> EngineSession::next_for_poll(Nanos now) {
    if (!get_waits_) {
        return std::nullopt;
    }
    std::string body;
    std::size_t count = 0;
    if (state_ == State::Closed) {
        // The client asked for it, or has to be told.
        append(body, reason_ == EngineClose::ByClient ? noop_packet : close_packet, count);
    } else if (transport_ == EngineTransport::WebSocket) {
        append(body, noop_packet, count);
    } else {
        ping_if_due(now);
        bool has_room = true;
        if (ping_due_) {
            ping_due_ = false;
            has_room = append(body, ping_packet, count);
        }
        while (has_room) {
            const auto frame = application_.next(now);
            if (frame) {
                has_room = append(body, *frame->text, count);
                continue;
            }
            if (state_ == State::Closing) {
                append(body, close_packet, count);
                close(EngineClose::Refused);
            }
            break;
        }
        if (count == 0 && upgrade_ == Upgrade::Probing && now >= noop_at_) {
            append(body, noop_packet, count);
        }
    }
    if (count == 0) {
        return std::nullopt;
    }
    get_waits_ = false;
    return body;
}

void EngineSession::on_get_lost() {
    get_waits_ = false;
    if (transport_ == EngineTransport::Polling) {
        close(EngineClose::ConnectionLost);
    }
}

bool EngineSession::on_post_begin() {
    if (post_runs_) {
        close(EngineClose::Overlap);
    }
    if (state_ != State::Open || transport_ == EngineTransport::WebSocket) {
        return false;
    }
    post_runs_ = true;
    return true;
}

bool EngineSession::on_post(std::string_view body, Nanos now) {
    post_runs_ = false;
    if (state_ != State::Open) {
        return false;
    }
    std::vector<EnginePacket> packets;
    if (const auto fault = decode_engine_payload(body, settings_.inbound, packets)) {
        close(fault == EngineFault::TooLong ? EngineClose::TooLarge : EngineClose::BadPacket);
        return false;
    }
    for (const EnginePacket& packet : packets) {
        if (!on_packet(packet, now)) {
            return false;
        }
        if (state_ != State::Open) {
            break;
        }
    }
    return true;
}

void EngineSession::on_post_lost(bool too_large) {
    post_runs_ = false;
    if (transport_ == EngineTransport::Polling) {
        close(too_large ? EngineClose::TooLarge : EngineClose::ConnectionLost);
    }
}

}  // namespace tickstock
