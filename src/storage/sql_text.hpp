#pragma once

namespace tickstock {

/// SQL that stands in the program: only a literal can become one, so no statement is ever put
/// together from text that came from outside. Values are bound.
struct SqlText {
    consteval SqlText(const char* literal) : text(literal) {}  // NOLINT: implicit on purpose
    const char* text;
};

}  // namespace tickstock
