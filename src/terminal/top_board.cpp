#include "terminal/top_board.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "terminal/json_reader.hpp"
#include "terminal/top_parse.hpp"

namespace tickstock {
namespace {

constexpr std::size_t newest_events = 100;     // at first
constexpr std::size_t following_events = 500;  // a round, later

constexpr unsigned http_ok = 200;
constexpr unsigned http_unauthorized = 401;
constexpr unsigned http_forbidden = 403;

std::string why_not(const TopAnswer& answer) {
    if (answer.status == 0) {
        return clean_text(answer.body);
    }
    const std::string message = read_error(answer.body);
    if (answer.status == http_unauthorized || answer.status == http_forbidden) {
        return fmt::format("refused ({}): {}; a token comes with --token-file or TICKSTOCK_TOKEN",
                           answer.status, message);
    }
    return fmt::format("HTTP {}: {}", answer.status, message);
}

double seconds(Nanos duration) {
    return std::chrono::duration<double>(duration).count();
}

void append(std::vector<double>& history, Figure value) {
    history.push_back(value.value_or(0));
    if (history.size() > TopBoard::history_max) {
        history.erase(history.begin());
    }
}

}  // namespace

bool TopBoard::asks_newest(const std::string& symbols) const {
    return next_.empty() || symbols != tape_symbols_;
}

std::array<std::string, top_page_count> TopBoard::targets(const std::string& symbols) const {
    std::array<std::string, top_page_count> targets;
    for (std::size_t i = 0; i < top_page_count; ++i) {
        targets.at(i) = "/api/v1/" + std::string(top_page_name(static_cast<TopPage>(i)));
    }
    std::string& events = targets[static_cast<std::size_t>(TopPage::Events)];
    events += asks_newest(symbols) ? fmt::format("?limit={}", newest_events)
                                   : fmt::format("?limit={}&since={}", following_events, next_);
    if (!symbols.empty()) {
        events += "&symbols=" + symbols;
    }
    return targets;
}

void TopBoard::take(const TopPoll& poll) {
    const TopAnswer& status = poll.of(TopPage::Status);
    TopModel next = model_;
    if (status.status != http_ok) {
        model_.away = why_not(status);
        return;
    }
    if (!read_status(status.body, next)) {
        model_.away = "what answers there is no TickStock server: /api/v1/status is no JSON";
        return;
    }
    const auto read = [&](TopPage page, bool (*reader)(const std::string&, TopModel&)) {
        const TopAnswer& answer = poll.of(page);
        std::string& missing = next.missing[static_cast<std::size_t>(page)];
        missing = answer.status != http_ok     ? why_not(answer)
                  : !reader(answer.body, next) ? "no JSON"
                                               : "";
        return missing.empty();
    };
    const bool has_dashboard = read(TopPage::Dashboard, read_dashboard);
    if (!has_dashboard) {
        next.overview.uptime_percent = std::nullopt;
        next.overview.memory_limit_bytes = std::nullopt;
        next.overview.cpu_percent = std::nullopt;
    }
    if (!read(TopPage::Alerts, read_alerts)) {
        next.active.clear();
        next.recent.clear();
    }
    if (!read(TopPage::Market, read_market)) {
        next.market = TopMarket();
    }
    if (!read(TopPage::Rollout, read_rollout)) {
        next.rollout = TopRollout();
    }
    next.away.clear();
    next.figures_wall = poll.wall;
    next.figures_monotonic = poll.monotonic;
    std::swap(model_, next);
    take_changes(poll, next);
    model_.known = true;
    append(model_.records_history, model_.overview.records_per_second);
    append(model_.events_history, model_.overview.events_per_second);
    take_events(poll);
}

void TopBoard::take_changes(const TopPoll& poll, const TopModel& before) {
    constexpr double whole = 100;
    const double passed = before.known ? seconds(poll.monotonic - before.figures_monotonic) : 0;
    for (TopThread& thread : model_.threads) {
        const auto found =
            std::find_if(before.threads.begin(), before.threads.end(),
                         [&](const TopThread& one) { return one.name == thread.name; });
        if (passed > 0 && found != before.threads.end() &&
            thread.cpu_seconds >= found->cpu_seconds) {
            thread.cpu_percent = (thread.cpu_seconds - found->cpu_seconds) / passed * whole;
        }
    }
    const auto json = json_reader::parse(poll.of(TopPage::Status).body);
    const Figure cpu = json_reader::figure(json_reader::member(*json, "process"), "cpu_seconds");
    if (!model_.overview.cpu_percent && cpu && cpu_seconds_ && passed > 0 &&
        *cpu >= *cpu_seconds_) {
        model_.overview.cpu_percent = (*cpu - *cpu_seconds_) / passed * whole;
    }
    cpu_seconds_ = cpu;
    for (TopSource& source : model_.sources) {
        LastRecord& last = last_records_[source.name];
        if (last.records != source.records || last.since == Nanos{0}) {
            last = {source.records, poll.monotonic};
        }
        if (!source.data_age) {
            source.data_age = poll.monotonic - last.since;
        }
    }
}

void TopBoard::take_events(const TopPoll& poll) {
    const TopAnswer& answer = poll.of(TopPage::Events);
    std::string& missing = model_.missing[static_cast<std::size_t>(TopPage::Events)];
    const auto page = answer.status == http_ok
                          ? read_events(answer.body, poll.newest ? newest_events : following_events)
                          : std::nullopt;
    if (!page) {
        missing = answer.status == http_ok ? "no JSON" : why_not(answer);
        next_.clear();  // the position may be what was refused
        return;
    }
    missing.clear();
    const bool other = poll.newest || page->gap || page->epoch != epoch_;
    if (other) {
        model_.tape.clear();
    }
    if (page->gap) {
        next_.clear();  // what the page holds is the oldest there is; ask for the newest
        epoch_ = page->epoch;
        return;
    }
    for (const TopEvent& event : page->events) {
        model_.tape.push_front(event);
    }
    while (model_.tape.size() > tape_max) {
        model_.tape.pop_back();
    }
    epoch_ = page->epoch;
    tape_symbols_ = poll.symbols;
    // A burst is not read through: the newest are what is shown.
    next_ = poll.newest || page->complete ? page->next : std::string();
}

}  // namespace tickstock
