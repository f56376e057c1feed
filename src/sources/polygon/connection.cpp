#include "sources/polygon/connection.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "metrics/log.hpp"

namespace tickstock {

namespace {

double seconds(Nanos time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

PolygonConnection::PolygonConnection(Options options, const Clock& clock,
                                     const TradingCalendar& calendar, FrameQueue& queue)
    : options_(std::move(options)),
      clock_(clock),
      market_(calendar),
      queue_(queue),
      client_(options_.client, clock, *this),
      session_(options_.session),
      backoff_(options_.backoff) {}

PolygonConnection::~PolygonConnection() {
    stop();
}

void PolygonConnection::start() {
    client_.start();
}

void PolygonConnection::stop() {
    client_.stop();
}

void PolygonConnection::on_tick(Nanos now) {
    if (phase_ == Phase::Waiting && now >= next_connect_) {
        connect(now);
    } else if (phase_ == Phase::Open) {
        session_.on_tick(now);
        carry_out();
        watch(now);
    }
    tell_status(now);
}

void PolygonConnection::connect(Nanos now) {
    phase_ = Phase::Connecting;
    connecting_since_ = now;
    authenticated_ = subscribed_told_ = had_data_ = gave_up_silent_ = false;
    detail_ = options_.client.url.authority();
    tell_status(now);
    client_.open();
}

void PolygonConnection::on_open() {
    phase_ = Phase::Open;
    ++epoch_;
    ++connects_;
    session_.begin(clock_.monotonic());
}

void PolygonConnection::on_message(std::string_view text) {
    const Nanos now = clock_.monotonic();
    ++frames_;
    last_message_ = now;
    const auto& statuses = statuses_.read(text);
    if (statuses_.has_data()) {
        last_data_ = now;
        if (!had_data_) {
            had_data_ = true;
            backoff_.data_received();
        }
    }
    queue_.push(epoch_, wall(now), text);
    for (const PolygonStatus& status : statuses) {
        session_.on_status(status, now);
    }
    if (!statuses.empty()) {
        carry_out();
    }
}

/// Does what the session wants done.
void PolygonConnection::carry_out() {
    using State = PolygonSession::State;
    const Nanos now = clock_.monotonic();
    for (const std::string& message : session_.take_messages()) {
        client_.send(message);
    }
    for (const std::string& remark : session_.take_remarks()) {
        log_warn("sources", "feed {}: {}", options_.name, remark);
    }
    const State state = session_.state();
    if (!authenticated_ && (state == State::Subscribing || state == State::Live)) {
        authenticated_ = true;
        live_since_ = last_data_ = now;
        log_info("sources", "feed {}: connected to {}, connection {}", options_.name,
                 options_.client.url.authority(), epoch_);
    }
    if (!subscribed_told_ && state == State::Live) {
        subscribed_told_ = true;
        log_info("sources", "feed {}: {} of {} subscriptions acknowledged", options_.name,
                 session_.acknowledged(), session_.wanted());
        queue_.mark(FeedItem::Kind::Subscribed, epoch_, wall(now));
    }
    if (state == State::Ended) {
        client_.close(session_.why());
    }
}

void PolygonConnection::watch(Nanos now) {
    if (phase_ != Phase::Open) {
        return;
    }
    if (!authenticated_) {
        if (now - connecting_since_ > options_.answer_timeout) {
            client_.close("no answer to the key in time");
        }
        return;
    }
    backoff_.connection_held(now - live_since_);
    if (silent(now)) {
        gave_up_silent_ = true;
        client_.close(fmt::format("no record for {:.1f} s", seconds(now - last_data_)));
    }
}

bool PolygonConnection::silent(Nanos now) {
    if (!options_.watch_silence || !subscribed_told_ || session_.acknowledged() == 0) {
        return false;
    }
    Nanos since = last_data_;
    if (options_.market_hours) {
        const UnixNanos market_now = wall(now) - options_.delay;
        const SessionSpan& span = market_.at(market_now);
        if (span.session != TradingSession::Regular) {
            return false;
        }
        since = std::max(since, now - (market_now - span.session_begin));
    }
    return now - since > options_.silence;
}

void PolygonConnection::on_end(const std::string& why, bool policy) {
    using End = PolygonSession::End;
    const Nanos now = clock_.monotonic();
    const bool was_open = phase_ == Phase::Open;
    const End end = was_open ? session_.end() : End::None;
    disconnects_ += was_open ? 1U : 0U;
    if (authenticated_ || had_data_) {
        queue_.mark(FeedItem::Kind::Lost, epoch_, wall(now),
                    gave_up_silent_ ? "silent" : "disconnected");
    }
    if (end == End::Failed) {
        phase_ = Phase::Failed;
        detail_ = why;
        log_error("sources", "feed {}: {}", options_.name, why);
        {
            const std::lock_guard lock(mutex_);
            failure_ = "feed " + options_.name + ": " + why;
        }
        queue_.mark(FeedItem::Kind::Lost, epoch_, wall(now), "failed");
        return;
    }
    const bool evicted = end == End::Evicted || policy;
    const Nanos pause = evicted ? backoff_.next_eviction() : backoff_.next();
    phase_ = Phase::Waiting;
    next_connect_ = now + pause;
    detail_ = why;
    log_warn("sources", "feed {}: {}: {}; next connection in {:.1f} s", options_.name,
             was_open ? "connection lost" : "no connection", why, seconds(pause));
}

void PolygonConnection::tell_status(Nanos) {
    const std::lock_guard lock(mutex_);
    using State = PolygonSession::State;
    told_.name = options_.name;
    switch (phase_) {
        case Phase::Waiting: told_.state = "waiting"; break;
        case Phase::Connecting: told_.state = "connecting"; break;
        case Phase::Failed: told_.state = "failed"; break;
        case Phase::Open:
            told_.state = session_.state() == State::Live          ? "live"
                          : session_.state() == State::Subscribing ? "subscribing"
                                                                   : "authenticating";
            break;
    }
    if (told_.detail != detail_) {
        told_.detail = detail_;
    }
    told_.epoch = epoch_;
    told_.frames = frames_;
    told_.bytes = client_.bytes_received();
    told_.connects = connects_;
    told_.disconnects = disconnects_;
    told_.subscriptions = phase_ == Phase::Open ? session_.acknowledged() : 0;
    told_.wanted = session_.wanted();
    told_last_message_ = last_message_;
}

FeedConnection PolygonConnection::status() const {
    const Nanos now = clock_.monotonic();
    const std::lock_guard lock(mutex_);
    FeedConnection status = told_;
    status.silence = told_last_message_ == Nanos{0} ? Nanos{0} : now - told_last_message_;
    return status;
}

std::string PolygonConnection::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

}  // namespace tickstock
