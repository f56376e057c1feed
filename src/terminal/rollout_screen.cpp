#include "terminal/rollout_screen.hpp"

#include <fmt/format.h>

#include <chrono>

#include "terminal/rollout_parts.hpp"

namespace tickstock {

using namespace rollout_parts;

namespace rollout_parts {

std::optional<Lines> not_installed(const Json& answer) {
    if (!answer.is_object() || json_reader::member(answer, "installed") != Json(false)) {
        return std::nullopt;
    }
    Lines lines;
    lines.emplace_back("Not installed", Style::Warning);
    lines.emplace_back(json_reader::text(answer, "how"));
    return lines;
}

StyledLine labelled(std::string_view label, std::string_view text, Style style) {
    constexpr std::size_t column = 20;
    StyledLine line("  ");
    line.add(label, Style::Dim).pad_to(column).add(" ").add(text, style);
    return line;
}

}  // namespace rollout_parts

std::string date_and_time(UnixNanos time) {
    if (time == time_unknown || to_ns(time) == 0) {
        return "–";
    }
    const std::chrono::sys_time<Nanos> wall{Nanos{to_ns(time)}};
    const auto day = std::chrono::floor<std::chrono::days>(wall);
    const std::chrono::year_month_day date{day};
    return fmt::format("{:04}-{:02}-{:02} {}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time_of_day(time));
}

std::optional<Lines> rollout_lines(const std::string& body, const RolloutView& view) {
    const auto answer = json_reader::parse(body);
    if (!answer) {
        return std::nullopt;
    }
    if (auto lines = not_installed(*answer)) {
        return lines;
    }
    if (!json_reader::flag(*answer, "installed")) {
        return std::nullopt;
    }
    Lines lines = head(*answer, view);
    for (const Lines& part :
         {criteria(*answer), flags(*answer), symbols(*answer, view.width), metrics(*answer)}) {
        lines.emplace_back();
        lines.insert(lines.end(), part.begin(), part.end());
    }
    for (StyledLine& line : lines) {
        line.shorten_to(view.width);
    }
    return lines;
}

}  // namespace tickstock
