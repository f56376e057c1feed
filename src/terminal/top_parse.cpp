#include "terminal/top_parse.hpp"

#include <fmt/format.h>

#include "terminal/json_reader.hpp"

namespace tickstock {

using namespace json_reader;

namespace {

TopAlert alert_of(const Json& json) {
    TopAlert alert;
    alert.type = text(json, "type");
    alert.severity = text(json, "severity");
    alert.channel = text(json, "channel");
    alert.message = text(json, "message");
    alert.value = figure(json, "value");
    alert.threshold = figure(json, "threshold");
    alert.raised = time(json, "raised");
    if (const UnixNanos resolved = time(json, "resolved"); resolved != time_unknown) {
        alert.resolved = resolved;
    }
    return alert;
}

std::vector<TopAlert> alerts_of(const Json& json, std::string_view name) {
    std::vector<TopAlert> alerts;
    for (const Json& one : items(json, name)) {
        alerts.push_back(alert_of(one));
    }
    return alerts;
}

TopLeader leader_of(const Json& json) {
    TopLeader leader;
    leader.symbol = text(json, "symbol");
    leader.direction = text(json, "direction");
    leader.count = figure(json, "count");
    leader.price = figure(json, "price");
    leader.percent_change = figure(json, "percent_change");
    leader.value = figure(json, "value");
    return leader;
}

/// What is particular to the type, in a few words: "no. 12 +0.40 %".
std::string event_text(const std::string& type, const Json& data) {
    std::string words;
    const auto say = [&](const std::string& more) {
        words += (words.empty() || more.empty() ? "" : " ") + more;
    };
    const auto say_percent = [&](std::string_view name) {
        if (const Figure value = figure(data, name)) {
            say(fmt::format("{:+.2f} %", *value));
        }
    };
    if (type == "high" || type == "low") {
        if (const Figure count = figure(data, type == "high" ? "count_up" : "count_down")) {
            say("no. " + count_text(count));
        }
        say_percent("percent_change");
    } else if (type == "trend") {
        say(text(data, "trend_strength"));
        say(text(data, "timeframe"));
        say_percent("percent_change");
        say(text(data, "reversal"));
    } else if (type == "surge") {
        say(text(data, "surge_strength"));
        say_percent("magnitude");
        if (const Figure volume = figure(data, "volume_multiplier")) {
            say(fmt::format("volume ×{:.1f}", *volume));
        }
    } else if (type == "valuation") {
        say(text(data, "signal"));
        say_percent("deviation");
    } else {
        say(text(data, "rule"));
        say(text(data, "kind"));
        say(text(data, "reason"));
    }
    if (flag(data, "cancelled")) {
        say("cancelled");
    }
    return words;
}

TopEvent event_of(const Json& item) {
    const Json& json = member(item, "event");
    TopEvent event;
    event.offset = static_cast<std::uint64_t>(to_ns(time(item, "offset")));
    event.type = text(json, "type");
    event.symbol = text(json, "symbol");
    event.direction = text(json, "direction");
    event.source = text(json, "source");
    event.price = figure(json, "price");
    event.priority = figure(json, "priority");
    event.ts = time(json, "ts");
    event.text = event_text(event.type, member(json, "data"));
    return event;
}

}  // namespace

std::string_view top_page_name(TopPage page) {
    switch (page) {
        case TopPage::Status: return "status";
        case TopPage::Dashboard: return "dashboard";
        case TopPage::Alerts: return "alerts";
        case TopPage::Market: return "market";
        case TopPage::Events: return "events";
        case TopPage::Rollout: return "rollout";
    }
    return "";
}

bool read_alerts(const std::string& body, TopModel& model) {
    const auto json = parse(body);
    if (!json || !json->is_object()) {
        return false;
    }
    model.active = alerts_of(*json, "active");
    model.recent = alerts_of(*json, "recent");
    model.alerts_raised = figure(*json, "raised");
    model.alerts_suppressed = figure(*json, "suppressed");
    return true;
}

bool read_market(const std::string& body, TopModel& model) {
    const auto json = parse(body);
    if (!json || !json->is_object()) {
        return false;
    }
    TopMarket market;
    const Json& leaders = member(*json, "leaders");
    for (const auto& [name, title] :
         {std::pair{"highs", "Most highs"}, std::pair{"lows", "Most lows"},
          std::pair{"surges", "Surges"}, std::pair{"trends", "Trends"},
          std::pair{"relative_volume", "Relative volume"}}) {
        TopLeaders list{title, {}};
        for (const Json& row : items(leaders, name)) {
            list.rows.push_back(leader_of(row));
        }
        if (!list.rows.empty()) {
            market.leaders.push_back(std::move(list));
        }
    }
    const Json& breadth = member(*json, "breadth");
    market.highs = figure(breadth, "highs");
    market.lows = figure(breadth, "lows");
    market.surges_up = figure(breadth, "surges_up");
    market.surges_down = figure(breadth, "surges_down");
    market.trends_up = figure(breadth, "trends_up");
    market.trends_down = figure(breadth, "trends_down");
    market.advancing = figure(breadth, "advancing");
    market.declining = figure(breadth, "declining");
    market.unchanged = figure(breadth, "unchanged");
    model.market = std::move(market);
    return true;
}

bool read_rollout(const std::string& body, TopModel& model) {
    const auto json = parse(body);
    if (!json || !json->is_object()) {
        return false;
    }
    TopRollout rollout;
    rollout.installed = flag(*json, "installed");
    rollout.phase = figure(member(*json, "phase"), "number");
    rollout.percentage = figure(member(*json, "flags"), "rollout_percentage");
    const Json& symbols = member(*json, "symbols");
    rollout.multi_channel = figure(symbols, "multi_channel");
    rollout.linear = figure(symbols, "linear");
    rollout.fallen = static_cast<double>(items(symbols, "fallen").size());
    rollout.incident = text(*json, "incident");
    model.rollout = std::move(rollout);
    return true;
}

std::optional<TopEventPage> read_events(const std::string& body, std::size_t limit) {
    const auto json = parse(body);
    if (!json || !json->is_object()) {
        return std::nullopt;
    }
    TopEventPage page;
    page.epoch = text(*json, "epoch");
    page.next = text(*json, "next");
    page.gap = member(*json, "gap").is_object();
    for (const Json& item : items(*json, "events")) {
        page.events.push_back(event_of(item));
    }
    page.complete = page.events.size() < limit;
    return page;
}

std::string read_error(const std::string& body) {
    if (const auto json = parse(body)) {
        const std::string message = text(member(*json, "error"), "message");
        if (!message.empty()) {
            return message;
        }
    }
    constexpr std::size_t enough = 80;
    return fit(clean_text(body.substr(0, enough)), std::min(enough, body.size()));
}

}  // namespace tickstock
