#include "rollout/feature_flags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <vector>

namespace tickstock {
namespace {

constexpr std::size_t names_shown = 5;

/// A flag, its name, and those that must be on for it to mean anything.
struct FlagRow {
    std::string_view name;
    bool FeatureFlags::*flag;
    std::vector<bool FeatureFlags::*> needs;
};

const std::vector<FlagRow>& flag_rows() {
    using F = FeatureFlags;
    static const std::vector<FlagRow> rows{
        {"integration_layer_enabled", &F::integration_layer_enabled, {}},
        {"router_enabled", &F::router_enabled, {&F::integration_layer_enabled}},
        {"tick_channel_enabled", &F::tick_channel_enabled, {&F::integration_layer_enabled}},
        {"parallel_processing_enabled",
         &F::parallel_processing_enabled,
         {&F::integration_layer_enabled, &F::router_enabled, &F::tick_channel_enabled}},
        {"performance_comparison_enabled",
         &F::performance_comparison_enabled,
         {&F::parallel_processing_enabled}},
        {"multichannel_system_enabled",
         &F::multichannel_system_enabled,
         {&F::integration_layer_enabled, &F::router_enabled, &F::tick_channel_enabled}}};
    return rows;
}

std::string_view name_of(bool FeatureFlags::*flag) {
    const auto row = std::ranges::find(flag_rows(), flag, &FlagRow::flag);
    return row->name;
}

void add(std::string& text, std::string_view part) {
    text += text.empty() ? "" : "; ";
    text += part;
}

/// What is on without all that it needs.
std::string unmet_needs(const FeatureFlags& flags) {
    std::string problems;
    for (const FlagRow& row : flag_rows()) {
        if (!(flags.*row.flag)) {
            continue;
        }
        std::string off;
        for (bool FeatureFlags::*need : row.needs) {
            if (!(flags.*need)) {
                off += off.empty() ? "" : " and ";
                off += name_of(need);
            }
        }
        if (!off.empty()) {
            add(problems, fmt::format("{} needs {}: switch that on as well, or {} off", row.name,
                                      off, row.name));
        }
    }
    return problems;
}

using Symbols = std::vector<SymbolText>;

void check_size(const Symbols& list, std::string_view name, std::string& problems) {
    if (list.size() > rollout_list_limit) {
        add(problems, fmt::format("{} has {} symbols (accepted: up to {})", name, list.size(),
                                  rollout_list_limit));
    }
}

/// Sorted, each once; what is not a list of symbols is a problem.
Symbols read_list(const std::optional<Symbols>& wanted, std::string_view name,
                  std::string& problems) {
    if (!wanted) {
        return {};
    }
    check_size(*wanted, name, problems);
    if (!std::ranges::all_of(
            *wanted, [](const SymbolText& text) { return SymbolText::is_valid(text.view()); })) {
        add(problems, fmt::format("{} has a symbol without a name", name));
    }
    Symbols list = *wanted;
    std::ranges::sort(list);
    const auto repeated = std::ranges::unique(list);
    list.erase(repeated.begin(), repeated.end());
    return list;
}

Symbols without(const Symbols& list, const Symbols& gone) {
    Symbols left;
    std::ranges::set_difference(list, gone, std::back_inserter(left));
    return left;
}

Symbols together(const Symbols& a, const Symbols& b) {
    Symbols both;
    std::ranges::set_union(a, b, std::back_inserter(both));
    return both;
}

/// Both lists as they stand now, with what is wanted of each. Adding to one takes it out of the
/// other.
void set_lists(FeatureFlags& flags, const SetRolloutFlags& wanted, std::string& problems) {
    if (wanted.rollout_tickers) {
        flags.rollout_tickers = read_list(wanted.rollout_tickers, "rollout_tickers", problems);
    }
    if (wanted.excluded_tickers) {
        flags.excluded_tickers = read_list(wanted.excluded_tickers, "excluded_tickers", problems);
    }
    const auto in = read_list(wanted.add_rollout_tickers, "add_rollout_tickers", problems);
    const auto out = read_list(wanted.remove_rollout_tickers, "remove_rollout_tickers", problems);
    const auto never = read_list(wanted.add_excluded_tickers, "add_excluded_tickers", problems);
    const auto again =
        read_list(wanted.remove_excluded_tickers, "remove_excluded_tickers", problems);
    if (const std::string problem = list_contradiction(wanted); !problem.empty()) {
        add(problems, problem);
    }
    if (!problems.empty()) {
        return;
    }
    flags.rollout_tickers = together(without(without(flags.rollout_tickers, out), never), in);
    flags.excluded_tickers = together(without(without(flags.excluded_tickers, again), in), never);
    check_size(flags.rollout_tickers, "rollout_tickers", problems);
    check_size(flags.excluded_tickers, "excluded_tickers", problems);
}

/// The first symbol that stands in both; null = none.
const SymbolText* common(const std::optional<Symbols>& a, const std::optional<Symbols>& b) {
    if (!a || !b) {
        return nullptr;
    }
    Symbols sorted = *b;
    std::ranges::sort(sorted);
    const auto at = std::ranges::find_if(
        *a, [&](const SymbolText& each) { return std::ranges::binary_search(sorted, each); });
    return at == a->end() ? nullptr : &*at;
}

void set(bool& flag, const std::optional<bool>& wanted) {
    flag = wanted.value_or(flag);
}

std::string names_in_one_only(const std::vector<SymbolText>& a, const std::vector<SymbolText>& b,
                              char sign) {
    std::vector<SymbolText> only;
    std::ranges::set_difference(a, b, std::back_inserter(only));
    std::string text;
    for (std::size_t i = 0; i < std::min(only.size(), names_shown); ++i) {
        text += fmt::format(" {}{}", sign, only[i].view());
    }
    if (only.size() > names_shown) {
        text += fmt::format(" {}{} more", sign, only.size() - names_shown);
    }
    return text;
}

void describe_list(std::string& text, std::string_view name, const std::vector<SymbolText>& before,
                   const std::vector<SymbolText>& after) {
    if (before != after) {
        text += fmt::format("{}{}{}{}", text.empty() ? "" : ", ", name,
                            names_in_one_only(after, before, '+'),
                            names_in_one_only(before, after, '-'));
    }
}

std::string_view on_off(bool on) {
    return on ? "on" : "off";
}

}  // namespace

FeatureFlags phase_flags(std::uint8_t phase, const FeatureFlags& before) {
    static constexpr std::array<std::uint16_t, rollout_phase_count> shares{
        0, 0, 100, 1'000, FeatureFlags::all_buckets};
    FeatureFlags flags;
    flags.integration_layer_enabled = true;
    flags.router_enabled = flags.tick_channel_enabled = phase >= 1;
    flags.parallel_processing_enabled = flags.performance_comparison_enabled = phase >= 1;
    flags.multichannel_system_enabled = phase >= 2;
    flags.rollout_buckets = shares[std::min<std::size_t>(phase, shares.size() - 1)];
    flags.rollout_tickers = before.rollout_tickers;
    flags.excluded_tickers = before.excluded_tickers;
    return flags;
}

FeatureFlags advanced_flags(std::uint8_t phase, const FeatureFlags& before) {
    FeatureFlags flags = phase_flags(phase, before);
    for (const FlagRow& row : flag_rows()) {
        flags.*row.flag = flags.*row.flag || before.*row.flag;
    }
    flags.rollout_buckets = std::max(flags.rollout_buckets, before.rollout_buckets);
    return flags;
}

std::uint8_t phase_of(std::uint16_t buckets) {
    return buckets == 0 ? 1 : buckets <= 100 ? 2 : buckets <= 1'000 ? 3 : 4;
}

Result<std::uint16_t> buckets_of(double percentage) {
    if (!(percentage >= 0 && percentage <= 100)) {
        return Error{
            fmt::format("rollout_percentage {} is not accepted (accepted: 0 to 100)", percentage)};
    }
    const auto buckets = static_cast<std::uint16_t>(std::lround(percentage * 100));
    if (buckets == 0 && percentage > 0) {
        return Error{fmt::format(
            "rollout_percentage {} is not accepted (accepted: 0, or 0.01 to 100)", percentage)};
    }
    return buckets;
}

std::string list_contradiction(const SetRolloutFlags& wanted) {
    using W = SetRolloutFlags;
    struct List {
        std::string_view name;
        std::optional<Symbols> W::*whole;
        std::optional<Symbols> W::*add;
        std::optional<Symbols> W::*remove;
    };
    static constexpr std::array lists{List{"rollout_tickers", &W::rollout_tickers,
                                           &W::add_rollout_tickers, &W::remove_rollout_tickers},
                                      List{"excluded_tickers", &W::excluded_tickers,
                                           &W::add_excluded_tickers, &W::remove_excluded_tickers}};
    for (const List& list : lists) {
        if (wanted.*list.whole && (wanted.*list.add || wanted.*list.remove)) {
            return fmt::format(
                "\"{0}\" is the whole list: not together with \"add_{0}\" or "
                "\"remove_{0}\"",
                list.name);
        }
        if (const SymbolText* symbol = common(wanted.*list.add, wanted.*list.remove)) {
            return fmt::format("{0} stands in both \"add_{1}\" and \"remove_{1}\"", symbol->view(),
                               list.name);
        }
    }
    for (const auto in : {&W::rollout_tickers, &W::add_rollout_tickers}) {
        for (const auto never : {&W::excluded_tickers, &W::add_excluded_tickers}) {
            const bool is_whole = in == &W::rollout_tickers && never == &W::excluded_tickers;
            const SymbolText* symbol = is_whole ? nullptr : common(wanted.*in, wanted.*never);
            if (symbol != nullptr) {
                return fmt::format("{} is added to one list and stands in the other, too",
                                   symbol->view());
            }
        }
    }
    return {};
}

Result<FeatureFlags> with_flags(const FeatureFlags& before, const SetRolloutFlags& wanted) {
    FeatureFlags flags = before;
    std::string problems;
    set(flags.multichannel_system_enabled, wanted.multichannel_system_enabled);
    set(flags.tick_channel_enabled, wanted.tick_channel_enabled);
    set(flags.router_enabled, wanted.router_enabled);
    set(flags.integration_layer_enabled, wanted.integration_layer_enabled);
    set(flags.parallel_processing_enabled, wanted.parallel_processing_enabled);
    set(flags.performance_comparison_enabled, wanted.performance_comparison_enabled);
    set_lists(flags, wanted, problems);
    if (wanted.rollout_percentage) {
        const auto buckets = buckets_of(*wanted.rollout_percentage);
        if (!buckets) {
            add(problems, buckets.error().message);
        } else {
            flags.rollout_buckets = *buckets;
            if (*buckets > 0 && !flags.multichannel_system_enabled) {
                add(problems,
                    "rollout_percentage acts on nobody while multichannel_system_enabled is off: "
                    "switch that on as well");
            }
        }
    }
    if (const std::string needs = unmet_needs(flags); !needs.empty()) {
        add(problems, needs);
    }
    if (!problems.empty()) {
        return Error{problems};
    }
    return flags;
}

std::string describe_change(const FeatureFlags& before, const FeatureFlags& after) {
    std::string text;
    for (const FlagRow& row : flag_rows()) {
        if (before.*row.flag != after.*row.flag) {
            text += fmt::format("{}{} {} -> {}", text.empty() ? "" : ", ", row.name,
                                on_off(before.*row.flag), on_off(after.*row.flag));
        }
    }
    if (before.rollout_buckets != after.rollout_buckets) {
        text += fmt::format("{}rollout_percentage {} -> {}", text.empty() ? "" : ", ",
                            before.rollout_percentage(), after.rollout_percentage());
    }
    describe_list(text, "rollout_tickers", before.rollout_tickers, after.rollout_tickers);
    describe_list(text, "excluded_tickers", before.excluded_tickers, after.excluded_tickers);
    return text;
}

}  // namespace tickstock
