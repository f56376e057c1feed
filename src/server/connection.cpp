#include "server/connection.hpp"

#include "base/assert.hpp"
#include "metrics/log.hpp"
#include "server/limits.hpp"

namespace tickstock {

ConnectionSet::Ticket::Ticket(ConnectionSet& set, std::string address)
    : set_(set), address_(std::move(address)) {
    ++set_.tickets_;
    ++set_.by_address_[address_];
}

ConnectionSet::Ticket::~Ticket() {
    --set_.tickets_;
    const auto count = set_.by_address_.find(address_);
    if (--count->second == 0) {
        set_.by_address_.erase(count);
    }
}

std::unique_ptr<ConnectionSet::Ticket> ConnectionSet::admit(const std::string& address) {
    const auto known = by_address_.find(address);
    const std::size_t here = known == by_address_.end() ? 0 : known->second;
    if (tickets_ >= limit_ || here >= limit_per_address_) {
        return nullptr;
    }
    return std::make_unique<Ticket>(*this, address);
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

void StreamingConnection::pump() {
    if (writing_ || closing_) {
        return;
    }
    const Nanos now = core_.clock.monotonic();
    auto frame = session().next(now);
    if (!frame) {
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
    ++core_.counts.frames_out;
    core_.counts.events_out += frame_.events;
    core_.counts.bytes_out += frame_.size();
    frame_ = OutFrame{};
    pump();
}

void StreamingConnection::wake() {
    pump();
}

void StreamingConnection::tick(Nanos now) {
    const Nanos in_flight = writing_ ? now - write_began_ : Nanos{0};
    const bool is_slow = in_flight >= limits::write_stall ||
                         (in_flight >= limits::slow_write &&
                          frame_.size() + session().bytes_due() > core_.settings.max_pending_bytes);
    if (is_slow && !closing_) {
        ++core_.counts.slow_clients;
        log_warn("server", "a client did not read for {} ms: closed as slow",
                 in_flight / std::chrono::milliseconds(1));
        close(CloseCode::SlowClient);
        return;
    }
    pump();
}

void StreamingConnection::drain() {
    session().drain();
    pump();
}

}  // namespace tickstock
