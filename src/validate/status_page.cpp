#include "validate/status_page.hpp"

#include <fmt/format.h>

#include <charconv>

#include "validate/raw_json.hpp"

namespace tickstock::validate {
namespace {

std::string_view step(std::string_view value, std::string_view name) {
    if (value.starts_with('[')) {
        for (const std::string_view element : raw_elements(value)) {
            if (raw_text(raw_value(element, "name")) == name) {
                return element;
            }
        }
        return {};
    }
    return raw_value(value, name);
}

struct Stage {
    std::uint64_t in = 0;
    std::uint64_t out = 0;
    std::uint64_t held = 0;
    std::uint64_t dropped = 0;
};

std::optional<Stage> stage_of(std::string_view accounting, std::string_view name) {
    const std::string_view stage = raw_value(accounting, name);
    const auto in = raw_number(raw_value(stage, "in"));
    const auto out = raw_number(raw_value(stage, "out"));
    const auto held = raw_number(raw_value(stage, "held"));
    if (!in || !out || !held) {
        return std::nullopt;
    }
    Stage counts{*in, *out, *held, 0};
    for (const RawMember& reason : raw_members(raw_value(stage, "dropped"))) {
        counts.dropped += raw_number(reason.value).value_or(0);
    }
    return counts;
}

}  // namespace

std::string_view value_at(std::string_view page, std::string_view path) {
    while (!path.empty() && !page.empty()) {
        const std::string_view name = path.substr(0, path.find('.'));
        page = step(page, name);
        path.remove_prefix(std::min(name.size() + 1, path.size()));
    }
    return page;
}

std::optional<double> number_at(std::string_view page, std::string_view path) {
    const std::string_view value = value_at(page, path);
    double number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    return error == std::errc() && !value.empty() && end == value.data() + value.size()
               ? std::optional(number)
               : std::nullopt;
}

std::vector<std::string> accounting_faults(std::string_view page) {
    const std::string_view accounting = raw_value(page, "accounting");
    std::vector<std::string> faults;
    for (const char* name :
         {"sources", "sequencer", "router", "intake", "tick", "ohlcv", "fmv", "detectors", "linear",
          "selection", "rules", "coordination", "priority", "publishing"}) {
        const auto stage = stage_of(accounting, name);
        if (!stage) {
            faults.push_back(fmt::format("{}: no counts", name));
        } else if (stage->in != stage->out + stage->held + stage->dropped) {
            faults.push_back(fmt::format("{}: {} in, {} out, {} held, {} dropped", name, stage->in,
                                         stage->out, stage->held, stage->dropped));
        }
    }
    if (!faults.empty()) {
        return faults;
    }
    const auto follows = [&](const char* before, const char* after) {
        const Stage a = *stage_of(accounting, before);
        const Stage b = *stage_of(accounting, after);
        if (a.out != b.in) {
            faults.push_back(fmt::format("{} lets {} out, {} gets {}", before, a.out, after, b.in));
        }
    };
    follows("sources", "sequencer");
    follows("sequencer", "router");
    follows("router", "intake");
    follows("selection", "rules");
    follows("coordination", "priority");
    follows("priority", "publishing");
    const std::uint64_t channels = stage_of(accounting, "tick")->in +
                                   stage_of(accounting, "ohlcv")->in +
                                   stage_of(accounting, "fmv")->in;
    if (channels != stage_of(accounting, "intake")->out) {
        faults.push_back(fmt::format("intake lets {} out, the channels get {}",
                                     stage_of(accounting, "intake")->out, channels));
    }
    return faults;
}

}  // namespace tickstock::validate
