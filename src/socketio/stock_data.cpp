#include "socketio/stock_data.hpp"

#include <algorithm>

#include "base/json_writer.hpp"

namespace tickstock {

void StockDataAccumulator::drop_oldest(std::size_t list) {
    events_[list].pop_front();
    --count_;
    ++dropped_;
    ++dropped_now_;
}

void StockDataAccumulator::add(std::shared_ptr<const DisplayEvent> event, UnixNanos ts_pub) {
    const bool is_up = event->direction() == Direction::Up;
    std::size_t list = Highs;
    switch (event->type()) {
        case EventType::High: list = Highs; break;
        case EventType::Low: list = Lows; break;
        case EventType::Trend: list = is_up ? TrendingUp : TrendingDown; break;
        case EventType::Surge: list = is_up ? SurgingUp : SurgingDown; break;
        case EventType::Valuation:
        case EventType::Rule:
        case EventType::Control: return;
    }
    oldest_pub_ = count_ == 0 ? ts_pub : oldest_pub_;
    events_[list].push_back(std::move(event));
    ++count_;
    if (events_[list].size() > limits_.per_list) {
        drop_oldest(list);
    }
}

void StockDataAccumulator::append_list(std::string& out, std::size_t list,
                                       UnixNanos market_now) const {
    out += '[';
    for (const auto& event : events_[list]) {
        out += out.back() == '[' ? "" : ",";
        event->append_object(out, market_now);
    }
    out += ']';
}

std::string StockDataAccumulator::encode(const Activity& activity, UnixNanos market_now) const {
    std::string data = "{\"highs\":";
    append_list(data, Highs, market_now);
    data += ",\"lows\":";
    append_list(data, Lows, market_now);
    data += ",\"trending\":{\"up\":";
    append_list(data, TrendingUp, market_now);
    data += ",\"down\":";
    append_list(data, TrendingDown, market_now);
    data += "},\"surging\":{\"up\":";
    append_list(data, SurgingUp, market_now);
    data += ",\"down\":";
    append_list(data, SurgingDown, market_now);
    data += "},\"activity\":";
    append_activity(data, activity);
    data += ",\"dropped\":" + std::to_string(dropped_now_) + '}';

    std::string text = "42[\"stock_data\",";
    JsonWriter(text).string(data);  // a string that holds JSON: that is what the pages parse
    text += ']';
    return text;
}

std::optional<EngineFrame> StockDataAccumulator::take(const Activity& activity,
                                                      UnixNanos market_now) {
    if (!has_news()) {
        return std::nullopt;
    }
    std::string text = encode(activity, market_now);
    while (text.size() > limits_.packet_bytes && count_ > 1) {
        // In proportion, and a little more; each round at least one event.
        const std::size_t keep = count_ * limits_.packet_bytes / text.size() * 9 / 10;
        while (count_ > std::max<std::size_t>(keep, 1)) {
            const auto longest = std::ranges::max_element(
                events_, {}, [](const auto& events) { return events.size(); });
            drop_oldest(static_cast<std::size_t>(longest - events_.begin()));
        }
        text = encode(activity, market_now);
    }
    EngineFrame frame{std::make_shared<const std::string>(std::move(text)), count_, oldest_pub_};
    for (auto& events : events_) {
        events.clear();
    }
    count_ = 0;
    dropped_now_ = 0;
    return frame;
}

}  // namespace tickstock
