#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "sources/polygon/test_feed.hpp"

namespace tickstock::testing {

/// A day of sixty prints, and a vendor that has it.
struct Print {
    std::string symbol;
    unsigned q;
    std::int64_t at;
};

inline std::vector<Print> day() {
    std::vector<Print> prints;
    for (unsigned i = 1; i <= 60; ++i) {
        prints.push_back({i % 3 == 0 ? "MSFT" : "AAPL", i, 10 * (i / 2)});
    }
    return prints;
}

inline std::vector<std::string> lines_of(const std::vector<Print>& prints) {
    std::vector<std::string> lines;
    for (const Print& print : prints) {
        lines.push_back(fmt::format("T {} {} @{}", print.symbol, print.q, print.at));
    }
    return lines;
}

inline std::int64_t number_behind(const std::string& target, const std::string& key) {
    const std::size_t at = target.find(key);
    return at == std::string::npos ? 0 : std::stoll(target.substr(at + key.size()));
}

/// Serves the day's rows, two a page.
class RestOfDay {
public:
    RestReply operator()(const std::string& target, const std::string& bearer) {
        const std::lock_guard lock(mutex_);
        targets.push_back(target);
        if (bearer != "Bearer the-secret-key") {
            return {401, "{}"};
        }
        if (target.find("/snapshot/") != std::string::npos) {
            return {200,
                    fmt::format(R"({{"status":"OK","tickers":[{{"ticker":"AAPL","updated":{0}}},)"
                                R"({{"ticker":"MSFT","updated":{0}}},)"
                                R"({{"ticker":"OLD","updated":{1}}}]}})",
                                (base_ms + 1000) * 1'000'000, base_ms * 1'000'000)};
        }
        const std::int64_t from = number_behind(target, "timestamp.gte=");
        const std::int64_t to = number_behind(target, "timestamp.lte=");
        auto skip = static_cast<std::size_t>(number_behind(target, "skip="));
        const std::size_t first = skip;
        std::string rows;
        std::size_t given = 0;
        bool more = false;
        for (const Print& print : day()) {
            const std::int64_t time = (base_ms + print.at) * 1'000'000 + 123;
            if (target.find("/v3/trades/" + print.symbol) != 0 || time < from || time > to) {
                continue;
            }
            if (skip > 0) {
                --skip;
                continue;
            }
            more = given == 2;
            if (more) {
                break;
            }
            ++given;
            rows += (rows.empty() ? "" : ",") + rest_trade(print.q, print.at);
        }
        const std::string path = target.substr(0, target.find("&skip="));
        const std::string next =
            more ? fmt::format(R"(,"next_url":"https://elsewhere.example{}&skip={}")", path,
                               first + 2)
                 : std::string{};
        return {200, R"({"status":"OK","results":[)" + rows + "]" + next + "}"};
    }
    std::vector<std::string> asked() {
        const std::lock_guard lock(mutex_);
        return targets;
    }

private:
    std::mutex mutex_;
    std::vector<std::string> targets;
};

/// Sends the day; the first connection is cut behind 20 prints, the second sends from print 40 on,
/// with the first of them a second time.
inline TestVendor::Script script_with_outage() {
    return [](VendorSocket& socket, unsigned number) {
        socket.login(2);
        const auto prints = day();
        for (unsigned i = number == 1 ? 0 : 39; i < (number == 1 ? 20 : prints.size()); ++i) {
            socket.send("[" + wire_trade(prints[i].symbol, prints[i].q, prints[i].at) + "]");
        }
        if (number > 1) {
            socket.read_to_end();
        }
    };
}

inline std::vector<std::string> without_gaps(std::vector<std::string> lines) {
    std::erase_if(lines, [](const std::string& line) { return line[0] != 'T'; });
    return lines;
}

}  // namespace tickstock::testing
