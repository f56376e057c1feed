#include "sources/polygon/topics.hpp"

#include <algorithm>

namespace tickstock {
namespace {

std::vector<std::string> without_doubles(const std::vector<std::string>& texts) {
    std::vector<std::string> kept;
    std::unordered_set<std::string> seen;
    for (const std::string& text : texts) {
        if (seen.insert(text).second) {
            kept.push_back(text);
        }
    }
    return kept;
}

}  // namespace

PolygonTopics::PolygonTopics(const std::vector<std::string>& channels,
                             const std::vector<std::string>& symbols)
    : all_(std::find(symbols.begin(), symbols.end(), "*") != symbols.end()),
      channels_(without_doubles(channels)) {
    if (!all_) {
        symbols_ = without_doubles(symbols);
        symbol_set_.insert(symbols_.begin(), symbols_.end());
    }
    for (const std::string& channel : channels_) {
        if (all_) {
            wanted_.push_back(channel + ".*");
        }
        for (const std::string& symbol : symbols_) {
            wanted_.push_back(channel + "." + symbol);
        }
    }
}

bool PolygonTopics::has_channel(std::string_view channel) const {
    return std::find(channels_.begin(), channels_.end(), channel) != channels_.end();
}

bool PolygonTopics::covers(std::string_view symbol, RecordKind kind) const {
    // With `*` nobody knows what the vendor has before a record of it comes.
    if (symbol_set_.count(std::string(symbol)) == 0) {
        return false;
    }
    switch (kind) {
        case RecordKind::Trade: return has_channel("T");
        case RecordKind::Quote: return has_channel("Q");
        case RecordKind::Bar: return has_channel("A") || has_channel("AM");
        case RecordKind::FairValue: return has_channel("FMV");
        case RecordKind::TradingStatus: return has_channel("LULD") || has_channel("NOI");
        case RecordKind::ClockTick: break;
    }
    return false;
}

}  // namespace tickstock
