#pragma once

// The fields of every decision, written down once (`fields`) for all three uses: to measure, to
// write and to read them. For decision_codec.cpp alone.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "journal/little_endian.hpp"
#include "model/decision.hpp"

namespace tickstock::decision_fields {

template <class V, class T>
concept Either = std::same_as<std::remove_const_t<V>, T>;

class Measure {
public:
    template <class Integer>
    void number(Integer) {
        size_ += sizeof(Integer);
    }
    void bytes(std::string_view text) { size_ += text.size(); }
    template <class Enum>
    void choice(Enum, Enum) {
        ++size_;
    }
    std::size_t size() const { return size_; }

private:
    std::size_t size_ = 0;
};

class Write {
public:
    explicit Write(std::span<char> out) : out_(out) {}
    template <class Integer>
    void number(Integer value) {
        out_.put(value);
    }
    void bytes(std::string_view text) { out_.put_bytes(text); }
    template <class Enum>
    void choice(Enum value, Enum) {
        out_.put(static_cast<std::uint8_t>(value));
    }
    std::size_t size() const { return out_.size(); }

private:
    LittleEndianWriter out_;
};

class Read {
public:
    explicit Read(std::string_view bytes) : in_(bytes) {}
    template <class Integer>
    void number(Integer& value) {
        value = in_.get<Integer>();
    }
    std::string_view bytes(std::size_t count) { return in_.get_bytes(count); }
    template <class Enum>
    void choice(Enum& value, Enum last) {
        const auto byte = in_.get<std::uint8_t>();
        if (byte > static_cast<std::uint8_t>(last)) {
            in_.fail();
            return;
        }
        value = static_cast<Enum>(byte);
    }
    void fail() { in_.fail(); }
    std::size_t left() const { return in_.left(); }
    bool complete() const { return in_.ok() && in_.at_end(); }

private:
    LittleEndianReader in_;
};

template <class Io>
inline constexpr bool is_reading = std::same_as<Io, Read>;

template <class Io, Either<UnixNanos> V>
void put(Io& io, V& time) {
    std::int64_t ns = to_ns(time);
    io.number(ns);
    if constexpr (is_reading<Io>) {
        time = unix_nanos(ns);
    }
}
template <class Io, Either<bool> V>
void put(Io& io, V& flag) {
    enum class Bit : std::uint8_t { No, Yes } bit = flag ? Bit::Yes : Bit::No;
    io.choice(bit, Bit::Yes);
    if constexpr (is_reading<Io>) {
        flag = bit == Bit::Yes;
    }
}
template <class Io, Either<Sequence> V>
void put(Io& io, V& sequence) {
    std::uint64_t value = sequence.value();
    io.number(value);
    if constexpr (is_reading<Io>) {
        sequence = Sequence{value};
    }
}
template <class Io, Either<std::string> V>
void put(Io& io, V& text) {
    auto length = static_cast<std::uint32_t>(text.size());
    io.number(length);
    if constexpr (is_reading<Io>) {
        text = io.bytes(length);
    } else {
        io.bytes(text);
    }
}
template <class Io, Either<SymbolText> V>
void put(Io& io, V& symbol) {
    auto length = static_cast<std::uint8_t>(symbol.view().size());
    io.number(length);
    if constexpr (is_reading<Io>) {
        const std::string_view text = io.bytes(length);
        if (!SymbolText::is_valid(text)) {
            io.fail();
            return;
        }
        symbol = SymbolText(text);
    } else {
        io.bytes(symbol.view());
    }
}
template <class Io, Either<std::pair<SymbolId, std::uint16_t>> V>
void put(Io& io, V& place) {
    std::uint32_t symbol = place.first.value();
    io.number(symbol);
    io.number(place.second);
    if constexpr (is_reading<Io>) {
        place.first = SymbolId{symbol};
    }
}
template <class Io, class V>
void put_each(Io& io, V& list, std::size_t least_bytes) {
    auto count = static_cast<std::uint32_t>(list.size());
    io.number(count);
    if constexpr (is_reading<Io>) {
        if (count > io.left() / least_bytes) {
            io.fail();
            return;
        }
        list.resize(count);
    }
    for (auto& element : list) {
        put(io, element);
    }
}

template <class Io, Either<BeginEpoch> V>
void fields(Io& io, V& begin) {
    for (auto& byte : begin.epoch) {
        io.number(byte);
    }
    io.choice(begin.state, BeginEpoch::State::Again);
    put(io, begin.warm_from);
    put(io, begin.reason);
    put(io, begin.sources);
}
template <class Io, Either<ChannelChange> V>
void fields(Io& io, V& change) {
    io.choice(change.channel, ChannelType::Fmv);
    io.choice(change.to, ChannelStatus::Shutdown);
    put(io, change.reason);
}
template <class Io, Either<CircuitChange> V>
void fields(Io& io, V& change) {
    put(io, change.circuit);
    io.choice(change.to, CircuitState::HalfOpen);
    put(io, change.reason);
}
template <class Io, Either<SkipRecords> V>
void fields(Io& io, V& skip) {
    io.choice(skip.channel, ChannelType::Fmv);
    put_each(io, skip.sequences, 8);
}
template <class Io, Either<PlaceSymbols> V>
void fields(Io& io, V& placement) {
    put_each(io, placement.places, 6);
}
template <class Io, Either<ShedChange> V>
void fields(Io& io, V& change) {
    io.number(change.level);
}
template <class Io, Either<UniverseChange> V>
void fields(Io& io, V& change) {
    put(io, change.name);
    put(io, change.priority);
    put(io, change.removed);
    put_each(io, change.symbols, 2);
}
template <class Io, Either<ManualHalt> V>
void fields(Io& io, V& halt) {
    std::uint32_t symbol = halt.symbol.value();
    io.number(symbol);
    if constexpr (is_reading<Io>) {
        halt.symbol = SymbolId{symbol};
    }
    put(io, halt.halted);
    put(io, halt.reason);
}
template <class Io, Either<RuleSwitch> V>
void fields(Io& io, V& change) {
    put(io, change.rule);
    put(io, change.on);
    put(io, change.reason);
}
template <class Io, Either<ConfigurationChange> V>
void fields(Io& io, V& change) {
    io.number(change.hash);
    put(io, change.text);
}
template <class Io, Either<SourceGap> V>
void fields(Io& io, V& gap) {
    std::uint16_t source = gap.source.value();
    io.number(source);
    if constexpr (is_reading<Io>) {
        gap.source = SourceId{source};
    }
    put(io, gap.recovered);
    put(io, gap.from);
    put(io, gap.to);
    put(io, gap.reason);
}
template <class Io, Either<WallStep> V>
void fields(Io& io, V& wall) {
    std::int64_t step = wall.step.count();
    io.number(step);
    if constexpr (is_reading<Io>) {
        wall.step = Nanos{step};
    }
}

template <class Io, Either<Price> V>
void put(Io& io, V& price) {
    std::int64_t raw = price.raw();
    io.number(raw);
    if constexpr (is_reading<Io>) {
        price = Price::from_raw(raw);
    }
}
template <class Io, Either<SessionRestore> V>
void put(Io& io, V& session) {
    std::uint32_t symbol = session.symbol.value();
    io.number(symbol);
    if constexpr (is_reading<Io>) {
        session.symbol = SymbolId{symbol};
    }
    put(io, session.last);
    put(io, session.open);
    put(io, session.high);
    put(io, session.low);
    put(io, session.high_ts);
    put(io, session.low_ts);
    io.number(session.highs);
    io.number(session.lows);
    io.number(session.trends_up);
    io.number(session.trends_down);
}
template <class Io, Either<RestoreSessions> V>
void fields(Io& io, V& restore) {
    put_each(io, restore.sessions, 68);
    put(io, restore.from);
}
template <class Io, Either<PushedBy> V>
void fields(Io& io, V& pushed) {
    std::uint16_t source = pushed.source.value();
    io.number(source);
    if constexpr (is_reading<Io>) {
        pushed.source = SourceId{source};
    }
    put(io, pushed.client);
}
template <class Io, Either<FeatureFlags> V>
void put(Io& io, V& flags) {
    put(io, flags.multichannel_system_enabled);
    put(io, flags.tick_channel_enabled);
    put(io, flags.router_enabled);
    put(io, flags.integration_layer_enabled);
    put(io, flags.parallel_processing_enabled);
    put(io, flags.performance_comparison_enabled);
    io.number(flags.rollout_buckets);
    put_each(io, flags.rollout_tickers, 2);
    put_each(io, flags.excluded_tickers, 2);
}
template <class Io, Either<RolloutChange> V>
void fields(Io& io, V& change) {
    io.choice(change.cause, RolloutChange::Cause::ReEnable);
    put(io, change.flags);
    for (auto& buckets : change.selection.buckets) {
        io.number(buckets);
    }
    put_each(io, change.selection.low, 2);
    put_each(io, change.selection.medium, 2);
    put_each(io, change.selection.kept, 2);
    io.number(change.phase);
    put(io, change.phase_since);
    put(io, change.incident);
    put(io, change.forgives);
    put(io, change.reason);
}
template <class Io, Either<PathFallback::Fallen> V>
void put(Io& io, V& fallen) {
    std::uint32_t symbol = fallen.symbol.value();
    io.number(symbol);
    if constexpr (is_reading<Io>) {
        fallen.symbol = SymbolId{symbol};
    }
    put(io, fallen.from);
    io.choice(fallen.cause, FallbackCause::Difference);
}
template <class Io, Either<PathFallback> V>
void fields(Io& io, V& fallback) {
    put_each(io, fallback.symbols, 13);
}
template <class Io, Either<EngineStart> V>
void fields(Io& io, V& start) {
    put(io, start.events_wait_for_disk);
    io.number(start.shards);
}

}  // namespace tickstock::decision_fields
