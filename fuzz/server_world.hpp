#pragma once

// What the server's connections work with, for the targets that feed them: a few events, a clock
// that the target moves, no engine and no threads. Lives as long as the process.

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cassert>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "publishing/event_stream.hpp"
#include "server/asio.hpp"
#include "server/user_directory.hpp"

namespace tickstock::fuzzing {

struct ServerWorld {
    ServerWorld() {
        std::vector<Event> events;
        for (int i = 0; i < 20; ++i) {
            Event event;
            event.detection.symbol = *symbols.intern(i % 2 == 0 ? "AAA" : "BBB");
            event.detection.type = i % 3 == 0 ? EventType::Low : EventType::High;
            event.detection.direction = i % 3 == 0 ? Direction::Down : Direction::Up;
            event.detection.price = Price::from_cents(10'000 + i);
            event.detection.volume = Size::from_shares(100);
            event.detection.score = 0.5;
            event.detection.ts = unix_nanos(1'700'000'000'000'000'000 + i);
            event.detection.data = HighLowData{};
            event.id = static_cast<std::uint64_t>(i);
            events.push_back(event);
        }
        stream.append(events, symbols, unix_nanos(1));
        core.fanout.refresh();
    }

    /// Time passes, as the server's timer sees it.
    void pass(Nanos by) {
        clock.advance(by);
        core.fanout.refresh();
        core.connections.for_each(
            [this](Connection& connection) { connection.tick(clock.monotonic()); });
    }

    /// The client has gone: no connection may be left after all deadlines.
    void let_all_end() {
        for (int i = 0; i < 4 && !is_empty(); ++i) {
            io.restart();
            while (io.poll() > 0) {
            }
            pass(std::chrono::seconds(60));
        }
        assert(core.connections.size() == 0);
        assert(core.counts.websocket_open == 0 && core.counts.sse_open == 0);
        assert(core.counts.http_open == 0 && core.counts.subscriptions == 0);
    }

    bool is_empty() const {
        return core.connections.size() == 0 && core.counts.websocket_open == 0 &&
               core.counts.sse_open == 0 && core.counts.http_open == 0;
    }

    static ServerSettings limits() {
        ServerSettings settings;
        settings.connections_per_second = settings.connections_per_second_per_address = 1e9;
        return settings;
    }

    boost::asio::io_context io{1};
    ManualClock clock{unix_nanos(1'700'000'000'000'000'000)};
    const ServerSettings settings = limits();
    SymbolTable symbols;
    EventStream stream{"epoch", {}};
    Gate gate{AuthSettings{}, nullptr, clock};
    /// Nothing is kept of users.
    UserDirectory users{
        nullptr, [this](std::function<void()> task) { boost::asio::post(io, std::move(task)); }};
    ServerCore core{settings,
                    clock,
                    Fanout(stream, clock),
                    ClientCounts{},
                    ConnectionSet(settings, clock),
                    ClosedConnections{},
                    gate,
                    std::nullopt,
                    false,
                    std::nullopt};
};

}  // namespace tickstock::fuzzing
