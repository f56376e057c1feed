// The display payloads as text that a trader can read: golden/*.txt. `event` lines go in, the lines
// under `market_event` and `stock_data` must come out. TICKSTOCK_UPDATE_GOLDEN=1 rewrites them.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "socketio/display_feed.hpp"
#include "socketio/json_slices.hpp"
#include "socketio/stock_data.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;

/// JSON with a member a line; small arrays and numbers as they were written.
void print(std::string& out, std::string_view value, const std::string& indent) {
    const std::string inner = indent + "  ";
    if (value.starts_with('{') && value != "{}") {
        std::string_view separator = "{\n";
        for_each_json_member(value, [&](std::string_view name, std::string_view member) {
            out += separator;
            out += inner + '"' + std::string(name) + "\": ";
            print(out, member, inner);
            separator = ",\n";
        });
        out += '\n' + indent + '}';
    } else if (value.starts_with("[{")) {
        std::string_view separator = "[\n";
        for (const std::string_view item : json_items(value)) {
            out += separator;
            out += inner;
            print(out, item, inner);
            separator = ",\n";
        }
        out += '\n' + indent + ']';
    } else {
        out += value;
    }
}

std::string argument_of(std::string_view packet, std::string_view event) {
    EXPECT_TRUE(packet.starts_with("42["));
    EXPECT_TRUE(is_json(packet.substr(2), 5)) << packet;
    const auto items = json_items(packet.substr(2));
    EXPECT_EQ(items.size(), 2U);
    EXPECT_EQ(json_text(items.at(0)), event);
    return std::string(items.at(1));
}

/// Runs one file's lines; what the file should look like.
std::string run(std::istream& in) {
    DisplayFeed feed;
    StockDataAccumulator stock_data;
    std::string body;
    std::shared_ptr<const DisplayEvent> event;
    std::string out;
    std::uint64_t offset = 0;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("event ")) {
            body = line.substr(6);
            event = feed.show(body);
            stock_data.add(event, event->ts());
            ++offset;
            out += line + '\n';
        } else if (line == "market_event") {
            out += line + '\n';
            print(out, argument_of(event->market_event_packet(body, offset), "market_event"), "");
            out += "\n\n";
        } else if (line == "stock_data") {
            Activity activity{feed.totals(), 112, 336, 678, 1014, "Extreme"};
            const auto frame = stock_data.take(activity, feed.newest() + 3500ms);
            const std::string text = json_text(argument_of(*frame->text, "stock_data"));
            EXPECT_TRUE(is_json(text, 5));
            out += line + '\n';
            print(out, text, "");
            out += "\n\n";
        } else if (line.starts_with('#')) {
            out += line + '\n';
        } else if (out.ends_with("#\n") || (!out.empty() && out.find("event") == out.npos)) {
            out += '\n';  // the blank line under the head
        }
    }
    while (out.ends_with("\n\n")) {
        out.pop_back();
    }
    return out;
}

class DisplayGolden : public ::testing::TestWithParam<const char*> {};

TEST_P(DisplayGolden, looks_as_written_down) {
    const std::filesystem::path path = std::filesystem::path(TICKSTOCK_SOURCE_DIR) /
                                       "src/socketio/golden" / (std::string(GetParam()) + ".txt");
    std::ifstream file(path);
    ASSERT_TRUE(file) << path;
    std::stringstream text;
    text << file.rdbuf();
    const std::string expected = text.str();
    const std::string found = run(text);
    if (std::getenv("TICKSTOCK_UPDATE_GOLDEN") != nullptr) {
        std::ofstream(path) << found;
        return;
    }
    EXPECT_EQ(found, expected);
}

INSTANTIATE_TEST_SUITE_P(Files, DisplayGolden,
                         ::testing::Values("high_low", "trend", "surge", "other", "stock_data"),
                         [](const auto& given) { return std::string(given.param); });

}  // namespace
}  // namespace tickstock
