// What the server's messages mean to a client: its position, and what must hold.

#include "client.hpp"

namespace tickstock::fanout {

void Client::on_message(std::string_view message, std::int64_t now) {
    const std::string_view op = op_of(message);
    if (op == "events") {
        on_events(message, now);
    } else if (op == "subscribed") {
        on_subscribed(message, now);
    } else if (op == "gap") {
        on_gap(message);
    } else if (op == "error") {
        record_.fault(record_.errors, message);
    } else if (op.empty()) {
        record_.fault(record_.broken, message);
    }
}

void Client::on_subscribed(std::string_view message, std::int64_t now) {
    subscribed_ = true;
    subscribed_at_ = now;
    const auto offset = number_in(message, "offset");
    const std::string_view epoch = text_in(message, "epoch");
    if (!offset || epoch.empty()) {
        record_.fault(record_.broken, message);
        return;
    }
    if (!has_position_) {
        has_position_ = true;
        epoch_ = epoch;
        start_ = position_ = newest_ = *offset;
        return;
    }
    if (message.find("\"recovered\":true") == std::string_view::npos) {
        record_.fault(record_.unrecovered, message);
    } else if (epoch != epoch_ || *offset != position_) {
        record_.fault(record_.holes, message);
    }
    epoch_ = epoch;
    position_ = newest_ = *offset;
}

void Client::on_gap(std::string_view message) {
    record_.fault(record_.gaps, message);
    const auto to = number_in(message, "to");
    if (to && text_in(message, "epoch") == epoch_) {
        position_ = newest_ = *to;
    }
}

void Client::on_events(std::string_view message, std::int64_t now) {
    const auto first = number_in(message, "first");
    const auto last = number_in(message, "last");
    if (!first || !last || !subscribed_) {
        record_.fault(record_.broken, message);
        return;
    }
    if (*first != position_ + 1 || *last < *first || text_in(message, "epoch") != epoch_) {
        record_.fault(record_.holes, "after " + std::to_string(position_) + ": " +
                                         std::string(message.substr(0, 120)));
    }
    ++tally_.messages;
    if (rules_.check == Check::Light) {
        if (const auto ts_pub = first_ts_pub(message)) {
            const std::uint64_t events = *last - *first + 1;
            tally_.events += events;
            record_.events += events;
            light_ts_pub_ = static_cast<std::int64_t>(*ts_pub);
            light_events_ = events;
            if (skip_ == 0) {
                note_latency(light_ts_pub_, now, light_events_);
                light_events_ = 0;
            }
        }
        position_ = *last;
        return;
    }
    Items items(message);
    for (Item item; items.next(item);) {
        on_item(item, *first, *last, now);
    }
    if (items.is_broken()) {
        record_.fault(record_.broken, message);
    }
    position_ = *last;
}

void Client::on_item(const Item& item, std::uint64_t first, std::uint64_t last, std::int64_t now) {
    ++record_.events;
    ++tally_.events;
    if (item.offset < first || item.offset > last || item.offset <= newest_) {
        record_.fault(record_.disorder, "offset " + std::to_string(item.offset) + " after " +
                                            std::to_string(newest_));
    }
    newest_ = item.offset;
    if (rules_.truth != nullptr) {
        if (!rules_.truth->is_body_at(item.offset, item.body)) {
            record_.fault(record_.wrong_bodies, item.body);
        } else {
            const std::uint64_t bit = std::uint64_t{1} << (item.offset % 64);
            if ((received_[item.offset / 64] & bit) != 0) {
                record_.fault(record_.disorder, "told twice: " + std::to_string(item.offset));
            }
            received_[item.offset / 64] |= bit;
        }
    }
    note_latency(item.ts_pub, now, 1);
}

void Client::note_latency(std::int64_t ts_pub, std::int64_t now, std::uint64_t events) {
    if (ts_pub >= subscribed_at_) {  // else it came late because we did
        tally_.latency.add(now - ts_pub, events);
    }
}

}  // namespace tickstock::fanout
