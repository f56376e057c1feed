#include "terminal/top_sort.hpp"

#include <algorithm>

namespace tickstock {
namespace {

/// Sorts by what `key` makes of a row: a Figure or a text.
template <class Row, class Key>
void sort_by(std::vector<Row>& rows, bool descending, Key key) {
    std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
        const auto x = key(a);
        const auto y = key(b);
        if constexpr (std::is_same_v<std::decay_t<decltype(x)>, Figure>) {
            if (x.has_value() != y.has_value()) {
                return x.has_value();
            }
        }
        return descending ? y < x : x < y;
    });
}

Figure share(Figure value, Figure limit) {
    return value && limit && *limit > 0 ? Figure(*value / *limit) : std::nullopt;
}

}  // namespace

unsigned severity_rank(std::string_view severity) {
    return severity == "critical" ? 3 : severity == "error" ? 2 : severity == "warning" ? 1 : 0;
}

std::vector<TopChannel> sorted(std::vector<TopChannel> channels, const TopState::Sort& by) {
    const std::string_view column = channel_sorts.at(by.column);
    const auto order = [&](auto key) { sort_by(channels, by.descending, key); };
    if (column == "name") {
        // Letters are read upwards: what is "descending" of figures is A to Z of names.
        sort_by(channels, !by.descending, [](const TopChannel& c) { return c.name; });
    } else if (column == "rate") {
        order([](const TopChannel& c) { return c.rate; });
    } else if (column == "queue") {
        order([](const TopChannel& c) { return share(c.queue, c.queue_limit); });
    } else if (column == "success") {
        order([](const TopChannel& c) { return c.success; });
    } else if (column == "p99") {
        order([](const TopChannel& c) { return c.p99_ms; });
    } else if (column == "errors") {
        order([](const TopChannel& c) { return c.errors; });
    } else if (column == "events") {
        order([](const TopChannel& c) { return c.events; });
    } else if (!by.descending) {
        std::reverse(channels.begin(), channels.end());
    }
    return channels;
}

std::vector<TopAlert> sorted(std::vector<TopAlert> alerts, const TopState::Sort& by) {
    const std::string_view column = alert_sorts.at(by.column);
    const auto order = [&](bool descending, auto key) { sort_by(alerts, descending, key); };
    if (column == "severity") {
        order(by.descending, [](const TopAlert& a) { return severity_rank(a.severity); });
    } else if (column == "age") {
        order(!by.descending, [](const TopAlert& a) { return a.raised; });  // the oldest first
    } else if (column == "type") {
        order(!by.descending, [](const TopAlert& a) { return a.type; });
    } else {
        order(!by.descending, [](const TopAlert& a) { return a.channel; });
    }
    return alerts;
}

std::vector<TopEvent> sorted(const std::deque<TopEvent>& tape, const TopFilter& filter,
                             const TopState::Sort& by) {
    std::vector<TopEvent> events;
    std::copy_if(tape.begin(), tape.end(), std::back_inserter(events),
                 [&](const TopEvent& event) { return filter.passes(event.symbol); });
    const std::string_view column = event_sorts.at(by.column);
    if (column == "symbol") {
        sort_by(events, !by.descending, [](const TopEvent& e) { return e.symbol; });
    } else if (column == "type") {
        sort_by(events, !by.descending, [](const TopEvent& e) { return e.type; });
    } else if (column == "price") {
        sort_by(events, by.descending, [](const TopEvent& e) { return e.price; });
    } else if (!by.descending) {
        std::reverse(events.begin(), events.end());
    }
    return events;
}

std::vector<TopThread> busiest_first(std::vector<TopThread> threads) {
    sort_by(threads, true, [](const TopThread& t) { return t.cpu_seconds; });
    sort_by(threads, true, [](const TopThread& t) { return t.cpu_percent; });
    return threads;
}

}  // namespace tickstock
