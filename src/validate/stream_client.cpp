#include "validate/stream_client.hpp"

#include <fmt/format.h>

#include "validate/http_client.hpp"
#include "validate/raw_json.hpp"

namespace tickstock::validate {

Result<StreamClient> StreamClient::open(std::uint16_t port, ToldStream& told, bool small_buffer) {
    auto socket = WebSocketClient::open(port, "/ws", small_buffer);
    if (!socket) {
        return socket.error();
    }
    const std::string since = told.epoch.empty() ? "\"now\""
                                                 : fmt::format(R"({{"epoch":"{}","offset":{}}})",
                                                               told.epoch, told.offset);
    if (const auto failed = socket->send(
            fmt::format(R"({{"op":"subscribe","id":"validate","since":{}}})", since))) {
        return *failed;
    }
    StreamClient client(std::move(*socket), told);
    while (true) {
        const auto message = client.socket_.receive(TcpSocket::default_patience);
        if (!message) {
            return message.error();
        }
        if (!*message) {
            return Error{"subscribe was not answered"};
        }
        const std::string_view op = raw_text(raw_value(**message, "op"));
        if (op == "error") {
            return Error{"subscribe was answered with " + **message};
        }
        if (op != "subscribed") {
            continue;  // a heartbeat
        }
        const std::string_view position = raw_value(**message, "position");
        const std::string epoch(raw_text(raw_value(position, "epoch")));
        const bool recovered = raw_value(**message, "recovered") == "true";
        if (!told.epoch.empty() && (!recovered || epoch != told.epoch)) {
            return client
                .breach(fmt::format("a resume behind offset {} was not recovered: {}", told.offset,
                                    **message))
                .value();
        }
        told.resumed += told.epoch.empty() ? 0U : 1U;
        told.epoch = epoch;
        told.offset = raw_number(raw_value(position, "offset")).value_or(0);
        return client;
    }
}

Result<bool> StreamClient::follow(Nanos patience, const Listener& listener) {
    bool any = false;
    while (true) {
        const auto message = socket_.receive(any ? Nanos{0} : patience);
        if (!message) {
            return message.error();
        }
        if (!*message) {
            return any;
        }
        any = true;
        if (auto failed = take(**message, listener)) {
            return *failed;
        }
    }
}

std::optional<Error> StreamClient::follow_to(std::uint64_t offset, Nanos patience,
                                             const Listener& listener) {
    const SystemClock clock;
    const Nanos end = clock.monotonic() + patience;
    while (told_->offset < offset) {
        if (clock.monotonic() > end) {
            return Error{fmt::format("told up to offset {} of {} in time", told_->offset, offset)};
        }
        const auto any = follow(std::chrono::milliseconds(100), listener);
        if (!any) {
            return any.error();
        }
    }
    return std::nullopt;
}

std::optional<Error> StreamClient::take(std::string_view frame, const Listener& listener) {
    const std::string_view op = raw_text(raw_value(frame, "op"));
    if (op == "events") {
        return take_events(frame, listener);
    }
    if (op == "gap") {
        ++told_->gaps;
        const auto to = raw_number(raw_value(frame, "to"));
        if (!to) {
            return breach("a gap without an end: " + std::string(frame));
        }
        told_->offset = *to;
    } else if (op == "error") {
        return breach(std::string(frame));
    }
    return std::nullopt;
}

std::optional<Error> StreamClient::take_events(std::string_view frame, const Listener& listener) {
    const auto first = raw_number(raw_value(frame, "first"));
    const auto last = raw_number(raw_value(frame, "last"));
    if (!first || !last || raw_text(raw_value(frame, "epoch")) != told_->epoch) {
        return breach("an events frame of another epoch, or without first and last");
    }
    if (*first != told_->offset + 1) {
        return breach(
            fmt::format("a hole: a frame begins at {} behind offset {}", *first, told_->offset));
    }
    std::uint64_t before = told_->offset;
    for (const std::string_view item : raw_elements(raw_value(frame, "events"))) {
        Event event;
        for (const RawMember& member : raw_members(item)) {
            if (member.name == "offset") {
                event.offset = raw_number(member.value).value_or(0);
            } else if (member.name == "ts_pub") {
                event.ts_pub = raw_number(member.value).value_or(0);
            } else if (member.name == "event") {
                event.body = member.value;
            }
        }
        // All events are asked for, so each offset must come.
        if (event.offset != before + 1 || event.body.empty()) {
            return breach(fmt::format("offset {} follows {}", event.offset, before));
        }
        before = event.offset;
        ++told_->events;
        told_->hash.update(event.body);
        told_->hash.update("\n");
        if (listener) {
            listener(event);
        }
    }
    if (before != *last) {
        return breach(fmt::format("a frame up to {} has events up to {}", *last, before));
    }
    told_->offset = *last;
    return std::nullopt;
}

std::optional<Error> StreamClient::breach(std::string what) {
    if (told_->broken.empty()) {
        told_->broken = what;
    }
    return Error{std::move(what)};
}

Result<StreamEnd> stream_end(std::uint16_t port) {
    const auto page = http_get(port, "/api/v1/status");
    if (!page) {
        return page.error();
    }
    if (page->status != 200) {
        return Error{fmt::format("/api/v1/status answered {}", page->status)};
    }
    return StreamEnd{std::string(raw_text(raw_value(page->body, "epoch"))),
                     raw_number(raw_value(page->body, "offset")).value_or(0)};
}

}  // namespace tickstock::validate
