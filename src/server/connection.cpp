#include "server/connection.hpp"

#include <utility>

#include "auth/failure_throttle.hpp"
#include "base/assert.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

constexpr std::size_t addresses_remembered = 10'000;
constexpr double burst_seconds = 5;  // at once: as many as the rate lets in in this time

}  // namespace

ConnectionSet::ConnectionSet(const ServerSettings& settings, const Clock& clock)
    : settings_(settings),
      clock_(clock),
      rate_(settings.connections_per_second, burst_seconds * settings.connections_per_second) {}

ConnectionSet::Ticket::Ticket(ConnectionSet& set, std::string address)
    : set_(set), address_(std::move(address)) {
    ++set_.tickets_;
    ++set_.by_address_[throttle_key(address_)];
}

ConnectionSet::Ticket::~Ticket() {
    --set_.tickets_;
    const auto count = set_.by_address_.find(throttle_key(address_));
    if (--count->second == 0) {
        set_.by_address_.erase(count);
    }
    if (!user_.empty()) {
        set_.free_user(user_);
    }
}

bool ConnectionSet::Ticket::take_user(const std::string& user) {
    if (user_ == user) {
        return true;
    }
    if (!set_.take_user(user)) {
        return false;
    }
    if (!user_.empty()) {
        set_.free_user(user_);
    }
    user_ = user;
    return true;
}

bool ConnectionSet::take_user(const std::string& user) {
    std::size_t& count = by_user_[user];
    if (count >= settings_.max_connections_per_user) {
        return false;
    }
    ++count;
    return true;
}

void ConnectionSet::free_user(const std::string& user) {
    const auto count = by_user_.find(user);
    TS_ASSERT(count != by_user_.end());
    if (--count->second == 0) {
        by_user_.erase(count);
    }
}

std::unique_ptr<ConnectionSet::Ticket> ConnectionSet::admit(const std::string& address) {
    const auto known = by_address_.find(throttle_key(address));  // an IPv6 network is one
    const std::size_t here = known == by_address_.end() ? 0 : known->second;
    if (tickets_ >= settings_.max_connections || here >= settings_.max_connections_per_address) {
        return nullptr;
    }
    return std::make_unique<Ticket>(*this, address);
}

bool ConnectionSet::is_in_rate(const std::string& address) {
    const Nanos now = clock_.monotonic();
    if (rate_by_address_.size() > addresses_remembered) {
        forget_quiet_addresses(now);
    }
    const double burst = burst_seconds * settings_.connections_per_second_per_address;
    auto& here =
        rate_by_address_
            .try_emplace(
                address,
                AddressRate{TokenBucket(settings_.connections_per_second_per_address, burst), now})
            .first->second;
    here.seen_at = now;
    return here.bucket.take(now) && rate_.take(now);
}

/// An address that was quiet for so long has its whole burst again: nothing is lost by forgetting.
void ConnectionSet::forget_quiet_addresses(Nanos now) {
    std::erase_if(rate_by_address_, [&](const auto& entry) {
        return std::chrono::duration<double>(now - entry.second.seen_at).count() > burst_seconds;
    });
}

void ConnectionSet::add(std::shared_ptr<Connection> connection) {
    ++size_;
    if (free_.empty()) {
        connection->slot = slots_.size();
        slots_.push_back(std::move(connection));
        return;
    }
    connection->slot = free_.back();
    free_.pop_back();
    slots_[connection->slot] = std::move(connection);
}

void ConnectionSet::remove(Connection& connection) {
    if (connection.slot < slots_.size() && slots_[connection.slot].get() == &connection) {
        --size_;
        free_.push_back(connection.slot);
        slots_[connection.slot].reset();  // the caller's handler keeps it alive until it returns
    }
}

void ConnectionSet::for_each(const std::function<void(Connection&)>& call) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (const auto connection = slots_[i]) {
            call(*connection);
        }
    }
}

StreamingConnection::StreamingConnection(ServerCore& core,
                                         std::unique_ptr<ConnectionSet::Ticket> ticket,
                                         std::string_view kind)
    : core_(core), ticket_(std::move(ticket)), kind_(kind), began_(core.clock.monotonic()) {}

void StreamingConnection::note_end(CloseCode code, ClosedConnection::By by,
                                   std::string_view reason) {
    if (std::exchange(is_noted_, true)) {
        return;
    }
    ClosedConnection closed;
    closed.at = core_.clock.wall();
    closed.address = ticket_ ? ticket_->address() : "";
    closed.user = session().user();
    closed.kind = kind_;
    closed.lasted = core_.clock.monotonic() - began_;
    closed.code = static_cast<std::uint16_t>(code);
    closed.reason = code == CloseCode::None || !reason.empty() ? reason : info(code).reason;
    closed.by = by;
    closed.frames_out = frames_out_;
    closed.events_out = events_out_;
    closed.bytes_out = bytes_out_;
    closed.messages_in = messages_in_;
    core_.closed.add(std::move(closed));
}

void StreamingConnection::pump() {
    if (writing_ || closing_) {
        return;
    }
    const Nanos now = core_.clock.monotonic();
    auto frame = session().next(now);
    if (!frame) {
        if (up_to_date_at_ == UnixNanos{}) {
            up_to_date_at_ = core_.clock.wall();
        }
        if (core_.draining) {
            close(CloseCode::ShuttingDown);
        }
        return;
    }
    writing_ = true;
    write_began_ = now;
    session().mark_write();
    frame_ = std::move(*frame);
    begin_write(frame_);
}

void StreamingConnection::written() {
    writing_ = false;
    // What was published before the client had caught up tells nothing about delivery.
    if (frame_.events > 0 && up_to_date_at_ != UnixNanos{} && frame_.ts_pub >= up_to_date_at_) {
        const UnixNanos now = core_.clock.wall();
        core_.counts.delay.record(now - frame_.ts_pub);
        if (frame_.ts_received != UnixNanos{}) {
            core_.counts.end_to_end.record(now - frame_.ts_received);
        }
    }
    ++core_.counts.frames_out;
    core_.counts.events_out += frame_.events;
    core_.counts.bytes_out += frame_.size();
    ++frames_out_;
    events_out_ += frame_.events;
    bytes_out_ += frame_.size();
    frame_ = OutFrame{};
    pump();
}

void StreamingConnection::wake() {
    pump();
}

void StreamingConnection::wake_from_disk() {
    if (session().waits_for_disk()) {
        pump();
    }
}

void StreamingConnection::tick(Nanos now) {
    const Nanos in_flight = writing_ ? now - write_began_ : Nanos{0};
    const bool is_slow = in_flight >= core_.settings.write_stall ||
                         (in_flight >= core_.settings.slow_write &&
                          frame_.size() + session().bytes_due() > core_.settings.max_pending_bytes);
    if (is_slow && !closing_) {
        ++core_.counts.slow_clients;
        log_warn("server", "a client did not read for {} ms: closed as slow",
                 in_flight / std::chrono::milliseconds(1));
        close(CloseCode::SlowClient);
        return;
    }
    if (const auto verdict = session().check(now); verdict && !closing_) {
        close(*verdict);
        return;
    }
    pump();
}

void StreamingConnection::drain() {
    session().drain();
    pump();
}

}  // namespace tickstock
