#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "terminal/text.hpp"

namespace tickstock {

/// What text means; the screen has a colour or an attribute for each.
enum class Style : unsigned char {
    Plain,
    Dim,    ///< labels
    Title,  ///< a section's name
    Head,   ///< column names, first and last line
    Good,
    Warning,
    Bad,
    Up,  ///< of a price, not a judgement
    Down,
    Accent,  ///< what one looks for: symbols, bars
};

struct Span {
    std::string text;
    Style style = Style::Plain;
};

/// One line of the screen, left to right. A plain value.
class StyledLine {
public:
    StyledLine() = default;
    explicit StyledLine(std::string_view text, Style style = Style::Plain) { add(text, style); }

    StyledLine& add(std::string_view text, Style style = Style::Plain);
    StyledLine& add(const StyledLine& line);
    /// Blanks up to this column; nothing when the line is longer.
    StyledLine& pad_to(std::size_t column, Style style = Style::Plain);
    /// At most so many columns stay.
    void cut_to(std::size_t columns);
    /// The same with '…' as the last of them when something was cut.
    void shorten_to(std::size_t columns);

    std::size_t width() const { return width_; }
    const std::vector<Span>& spans() const { return spans_; }
    /// Without styles and without blanks at its end.
    std::string text() const;

private:
    std::vector<Span> spans_;
    std::size_t width_ = 0;
};

using Lines = std::vector<StyledLine>;

/// Two blocks beside each other: `right` begins at `column`.
Lines beside(const Lines& left, const Lines& right, std::size_t column);

}  // namespace tickstock
