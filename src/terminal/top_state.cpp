#include "terminal/top_state.hpp"

#include <algorithm>

#include "terminal/text.hpp"

namespace tickstock {
namespace {

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain =
            (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
        if (plain) {
            out += c;
        } else {
            out += {'%', digits[byte >> 4U], digits[byte & 0xFU]};
        }
    }
    return out;
}

std::size_t sort_count(TopView view) {
    return view == TopView::Events   ? event_sorts.size()
           : view == TopView::Alerts ? alert_sorts.size()
                                     : channel_sorts.size();
}

}  // namespace

TopFilter::TopFilter(std::string_view text) : text_(text) {
    std::string term;
    for (const char c : text_ + ",") {
        if (c != ',' && c != ' ') {
            term += upper(c);
        } else if (!term.empty()) {
            terms_.push_back(std::move(term));
            term.clear();
        }
    }
    if (terms_.empty()) {
        text_.clear();
    }
}

bool TopFilter::passes(std::string_view symbol) const {
    const auto meets = [&](const std::string& term) {
        return term.back() == '*'
                   ? symbol.starts_with(std::string_view(term).substr(0, term.size() - 1))
                   : symbol == term;
    };
    return terms_.empty() || std::any_of(terms_.begin(), terms_.end(), meets);
}

std::string TopFilter::asked() const {
    std::string joined;
    for (const std::string& term : terms_) {
        if (term.back() == '*') {
            return "";
        }
        joined += (joined.empty() ? "" : ",") + percent_encoded(term);
    }
    return joined;
}

Nanos next_interval(Nanos now, bool longer) {
    using namespace std::chrono_literals;
    constexpr std::array<Nanos, 8> steps{500ms, 1s, 2s, 5s, 10s, 30s, 60s, 300s};
    if (longer) {
        const auto* found = std::upper_bound(steps.begin(), steps.end(), now);
        return found == steps.end() ? steps.back() : *found;
    }
    const auto* found = std::lower_bound(steps.begin(), steps.end(), now);
    return found == steps.begin() ? steps.front() : *(found - 1);
}

std::size_t TopState::table() const {
    return view == TopView::Events ? 1 : view == TopView::Alerts ? 2 : 0;
}

TopState::Effect TopState::type(std::uint32_t key) {
    constexpr std::size_t longest = 200;
    switch (static_cast<TopKey>(key)) {
        case TopKey::Enter:
            filter = TopFilter(typed);
            typing = false;
            scroll = {};
            return Effect::Ask;
        case TopKey::Escape: typing = false; return Effect::Redraw;
        case TopKey::Backspace:
            if (!typed.empty()) {
                typed.pop_back();
            }
            return Effect::Redraw;
        default: break;
    }
    if (key > ' ' - 1 && key < 0x7F && typed.size() < longest) {
        typed += static_cast<char>(key);
        return Effect::Redraw;
    }
    return Effect::None;
}

TopState::Effect TopState::move(std::uint32_t key, std::size_t page) {
    std::size_t& at = scrolled();
    const std::size_t step = std::max<std::size_t>(page, 2) - 1;
    switch (static_cast<TopKey>(key)) {
        case TopKey::Up: at -= std::min<std::size_t>(at, 1); return Effect::Redraw;
        case TopKey::Down: ++at; return Effect::Redraw;
        case TopKey::PageUp: at -= std::min(at, step); return Effect::Redraw;
        case TopKey::PageDown: at += step; return Effect::Redraw;
        case TopKey::Home: at = 0; return Effect::Redraw;
        case TopKey::End: at = 1U << 20U; return Effect::Redraw;  // the layout knows the last
        default: return Effect::None;
    }
}

TopState::Effect TopState::press(std::uint32_t key, std::size_t page) {
    if (typing) {
        return type(key);
    }
    if (help && key != 'q') {
        help = false;
        return Effect::Redraw;
    }
    switch (key) {
        case 'q': return Effect::Quit;
        case 'p':
        case ' ': paused = !paused; return paused ? Effect::Redraw : Effect::Ask;
        case 's': {
            Sort& by = sort();
            by.column = (by.column + 1) % sort_count(view);
            by.descending = true;
            return Effect::Redraw;
        }
        case 'S': sort().descending = !sort().descending; return Effect::Redraw;
        case '1':
        case '2':
        case '3':
        case '4': view = static_cast<TopView>(key - '1'); return Effect::Redraw;
        case '\t':
            view = static_cast<TopView>((static_cast<std::size_t>(view) + 1) % top_view_count);
            return Effect::Redraw;
        case '+':
        case '=': interval = next_interval(interval, true); return Effect::Redraw;
        case '-': interval = next_interval(interval, false); return Effect::Ask;
        case '/':
            typing = true;
            typed = filter.text();
            return Effect::Redraw;
        case '?':
        case 'h': help = true; return Effect::Redraw;
        default: return move(key, page);
    }
}

}  // namespace tickstock
