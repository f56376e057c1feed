#pragma once

#include <string>

#include "terminal/top_sections.hpp"

namespace tickstock {

/// One picture: exactly as many lines as the terminal has, none longer than its width.
struct TopScreen {
    Lines lines;
    std::size_t page = 0;        ///< lines that scroll
    std::size_t scroll_max = 0;  ///< the greatest place that shows something
};

/// `url`: what is shown as the server's name. Any size from 1×1.
TopScreen top_screen(const TopModel& model, const TopState& state, TopMoment now,
                     const std::string& url, std::size_t width, std::size_t height);

/// The same for a pipe: every part in full, without styles, each line ended.
std::string plain_block(const TopModel& model, const TopState& state, TopMoment now,
                        const std::string& url, std::size_t width);

}  // namespace tickstock
