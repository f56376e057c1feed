#include "config/nearest_key.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "config/settings.hpp"

namespace tickstock {
namespace {

/// Keys beyond it are no typing errors.
constexpr std::size_t length_limit = 100;
/// A last part that so many have, as "enabled", says little about the section that was meant.
constexpr std::ptrdiff_t common_part = 3;
/// What a last part that was found in another section counts more than one that stands there.
constexpr std::size_t other_section = 1;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view last_part(std::string_view key) {
    return key.substr(key.rfind('.') + 1);  // npos + 1 = 0
}

std::string_view section_of(std::string_view key) {
    return key.substr(0, key.rfind('.') + 1);
}

/// Letters that may be wrong in a word of this length.
std::size_t tolerance(std::size_t length) {
    return length < 4 ? 1 : length < 12 ? 2 : 3;
}

/// "memory" of "memory_bytes": whole words at the front, the rest forgotten.
bool is_short_for(std::string_view part, std::string_view whole) {
    return part.size() >= 3 && whole.size() > part.size() && whole.starts_with(part) &&
           (whole[part.size()] == '_' || whole[part.size()] == '.');
}

struct Nearness {
    std::size_t cost = std::numeric_limits<std::size_t>::max();
    std::size_t whole = 0;  ///< breaks ties: distance of the whole keys

    friend auto operator<=>(const Nearness&, const Nearness&) = default;
};

bool is_common(std::string_view key, const std::vector<std::string>& candidates) {
    const auto same =
        std::count_if(candidates.begin(), candidates.end(),
                      [&](const std::string& other) { return last_part(other) == last_part(key); });
    return same > common_part;
}

Nearness nearness(std::string_view key, std::string_view candidate) {
    Nearness found;
    found.whole = edit_distance(key, candidate);
    if (found.whole <= tolerance(key.size())) {
        found.cost = found.whole;
    }
    const auto part = last_part(key);
    const auto other = last_part(candidate);
    const auto parts = edit_distance(part, other);
    const bool same_section = section_of(key) == section_of(candidate);
    if (parts <= tolerance(part.size()) && parts < part.size()) {
        found.cost = std::min(found.cost, parts + (same_section ? 0 : other_section));
    } else if (is_short_for(part, other)) {
        found.cost = std::min(found.cost, 2 + (same_section ? 0 : other_section));
    }
    return found;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    using Row = std::array<std::size_t, length_limit + 1>;
    if (a.size() > length_limit || b.size() > length_limit) {
        return std::max(a.size(), b.size());
    }
    Row before_last{};
    Row last{};
    Row row{};
    for (std::size_t j = 0; j <= b.size(); ++j) {
        last[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1])) {
                row[j] = std::min(row[j], before_last[j - 2] + 1);
            }
        }
        before_last = last;
        last = row;
    }
    return last[b.size()];
}

std::optional<std::string> nearest_key(std::string_view key,
                                       const std::vector<std::string>& candidates) {
    if (key.empty() || key.size() > length_limit) {
        return std::nullopt;
    }
    const std::string* best = nullptr;
    Nearness least;
    for (const std::string& candidate : candidates) {
        const Nearness found = nearness(key, candidate);
        if (found.cost != Nearness{}.cost && found < least) {
            least = found;
            best = &candidate;
        }
    }
    const bool by_part_only = least.cost < least.whole;
    if (best == nullptr ||
        (by_part_only && section_of(*best) != section_of(key) && is_common(*best, candidates))) {
        return std::nullopt;
    }
    return *best;
}

std::optional<std::string> nearest_setting(std::string_view name) {
    static const auto names = [] {
        std::vector<std::string> all;
        for (const Setting& setting : settings_table()) {
            all.push_back(setting.name);
        }
        return all;
    }();
    return nearest_key(name, names);
}

std::string unknown_key_text(const std::optional<std::string>& nearest, std::string_view accepted) {
    return fmt::format("unknown key{}; accepted beside it are {}",
                       nearest ? ", nearest is " + *nearest : "", accepted);
}

}  // namespace tickstock
