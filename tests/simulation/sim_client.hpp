#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/fanout.hpp"
#include "server/subscription.hpp"
#include "simulation/archive.hpp"
#include "simulation/invariants.hpp"
#include "simulation/plan.hpp"
#include "simulation/random_stream.hpp"
#include "simulation/trace.hpp"

namespace tickstock::sim {

/// A client of the event stream: takes deliveries of the server's own Subscription when it feels
/// like it, vanishes, comes back where it was, or lies about where it was. Checks every delivery
/// against the archive (I6). Outlives processes; its connection does not.
class SimClient {
public:
    struct Counts {
        std::uint64_t connections = 0;
        std::uint64_t recovered = 0;
        std::uint64_t not_recovered = 0;
        std::uint64_t lies = 0;
        std::uint64_t deliveries = 0;
        std::uint64_t events = 0;
        std::uint64_t gaps = 0;
    };

    SimClient(const Plan& plan, unsigned number, const Archive& archive, Invariants& invariants,
              Trace& trace);

    /// Connects, takes a few deliveries, or vanishes.
    void step(Fanout& fanout, const EventStream& stream, Nanos now);
    /// The process is gone.
    void disconnect() { subscription_.reset(); }
    /// Faults are over: stays, and takes whatever is there.
    void behave() { behaves_ = true; }
    bool waits_for_disk() const { return subscription_ && subscription_->waits_for_disk(); }

    bool has_seen_all(const StreamRange& range) const {
        // Of an epoch without any event the client has not even seen the name.
        return position_ && position_->offset == range.last &&
               (position_->epoch == range.epoch || range.last == Offset{});
    }
    std::string where() const;
    unsigned number() const { return number_; }
    const Counts& counts() const { return counts_; }

private:
    void connect(Fanout& fanout);
    void take(const Delivery& delivery, const EventStream& stream);
    void on_subscribed(const Delivery& delivery);
    void on_gap(const Delivery& delivery, const EventStream& stream);
    void on_events(const Delivery& delivery);
    bool wants(const StreamEntry& entry) const;
    void require(bool holds, const Delivery& delivery, const char* otherwise);

    const Archive& archive_;
    Invariants& invariants_;
    Trace& trace_;
    RandomStream random_;
    const unsigned number_;
    const bool slow_;
    bool behaves_ = false;
    FilterSpec filter_;
    std::unique_ptr<Subscription> subscription_;
    Since asked_;
    bool lied_ = false;
    /// Complete up to here. An epoch of "": the next delivery names the new one.
    std::optional<Position> position_;
    Counts counts_;
};

}  // namespace tickstock::sim
