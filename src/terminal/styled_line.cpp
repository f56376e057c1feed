#include "terminal/styled_line.hpp"

#include <algorithm>

namespace tickstock {

StyledLine& StyledLine::add(std::string_view text, Style style) {
    if (text.empty()) {
        return *this;
    }
    width_ += text_width(text);
    if (!spans_.empty() && spans_.back().style == style) {
        spans_.back().text += text;
    } else {
        spans_.push_back({std::string(text), style});
    }
    return *this;
}

StyledLine& StyledLine::add(const StyledLine& line) {
    for (const Span& span : line.spans()) {
        add(span.text, span.style);
    }
    return *this;
}

StyledLine& StyledLine::pad_to(std::size_t column, Style style) {
    return column > width_ ? add(std::string(column - width_, ' '), style) : *this;
}

void StyledLine::cut_to(std::size_t columns) {
    if (width_ <= columns) {
        return;
    }
    StyledLine shorter;
    for (const Span& span : spans_) {
        shorter.add(first_columns(span.text, columns - shorter.width()), span.style);
    }
    *this = std::move(shorter);
}

void StyledLine::shorten_to(std::size_t columns) {
    if (width_ > columns && columns > 0) {
        cut_to(columns - 1);
        add("…", Style::Dim);
    }
    cut_to(columns);
}

std::string StyledLine::text() const {
    std::string text;
    for (const Span& span : spans_) {
        text += span.text;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

Lines beside(const Lines& left, const Lines& right, std::size_t column) {
    Lines both;
    for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
        StyledLine line = i < left.size() ? left[i] : StyledLine();
        if (i < right.size()) {
            line.cut_to(column);
            line.pad_to(column).add(right[i]);
        }
        both.push_back(std::move(line));
    }
    return both;
}

}  // namespace tickstock
