#include "server/market_board.hpp"

namespace tickstock {

double MarketRow::rank(MarketList list) const {
    switch (list) {
        case MarketList::Highs:
        case MarketList::Lows:
        case MarketList::Surges: return counts[static_cast<std::size_t>(list)];
        case MarketList::Trends: return trend;
        case MarketList::RelativeVolume: return relative_volume;
    }
    return 0;
}

double MarketRow::value(MarketList list) const {
    switch (list) {
        case MarketList::Highs:
        case MarketList::Lows: return percent_change;
        case MarketList::Surges: return surge;
        case MarketList::Trends: return trend;
        case MarketList::RelativeVolume: return relative_volume;
    }
    return 0;
}

Direction MarketRow::direction(MarketList list) const {
    switch (list) {
        case MarketList::Highs: return Direction::Up;
        case MarketList::Lows: return Direction::Down;
        case MarketList::Surges: return surge_direction;
        case MarketList::Trends: return trend_direction;
        case MarketList::RelativeVolume: break;
    }
    return Direction::None;
}

}  // namespace tickstock
