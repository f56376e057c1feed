#include "server/market_feed.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "base/json_writer.hpp"

namespace tickstock {
namespace {

constexpr std::array<std::pair<MarketList, std::string_view>, market_list_count> lists{{
    {MarketList::Highs, "highs"},
    {MarketList::Lows, "lows"},
    {MarketList::Surges, "surges"},
    {MarketList::Trends, "trends"},
    {MarketList::RelativeVolume, "relative_volume"},
}};

void write_row(JsonWriter& json, const MarketRow& row, MarketList list) {
    const auto at = static_cast<std::size_t>(list);
    json.begin_object().key("symbol").string(row.symbol.view());
    json.key("count").number(row.counts[at]);
    json.key("price").price(row.price);
    json.key("percent_change");
    row.open.raw() > 0 ? json.number(row.percent_change) : json.null();
    json.key("value").number(row.value(list));
    json.key("direction");
    const std::string_view direction = to_string(row.direction(list));
    direction.empty() ? json.null() : json.string(direction);
    json.key("last").number(to_ns(row.last[at])).end_object();
}

void write_breadth(JsonWriter& json, const MarketBoard& board) {
    const MarketBreadth& sums = board.breadth();
    const MarketAdvance symbols = board.advance();
    json.begin_object();
    json.key("highs").number(sums.highs).key("lows").number(sums.lows);
    json.key("surges_up").number(sums.surges_up).key("surges_down").number(sums.surges_down);
    json.key("trends_up").number(sums.trends_up).key("trends_down").number(sums.trends_down);
    json.key("advancing").number(symbols.advancing).key("declining").number(symbols.declining);
    json.key("unchanged").number(symbols.unchanged);
    json.key("minutes").begin_array();
    for (const MarketMinute& minute : board.minutes()) {
        json.begin_object().key("t").number(minute.minute * 60);
        json.key("highs").number(minute.highs).key("lows").number(minute.lows);
        json.key("surges_up").number(minute.surges_up);
        json.key("surges_down").number(minute.surges_down).end_object();
    }
    json.end_array().end_object();
}

}  // namespace

/// The stream as it is now, from the oldest event in memory.
void MarketFeed::begin(const StreamRange& range) {
    board_.clear();
    epoch_ = range.epoch;
    last_ = Offset{};
    is_behind_gap_ = false;
    damaged_sessions_ = 0;
}

void MarketFeed::advance(Nanos now) {
    if (now < due_) {
        return;
    }
    const StreamRange range = stream_.range();
    if (range.epoch != epoch_) {
        begin(range);
        answered_limit_.reset();
    }
    std::size_t taken = 0;
    while (last_ < range.last && taken < events_at_once) {
        const auto block = stream_.block_at(epoch_, Offset{last_.value() + 1});
        if (block == nullptr) {
            const StreamRange current = stream_.range();
            if (current.epoch != epoch_ || current.first.value() <= last_.value() + 1) {
                break;  // begun anew, or not there yet: the next look tells
            }
            last_ = Offset{current.first.value() - 1};
            is_behind_gap_ = true;
            continue;
        }
        for (auto i = block->index_of(Offset{last_.value() + 1}); i < block->entries.size(); ++i) {
            const StreamEntry& entry = block->entries[i];
            // The session that is at hand behind a gap may have begun in it.
            if (board_.take(entry, block->body(entry)) && std::exchange(is_behind_gap_, false)) {
                damaged_sessions_ = board_.sessions();
            }
            ++taken;
        }
        last_ = block->entries.back().offset;
    }
    if (taken > 0) {
        answered_limit_.reset();
    }
    if (last_ >= range.last) {
        due_ = now + interval;
    }
}

bool MarketFeed::is_complete() const {
    return !is_behind_gap_ && (board_.sessions() == 0 || board_.sessions() > damaged_sessions_);
}

const std::string& MarketFeed::json(std::size_t limit) {
    if (answered_limit_ != limit) {
        answer_ = write(limit);
        answered_limit_ = limit;
    }
    return answer_;
}

std::string MarketFeed::write(std::size_t limit) const {
    std::string text;
    JsonWriter json(text);
    const auto& session = board_.session();
    json.begin_object().key("session");
    session ? json.string(to_string(session->session)) : json.null();
    json.key("since");
    if (!session) {
        json.null();
    } else {
        json.number(to_ns(is_complete() ? session->session_begin : board_.first_event()));
    }
    json.key("complete").boolean(is_complete());
    json.key("symbols").number(board_.symbols());
    json.key("through").begin_object().key("epoch").string(epoch_);
    json.key("offset").number(last_.value()).end_object();
    json.key("leaders").begin_object();
    for (const auto& [list, name] : lists) {
        json.key(name).begin_array();
        for (const MarketRow* row : board_.leaders(list, limit)) {
            write_row(json, *row, list);
        }
        json.end_array();
    }
    json.end_object().key("breadth");
    write_breadth(json, board_);
    json.end_object();
    return text;
}

}  // namespace tickstock
