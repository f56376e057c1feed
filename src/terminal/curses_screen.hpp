#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/result.hpp"
#include "terminal/styled_line.hpp"

namespace tickstock {

/// The terminal of this process, in full-screen mode from open() to destruction. However the
/// process ends (also by an assertion or a crash) the terminal is as before. One at a time; one
/// thread.
class CursesScreen {
public:
    struct Options {
        bool utf8 = false;    ///< otherwise each character leaves as ASCII
        bool colours = true;  ///< where the terminal has them
    };
    /// Error: a terminal (TERM) that is not known or cannot place its cursor.
    static Result<std::unique_ptr<CursesScreen>> open(Options options);
    ~CursesScreen();
    CursesScreen(const CursesScreen&) = delete;
    CursesScreen& operator=(const CursesScreen&) = delete;

    std::size_t width() const;
    std::size_t height() const;
    /// After SIGWINCH: takes the terminal's new size.
    void resize();
    /// Gives the terminal back for a while; the next draw() takes it again.
    void leave();
    /// Shows these lines; what they do not cover is blank.
    void draw(const Lines& lines);
    /// The next key that was pressed: a character or a TopKey; none when there is none, 0 for one
    /// without a meaning here.
    std::optional<std::uint32_t> key();

private:
    struct Impl;
    explicit CursesScreen(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace tickstock
