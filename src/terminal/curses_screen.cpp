#include "terminal/curses_screen.hpp"

// Functions instead of macros with names such as `move`.
#define NCURSES_NOMACROS 1
#include <ncurses.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "terminal/terminal_rescue.hpp"
#include "terminal/top_state.hpp"

namespace tickstock {
namespace {

constexpr std::size_t style_count = 10;
using Attributes = std::array<attr_t, style_count>;

attr_t& at(Attributes& attributes, Style style) {
    return attributes.at(static_cast<std::size_t>(style));
}

Attributes attributes_of(bool colours) {
    Attributes attributes{};
    at(attributes, Style::Dim) = A_DIM;
    at(attributes, Style::Title) = A_BOLD;
    at(attributes, Style::Head) = A_REVERSE;
    at(attributes, Style::Warning) = A_BOLD;
    at(attributes, Style::Bad) = A_BOLD | A_REVERSE;
    if (!colours || !has_colors() || start_color() == ERR) {
        return attributes;
    }
    const short background = use_default_colors() == OK ? -1 : COLOR_BLACK;
    short pair = 0;
    const auto colour = [&](Style style, short foreground, attr_t more) {
        ++pair;
        init_pair(pair, foreground, background);
        at(attributes, style) = static_cast<attr_t>(COLOR_PAIR(pair)) | more;
    };
    colour(Style::Good, COLOR_GREEN, A_NORMAL);
    colour(Style::Warning, COLOR_YELLOW, A_NORMAL);
    colour(Style::Bad, COLOR_RED, A_BOLD);
    colour(Style::Up, COLOR_GREEN, A_NORMAL);
    colour(Style::Down, COLOR_RED, A_NORMAL);
    colour(Style::Accent, COLOR_CYAN, A_NORMAL);
    return attributes;
}

std::uint32_t meaning(int key) {
    const auto of = [](TopKey one) { return static_cast<std::uint32_t>(one); };
    constexpr int escape = 27;
    constexpr int del = 127;
    constexpr int backspace = 8;
    switch (key) {
        case KEY_UP: return of(TopKey::Up);
        case KEY_DOWN: return of(TopKey::Down);
        case KEY_PPAGE: return of(TopKey::PageUp);
        case KEY_NPAGE: return of(TopKey::PageDown);
        case KEY_HOME: return of(TopKey::Home);
        case KEY_END: return of(TopKey::End);
        case KEY_BACKSPACE:
        case del:
        case backspace: return of(TopKey::Backspace);
        case KEY_ENTER:
        case '\r':
        case '\n': return of(TopKey::Enter);
        case escape: return of(TopKey::Escape);
        default: return key > 0 && key < del ? static_cast<std::uint32_t>(key) : 0;
    }
}

}  // namespace

struct CursesScreen::Impl {
    SCREEN* screen = nullptr;
    bool utf8 = false;
    Attributes attributes{};
    TerminalRescue rescue;  // made before, taken away after the screen
};

CursesScreen::CursesScreen(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<CursesScreen>> CursesScreen::open(Options options) {
    auto impl = std::make_unique<Impl>();
    impl->utf8 = options.utf8;
    if (can_place_cursor()) {
        impl->screen = newterm(nullptr, stdout, stdin);
    }
    if (impl->screen == nullptr) {
        const char* term = std::getenv("TERM");
        return Error{
            std::string("TERM = ") + (term == nullptr ? "" : term) +
            ": no terminal that a screen can be drawn on; --plain prints text without one"};
    }
    impl->rescue.learn_strings();
    impl->attributes = attributes_of(options.colours);
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    constexpr int escape_ms = 25;
    set_escdelay(escape_ms);
    curs_set(0);  // a terminal may lack it
    std::unique_ptr<CursesScreen> screen(new CursesScreen(std::move(impl)));
    screen->resize();
    return screen;
}

CursesScreen::~CursesScreen() {
    endwin();
    delscreen(impl_->screen);
}

std::size_t CursesScreen::width() const {
    return static_cast<std::size_t>(getmaxx(stdscr));
}

std::size_t CursesScreen::height() const {
    return static_cast<std::size_t>(getmaxy(stdscr));
}

void CursesScreen::resize() {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        resizeterm(size.ws_row, size.ws_col);
    }
    clearok(curscr, TRUE);
}

void CursesScreen::leave() {
    endwin();
}

void CursesScreen::draw(const Lines& lines) {
    erase();
    for (std::size_t row = 0; row < std::min(lines.size(), height()); ++row) {
        move(static_cast<int>(row), 0);
        for (const Span& span : lines[row].spans()) {
            attrset(static_cast<int>(at(impl_->attributes, span.style)));
            const std::string text = impl_->utf8 ? span.text : to_ascii(span.text);
            addnstr(text.data(), static_cast<int>(text.size()));
        }
    }
    attrset(A_NORMAL);
    refresh();
}

std::optional<std::uint32_t> CursesScreen::key() {
    const int key = getch();
    return key == ERR ? std::nullopt : std::optional(meaning(key));
}

}  // namespace tickstock
