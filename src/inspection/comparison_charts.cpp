#include "inspection/comparison_charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tickstock {
namespace {

constexpr double width = 440;
constexpr double height = 170;
constexpr double left = 40;
constexpr double top = 10;
constexpr double bottom = 24;

/// 1, 2 or 5 times a power of ten, at least `value`.
double round_up(double value) {
    if (value <= 1) {
        return 1;
    }
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double step : {1.0, 2.0, 5.0}) {
        if (step * power >= value) {
            return step * power;
        }
    }
    return 10 * power;
}

double most_of(const std::vector<BarGroup>& groups) {
    double most = 0;
    for (const BarGroup& group : groups) {
        for (const double value : group.values) {
            most = std::max(most, value);
        }
    }
    return round_up(most);
}

void axis(std::string& out, double most) {
    constexpr int parts = 2;
    for (int i = 0; i <= parts; ++i) {
        const double share = static_cast<double>(i) / parts;
        const double y = top + (height - top - bottom) * (1 - share);
        out += fmt::format(
            "<line class=\"grid\" x1=\"{}\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>"
            "<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>",
            left, width, y, y, left - 6, y + 4, most * share);
    }
}

}  // namespace

std::string html_escape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
        }
    }
    return out;
}

std::string bar_chart(std::string_view title, const std::vector<BarSeries>& series,
                      const std::vector<BarGroup>& groups) {
    std::string out =
        fmt::format("<figure><figcaption>{}<span class=\"legend\">", html_escape(title));
    for (const BarSeries& one : series) {
        out += fmt::format("<span><i class=\"{}\"></i>{}</span>", html_escape(one.css_class),
                           html_escape(one.name));
    }
    out += fmt::format(
        "</span></figcaption><svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">", width,
        height, html_escape(title));
    const double most = most_of(groups);
    axis(out, most);
    const double place =
        (width - left) / static_cast<double>(std::max<std::size_t>(1, groups.size()));
    const double inner = std::min(place * 0.8, 90.0);
    const double bar = inner / static_cast<double>(std::max<std::size_t>(1, series.size()));
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const double middle = left + place * (static_cast<double>(g) + 0.5);
        for (std::size_t s = 0; s < std::min(series.size(), groups[g].values.size()); ++s) {
            const double value = groups[g].values[s];
            const double tall = (height - top - bottom) * value / most;
            out += fmt::format(
                "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\">"
                "<title>{} {}: {}</title></rect>",
                html_escape(series[s].css_class), middle - inner / 2 + bar * static_cast<double>(s),
                height - bottom - tall, std::max(1.0, bar - 1), tall, html_escape(groups[g].label),
                html_escape(series[s].name), value);
        }
        out += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>", middle,
                           height - 6, html_escape(groups[g].label));
    }
    return out + "</svg></figure>\n";
}

}  // namespace tickstock
