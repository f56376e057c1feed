#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace tickstock {

enum class TopView : unsigned char { Overview, Channels, Events, Alerts };
inline constexpr std::size_t top_view_count = 4;

/// Symbols to show: names, or beginnings that end with '*', with commas or blanks between them.
/// Empty: all. Letters count as capitals.
class TopFilter {
public:
    TopFilter() = default;
    explicit TopFilter(std::string_view text);

    bool passes(std::string_view symbol) const;
    bool is_empty() const { return terms_.empty(); }
    /// As the API's parameter `symbols`, percent-encoded; empty when it must be asked for all.
    std::string asked() const;
    const std::string& text() const { return text_; }

private:
    std::string text_;
    std::vector<std::string> terms_;
};

/// What a key means that is no character.
enum class TopKey : std::uint32_t {
    Up = 0x110000,  // beyond Unicode
    Down,
    PageUp,
    PageDown,
    Home,
    End,
    Backspace,
    Enter,
    Escape,
};

/// How the person looks at it. Pure: keys in, and the layout reads it.
class TopState {
public:
    enum class Effect : unsigned char { None, Redraw, Quit, Ask };  ///< Ask: poll now
    /// `key`: a character or a TopKey. `page`: lines that the body has.
    Effect press(std::uint32_t key, std::size_t page);

    TopView view = TopView::Overview;
    bool paused = false;
    bool help = false;
    bool typing = false;  ///< a filter is being typed
    std::string typed;
    TopFilter filter;
    Nanos interval{std::chrono::seconds{1}};
    std::array<std::size_t, top_view_count> scroll{};  ///< lines above the body's first, by view

    struct Sort {
        std::size_t column = 0;  ///< of sort_names()
        bool descending = true;
    };
    /// By table: channels (overview and channels), events, alerts.
    Sort& sort() { return sorts_.at(table()); }
    const Sort& sort() const { return sorts_.at(table()); }
    const Sort& channel_sort() const { return sorts_[0]; }
    const Sort& event_sort() const { return sorts_[1]; }
    const Sort& alert_sort() const { return sorts_[2]; }

    std::size_t& scrolled() { return scroll.at(static_cast<std::size_t>(view)); }
    std::size_t scrolled() const { return scroll.at(static_cast<std::size_t>(view)); }

private:
    std::size_t table() const;
    Effect type(std::uint32_t key);
    Effect move(std::uint32_t key, std::size_t page);

    std::array<Sort, 3> sorts_{{{0, true}, {0, true}, {0, true}}};
};

/// What the tables may be sorted by; the first is the server's own order (newest, worst first).
inline constexpr std::array<std::string_view, 8> channel_sorts{
    "default", "name", "rate", "queue", "success", "p99", "errors", "events"};
inline constexpr std::array<std::string_view, 4> event_sorts{"newest", "symbol", "type", "price"};
inline constexpr std::array<std::string_view, 4> alert_sorts{"severity", "age", "type", "channel"};

/// The steps of + and -.
Nanos next_interval(Nanos now, bool longer);

}  // namespace tickstock
