#include "validate/gate.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "base/assert.hpp"

namespace tickstock::validate {
namespace {

constexpr std::array<std::string_view, group_count> names{
    "functional", "load", "latency", "memory", "integrity", "websocket", "monitoring", "recovery"};

/// 1234567 -> "1,234,567"; small numbers with what they need of decimals.
std::string number_text(double number) {
    if (!std::isfinite(number)) {
        return "no number";
    }
    if (std::abs(number) < 1000) {
        return fmt::format("{:.{}f}", number,
                           number == std::floor(number) ? 0
                           : std::abs(number) < 0.01    ? 6
                           : std::abs(number) < 10      ? 3
                                                        : 1);
    }
    std::string text = fmt::format("{:.0f}", number);
    const std::size_t first = text.front() == '-' ? 1 : 0;
    for (std::size_t at = text.size(); at > first + 3;) {
        at -= 3;
        text.insert(at, ",");
    }
    return text;
}

}  // namespace

const GateSpec* find_gate(GateGroup group, std::string_view name) {
    for (const GateSpec& spec : all_gates()) {
        if (spec.group == group && spec.name == name) {
            return &spec;
        }
    }
    return nullptr;
}

std::string_view to_string(GateGroup group) {
    return names[static_cast<std::size_t>(group)];
}

std::optional<GateGroup> parse_group(std::string_view text) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == text) {
            return static_cast<GateGroup>(i);
        }
    }
    return std::nullopt;
}

std::string group_names() {
    std::string text;
    for (const std::string_view name : names) {
        text += (text.empty() ? "" : ", ") + std::string(name);
    }
    return text;
}

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::Pass: return "PASS";
        case Verdict::Fail: return "FAIL";
        case Verdict::Skip: return "SKIP";
    }
    return "";
}

std::string target_text(const GateSpec& spec) {
    const auto with = [&](std::string_view sign) {
        return fmt::format("{} {} {}", sign, number_text(spec.target), spec.unit);
    };
    switch (spec.comparison) {
        case Comparison::Above: return with(">");
        case Comparison::AtLeast: return with("≥");
        case Comparison::Below: return with("<");
        case Comparison::Holds: break;
    }
    return "holds";
}

std::string figure_text(const GateSpec& spec, const std::optional<double>& figure) {
    return figure ? fmt::format("{} {}", number_text(*figure), spec.unit) : "";
}

bool meets(const GateSpec& spec, double figure) {
    switch (spec.comparison) {
        case Comparison::Above: return figure > spec.target;
        case Comparison::AtLeast: return figure >= spec.target;
        case Comparison::Below: return figure < spec.target;
        case Comparison::Holds: break;
    }
    TS_ASSERT(false);
    return false;
}

}  // namespace tickstock::validate
