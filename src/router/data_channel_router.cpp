#include "router/data_channel_router.hpp"

#include <algorithm>
#include <numeric>

namespace tickstock {
namespace {

RouterSettings hash_based() {
    RouterSettings settings;
    settings.strategy = RouterStrategy::HashBased;
    return settings;
}

double milliseconds_of(Nanos time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

DataChannelRouter::DataChannelRouter(unsigned shards) : DataChannelRouter(shards, hash_based()) {}

DataChannelRouter::DataChannelRouter(unsigned shards, const RouterSettings& settings)
    : placement_(shards, settings.strategy),
      circuit_({settings.circuit_failures, settings.circuit_open}),
      strategy_(settings.strategy) {}

std::optional<ChannelType> DataChannelRouter::channel_of(const Record& record) {
    switch (record.kind()) {
        case RecordKind::Trade:
        case RecordKind::Quote:
        case RecordKind::TradingStatus: return ChannelType::Tick;
        case RecordKind::Bar:
            return record.bar().timeframe == Timeframe::Second1 ? ChannelType::Tick
                                                                : ChannelType::Ohlcv;
        case RecordKind::FairValue: return ChannelType::Fmv;
        case RecordKind::ClockTick: return std::nullopt;
    }
    return std::nullopt;
}

std::optional<ChannelType> DataChannelRouter::route(const Record& record) {
    ++counts_.in;
    const auto channel = channel_of(record);
    if (!channel) {
        counts_.drop(Reason::NoChannel);
        fail(RoutingError::NoChannel);
        return std::nullopt;
    }
    ++counts_.out;
    ++by_kind_[static_cast<std::size_t>(record.kind())];
    ++by_channel_[static_cast<std::size_t>(*channel)];
    note_symbol(record.header().symbol, static_cast<std::size_t>(*channel));
    last_activity_ = record.header().clock;
    if (placement_.health().none_healthy(*channel)) {
        fail(RoutingError::NoneHealthy);
    } else {
        circuit_.on_success(now_);
    }
    return channel;
}

void DataChannelRouter::note_symbol(SymbolId symbol, std::size_t channel) {
    if (symbol == symbol_none) {  // of the whole market
        return;
    }
    const std::size_t at = symbol.value();
    if (at >= seen_.size()) {
        seen_.resize(std::max(at + 1, seen_.size() * 2));
    }
    const auto bit = static_cast<std::uint8_t>(1U << channel);
    if ((seen_[at] & bit) == 0) {
        seen_[at] |= bit;
        ++symbols_[channel];
    }
}

void DataChannelRouter::fail(RoutingError error) {
    add_errors(error, 1);
    circuit_.on_failure(now_, to_string(error));
}

unsigned DataChannelRouter::rendezvous(std::string_view symbol, unsigned shards) {
    return rendezvous_among(symbol, shards, [](unsigned) { return true; }).value_or(0);
}

void DataChannelRouter::update_health(unsigned shard, ChannelType channel,
                                      const ShardHealth& health, Nanos now) {
    now_ = now;
    circuit_.poll(now);
    placement_.health().update(shard, channel, health);
}

std::optional<PlaceSymbols> DataChannelRouter::place_new(std::span<const SymbolId> symbols,
                                                         const SymbolTable& table) {
    if (circuit_.state() == CircuitState::Open) {
        return std::nullopt;
    }
    PlaceSymbols places = placement_.place_new(symbols, table);
    return places.places.empty() ? std::nullopt : std::optional(std::move(places));
}

std::optional<PlaceSymbols> DataChannelRouter::moves(Nanos now, const SymbolTable& table) {
    now_ = now;
    circuit_.poll(now);
    if (circuit_.state() == CircuitState::Open) {
        return std::nullopt;
    }
    PlaceSymbols places = placement_.moves(now, table);
    return places.places.empty() ? std::nullopt : std::optional(std::move(places));
}

RouterStatistics DataChannelRouter::statistics() const {
    RouterStatistics statistics;
    statistics.total_routed = counts_.out;
    statistics.errors_by_reason = errors_;
    statistics.routing_errors = std::accumulate(errors_.begin(), errors_.end(), std::uint64_t{0});
    const std::uint64_t came =
        counts_.in + errors_[static_cast<std::size_t>(RoutingError::Unidentified)];
    if (came != 0) {
        statistics.error_rate =
            std::min(100.0, 100.0 * static_cast<double>(statistics.routing_errors) /
                                static_cast<double>(came));
    }
    statistics.success_rate = 100 - statistics.error_rate;
    statistics.avg_routing_time_ms = milliseconds_of(routing_time_.mean());
    statistics.avg_selection_time_ms = milliseconds_of(selection_time_.mean());
    statistics.last_activity = last_activity_;
    statistics.routes_by_type = by_kind_;
    statistics.routes_by_channel = by_channel_;
    statistics.symbols_by_channel = symbols_;
    statistics.circuit = circuit_.state();
    statistics.circuit_trips = circuit_.trips();
    statistics.strategy = strategy_;
    statistics.symbols = placement_.placed();
    statistics.moves = placement_.moved();
    for (unsigned shard = 0; shard < placement_.health().shards(); ++shard) {
        statistics.shards.push_back(
            {placement_.symbols_on(shard), placement_.health().queued(shard),
             placement_.health().score(shard), placement_.health().healthy(shard)});
    }
    return statistics;
}

void DataChannelRouter::save_totals(StateWriter& out) const {
    out(counts_.in, counts_.out, counts_.dropped, by_kind_, by_channel_, errors_, last_activity_);
}

void DataChannelRouter::add_totals(StateReader& in) {
    StageCounts counts;
    std::array<std::uint64_t, 6> by_kind{};
    std::array<std::uint64_t, channel_type_count> by_channel{};
    std::array<std::uint64_t, routing_error_count> errors{};
    UnixNanos last_activity;
    in(counts.in, counts.out, counts.dropped, by_kind, by_channel, errors, last_activity);
    const auto add = [](auto& to, const auto& from) {
        std::transform(to.begin(), to.end(), from.begin(), to.begin(), std::plus<>());
    };
    counts_ += counts;
    add(by_kind_, by_kind);
    add(by_channel_, by_channel);
    add(errors_, errors);
    last_activity_ = std::max(last_activity_, last_activity);
}

}  // namespace tickstock
