#include "simulation/sim_client.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tickstock::sim {

SimClient::SimClient(const Plan& plan, unsigned number, const Archive& archive,
                     Invariants& invariants, Trace& trace)
    : archive_(archive),
      invariants_(invariants),
      trace_(trace),
      random_(plan.seed, fmt::format("client {}", number)),
      number_(number),
      slow_(number % 3 == 2) {
    if (number % 2 == 1) {  // the others want all
        for (std::uint32_t i = 0; i < plan.symbols; ++i) {
            if (random_.chance(300'000)) {
                filter_.symbols.emplace_back(symbol_name(i));
            }
        }
        filter_.types = random_.chance(500'000)
                            ? 0
                            : static_cast<std::uint32_t>(random_.below(1U << event_type_count));
        filter_.normalize();
    }
}

namespace {

/// Events that a start makes of the journal again, because the machine took the stored ones with
/// it, have another ts_pub; one that went to the disk and out of memory unseen is known by the disk
/// only.
std::string without_ts_pub(const std::string& text) {
    constexpr std::string_view name = "\"ts_pub\":";
    std::string rest;
    std::size_t from = 0;
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, from)) {
        rest.append(text, from, at + name.size() - from);
        from = text.find_first_not_of("0123456789", at + name.size());
    }
    return rest.append(text, std::min(from, text.size()), std::string::npos);
}

}  // namespace

bool SimClient::wants(const StreamEntry& entry) const {
    const bool type =
        filter_.types == 0 || (filter_.types >> static_cast<unsigned>(entry.type) & 1U) != 0;
    const bool all_symbols = filter_.symbols.empty() ||
                             (entry.type == EventType::Control && entry.symbol.view().empty());
    return type && (all_symbols || std::find(filter_.symbols.begin(), filter_.symbols.end(),
                                             entry.symbol) != filter_.symbols.end());
}

void SimClient::step(Fanout& fanout, const EventStream& stream, Nanos now) {
    if (!subscription_) {
        if (behaves_ || random_.chance(300'000)) {
            connect(fanout);
        }
        return;
    }
    if (!behaves_ && random_.chance(slow_ ? 20'000 : 5'000)) {
        trace_.note("client vanishes", number_);
        subscription_.reset();
        return;
    }
    if (!behaves_ && slow_ && !random_.chance(20'000)) {
        return;
    }
    fanout.refresh();
    const std::uint64_t most = behaves_ ? 1'000 : random_.below(4) + 1;
    for (std::uint64_t i = 0; i < most; ++i) {
        const auto delivery = subscription_->next(now, false);
        if (!delivery) {
            return;
        }
        take(*delivery, stream);
    }
}

void SimClient::connect(Fanout& fanout) {
    ++counts_.connections;
    SubscribeRequest request;
    request.id = "s";
    request.filter = filter_;
    lied_ = false;
    if (position_ && position_->epoch.empty()) {
        position_.reset();  // knows of the new epoch, but not yet which it is: begins anew
    }
    if (position_) {
        request.since.kind = Since::Kind::From;
        request.since.position = *position_;
        if (!behaves_ && random_.chance(50'000)) {
            ++counts_.lies;
            lied_ = true;
            if (random_.chance(500'000)) {
                request.since.position.epoch = "0123456789abcdef0123456789abcdef";
            } else {
                request.since.position.offset = Offset{position_->offset.value() + 1'000'000};
            }
        }
    }
    asked_ = request.since;
    trace_.note("client connects", number_, asked_.position.offset.value());
    subscription_ = std::make_unique<Subscription>(request, Encoding::Native, fanout);
}

void SimClient::require(bool holds, const Delivery& delivery, const char* otherwise) {
    invariants_.require(holds, Invariant::NoSilentHole, [&] {
        return fmt::format("client {} at {}: {}; delivery {} of {}: {} … {}", number_, where(),
                           otherwise, static_cast<int>(delivery.kind), delivery.epoch,
                           delivery.first.value(), delivery.last.value());
    });
}

std::string SimClient::where() const {
    return position_ ? to_string(*position_) : "no position";
}

void SimClient::take(const Delivery& delivery, const EventStream& stream) {
    ++counts_.deliveries;
    trace_.note("delivery", number_, static_cast<std::uint64_t>(delivery.kind),
                delivery.last.value());
    switch (delivery.kind) {
        case Delivery::Kind::Subscribed: on_subscribed(delivery); break;
        case Delivery::Kind::Gap: on_gap(delivery, stream); break;
        case Delivery::Kind::Events: on_events(delivery); break;
        case Delivery::Kind::Snapshot: break;
    }
}

void SimClient::on_subscribed(const Delivery& delivery) {
    ++(delivery.recovered ? counts_.recovered : counts_.not_recovered);
    if (lied_) {
        require(!delivery.recovered && !delivery.reason.empty(), delivery,
                "a position that never was is recovered");
        position_.reset();
    }
    if (!position_) {
        position_ = Position{delivery.epoch, delivery.last};
        return;
    }
    if (delivery.recovered) {
        require(delivery.epoch == position_->epoch && delivery.last == position_->offset, delivery,
                "recovered somewhere else");
        return;
    }
    if (delivery.reason == "ahead" && archive_.find(position_->epoch)->may_have_lost) {
        position_->offset =
            delivery.last;  // the epoch's end is lost, and its successor not yet here
        return;
    }
    require(delivery.reason == "epoch_changed" || delivery.reason == "evicted", delivery,
            "not recovered, for no reason that can be");
}

void SimClient::on_gap(const Delivery& delivery, const EventStream& stream) {
    ++counts_.gaps;
    if (lied_ && delivery.epoch != position_->epoch) {
        return;  // of the epoch that never was
    }
    if (lied_ && delivery.last <= position_->offset) {
        return;  // begins at what is still there, told once more
    }
    if (position_->epoch.empty()) {
        position_->epoch = delivery.epoch;
    }
    require(delivery.epoch == position_->epoch, delivery, "a gap in another epoch");
    require(delivery.first.value() == position_->offset.value() + 1, delivery,
            "a gap that does not begin behind what was delivered");
    if (delivery.last == Offset{}) {
        require(delivery.reason == "epoch_changed", delivery, "a gap without end");
        require(stream.range().epoch != delivery.epoch, delivery, "the epoch goes on");
        position_ = Position{};
        return;
    }
    require(delivery.last >= delivery.first && delivery.last < stream.range().first, delivery,
            "a gap over what is still in memory");
    position_->offset = delivery.last;
}

void SimClient::on_events(const Delivery& delivery) {
    if (position_->epoch.empty()) {
        position_->epoch = delivery.epoch;
    }
    require(delivery.epoch == position_->epoch, delivery, "events of another epoch");
    require(
        delivery.first.value() == position_->offset.value() + 1 && delivery.last >= delivery.first,
        delivery, "a hole");
    const Archive::Epoch* epoch = archive_.find(delivery.epoch);
    require(epoch != nullptr && delivery.last.value() <= epoch->events.size(), delivery,
            "more than was published");
    std::string expected;
    std::size_t events = 0;
    bool all_known = true;
    for (std::uint64_t i = delivery.first.value(); i <= delivery.last.value(); ++i) {
        const Archive::Seen& seen = epoch->events[i - 1];
        all_known = all_known && !seen.body.empty();
        if (all_known && wants(seen.entry)) {
            expected +=
                fmt::format("{}{{\"offset\":{},\"ts_pub\":{},\"event\":{}}}",
                            events++ == 0 ? "" : ",", i, to_ns(seen.entry.ts_pub), seen.body);
        }
    }
    if (all_known) {
        expected = events == 0 ? ""
                               : fmt::format(
                                     "\"epoch\":\"{}\",\"first\":{},\"last\":{},"
                                     "\"events\":[{}]}}",
                                     delivery.epoch, delivery.first.value(), delivery.last.value(),
                                     expected);
        require(
            without_ts_pub(delivery.body ? delivery.body->str() : "") == without_ts_pub(expected),
            delivery, "other events than its filter accepts");
        require(delivery.events == events, delivery, "another number of events");
    }
    counts_.events += events;
    position_->offset = delivery.last;
}

}  // namespace tickstock::sim
