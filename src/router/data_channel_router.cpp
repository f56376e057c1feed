#include "router/data_channel_router.hpp"

#include <algorithm>
#include <string>

#include "base/assert.hpp"
#include "base/hash.hpp"

namespace tickstock {
namespace {

constexpr std::uint16_t unplaced = 0xFFFF;

}  // namespace

DataChannelRouter::DataChannelRouter(unsigned shards) : shards_(shards) {
    TS_ASSERT(shards >= 1 && shards < unplaced);
}

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
        return std::nullopt;
    }
    ++counts_.out;
    ++by_kind_[static_cast<std::size_t>(record.kind())];
    return channel;
}

unsigned DataChannelRouter::rendezvous(std::string_view symbol, unsigned shards) {
    unsigned best = 0;
    std::uint64_t best_hash = 0;
    std::string key(symbol);
    key.push_back('|');
    const std::size_t prefix = key.size();
    for (unsigned shard = 0; shard < shards; ++shard) {
        key.resize(prefix);
        key += std::to_string(shard);
        const std::uint64_t hash = xxh64(key);
        if (hash > best_hash) {
            best_hash = hash;
            best = shard;
        }
    }
    return best;
}

unsigned DataChannelRouter::shard_of(SymbolId symbol, const SymbolTable& symbols) {
    if (symbol.value() >= placement_.size()) {
        placement_.resize(std::max<std::size_t>(symbol.value() + 1, placement_.size() * 2),
                          unplaced);
    }
    std::uint16_t& place = placement_[symbol.value()];
    if (place == unplaced) {
        place = static_cast<std::uint16_t>(rendezvous(symbols.text(symbol).view(), shards_));
    }
    return place;
}

}  // namespace tickstock
