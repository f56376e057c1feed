#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tickstock {

/// `&`, `<`, `>`, `"` and `'` as references, control characters as spaces: safe in text and in
/// quoted attributes.
std::string html_escape(std::string_view text);

/// Bars of a chart, one group beside the other.
struct BarGroup {
    std::string label;
    std::vector<double> values;  ///< one a series
};
struct BarSeries {
    std::string name;
    std::string css_class;  ///< gives the colour
};

/// Inline SVG, as wide as its place: groups of bars over a common axis, values as titles.
std::string bar_chart(std::string_view title, const std::vector<BarSeries>& series,
                      const std::vector<BarGroup>& groups);

}  // namespace tickstock
