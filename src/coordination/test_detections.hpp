#pragma once

#include <rapidcheck.h>

#include <array>
#include <cstdint>
#include <vector>

#include "config/config.hpp"
#include "model/event.hpp"

// Streams of detections for property tests.

namespace tickstock::arbitrary_detections {

inline constexpr std::int64_t ms = 1'000'000;
inline constexpr std::int64_t start = 1'709'650'800'000 * ms;

struct Stream {
    SymbolTable symbols;
    std::vector<Detection> detections;  // in key order
};

/// Three symbols, few distinct times, prices and scores, so that ties are common.
inline Stream arbitrary_stream() {
    Stream stream;
    for (const char* text : {"C", "A", "B"}) {
        stream.symbols.intern(text);
    }
    const auto steps = *rc::gen::container<std::vector<std::uint32_t>>(
        *rc::gen::inRange<std::size_t>(0, 300), rc::gen::arbitrary<std::uint32_t>());
    std::int64_t now = start;
    std::int64_t session = 1;
    std::array<std::int64_t, 3 * event_type_count> last_index{};
    last_index.fill(-1);
    for (std::uint32_t bits : steps) {
        const auto take = [&](std::uint32_t count) {
            const std::uint32_t value = bits % count;
            bits /= count;
            return value;
        };
        now += std::int64_t{take(5)} * 60 * ms;
        session += take(40) == 0 ? 1 : 0;
        Detection detection;
        detection.symbol = SymbolId{take(3)};
        detection.type = static_cast<EventType>(take(event_type_count));
        const auto key = detection.symbol.value() * event_type_count +
                         static_cast<std::uint32_t>(detection.type);
        detection.source = static_cast<SourceKind>(take(5));
        detection.direction = detection.type == EventType::High  ? Direction::Up
                              : detection.type == EventType::Low ? Direction::Down
                              : take(2) == 0                     ? Direction::Up
                                                                 : Direction::Down;
        detection.session_key = session;
        detection.price = Price::from_cents(1000 + take(3));
        detection.ts = unix_nanos(now - std::int64_t{take(3)} * 60 * ms);
        detection.confidence = 1;
        detection.key.fire = unix_nanos(now);
        detection.key.sequence = Sequence{stream.detections.size() + 1};
        detection.key.rank = rank_of(detection.type);
        const bool extreme = detection.type == EventType::High || detection.type == EventType::Low;
        const std::uint32_t dice = take(8);
        if (extreme && dice == 0) {
            detection.known_from_trades = true;
        } else if (extreme && dice == 1 && last_index[key] >= 0) {
            const OrderKey order = detection.key;
            detection = stream.detections[static_cast<std::size_t>(last_index[key])];
            detection.session_key = session;
            detection.key = order;
            detection.revises_last = true;
        } else {
            last_index[key] = static_cast<std::int64_t>(stream.detections.size());
        }
        stream.detections.push_back(detection);
    }
    return stream;
}

inline CoordinationMode arbitrary_mode() {
    return *rc::gen::element(CoordinationMode::Eager, CoordinationMode::Strict);
}

}  // namespace tickstock::arbitrary_detections
