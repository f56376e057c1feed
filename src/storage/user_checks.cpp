#include "storage/user_checks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.hpp"
#include "model/symbol.hpp"

namespace tickstock {
namespace {

constexpr std::size_t longest_name = 64;

StoreError invalid(std::string message) {
    return {StoreError::Kind::Invalid, std::move(message)};
}

/// UTF-8 without control characters (C0, DEL and C1).
bool is_plain_text(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_sequence(text);
        const auto first = static_cast<unsigned char>(text[0]);
        const bool is_c1 =
            length == 2 && first == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0;
        if (length == 0 || first < 0x20 || first == 0x7f || is_c1) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

Result<bool, StoreError> check_name(const char* what, std::string_view name) {
    if (!is_kept_name(name)) {
        return invalid(
            fmt::format("{}: accepted are 1 to {} bytes of UTF-8 without control characters", what,
                        longest_name));
    }
    return true;
}

Result<bool, StoreError> check_filter(const NamedFilter& filter) {
    if (auto good = check_name("name of a filter", filter.name); !good) {
        return good;
    }
    if (filter.json.size() > user_filter_bytes) {
        return invalid(fmt::format("filter {}: {} bytes; accepted are at most {}", filter.name,
                                   filter.json.size(), user_filter_bytes));
    }
    return true;
}

Result<bool, StoreError> check_universe(const UserUniverse& universe) {
    if (auto good = check_name("name of a universe", universe.name); !good) {
        return good;
    }
    if (universe.symbols.size() > user_universe_symbol_limit) {
        return StoreError{
            StoreError::Kind::LimitReached,
            fmt::format("universe {}: {} symbols; accepted are at most {}", universe.name,
                        universe.symbols.size(), user_universe_symbol_limit)};
    }
    const auto bad =
        std::find_if_not(universe.symbols.begin(), universe.symbols.end(), SymbolText::is_valid);
    if (bad != universe.symbols.end()) {
        return invalid(
            fmt::format("universe {}: symbol {}: accepted are 1 to 16 printable ASCII "
                        "characters",
                        universe.name, bad - universe.symbols.begin() + 1));
    }
    return true;
}

}  // namespace

bool is_kept_name(std::string_view text) {
    return !text.empty() && text.size() <= longest_name && is_plain_text(text);
}

Result<bool, StoreError> check_change(const UserDatabase::Change& change) {
    if (auto good = check_name("user", change.user); !good) {
        return good;
    }
    for (const NamedFilter& filter : change.put_filters) {
        if (auto good = check_filter(filter); !good) {
            return good;
        }
    }
    for (const UserUniverse& universe : change.put_universes) {
        if (auto good = check_universe(universe); !good) {
            return good;
        }
    }
    return true;
}

Result<bool, StoreError> check_counts(const UserRecord& after) {
    const auto too_many = [&](const char* what, std::size_t limit) {
        return StoreError{
            StoreError::Kind::LimitReached,
            fmt::format("user {}: accepted are at most {} {}", after.user, limit, what)};
    };
    if (after.filters.size() > user_filter_limit) {
        return too_many("filters", user_filter_limit);
    }
    if (after.universes.size() > user_universe_limit) {
        return too_many("universes", user_universe_limit);
    }
    return true;
}

StoreError not_found(const UserDatabase::Change& change) {
    const bool is_filter = !change.remove_filters.empty();
    const auto& names = is_filter ? change.remove_filters : change.remove_universes;
    return {StoreError::Kind::NotFound,
            fmt::format("user {} has no {} {}", change.user, is_filter ? "filter" : "universe",
                        names.empty() ? std::string() : names.front())};
}

std::size_t size_of(const UserRecord& record) {
    std::size_t bytes = sizeof record + record.user.size();
    for (const NamedFilter& filter : record.filters) {
        bytes += sizeof filter + filter.name.size() + filter.json.size();
    }
    for (const UserUniverse& universe : record.universes) {
        bytes +=
            sizeof universe + universe.name.size() + universe.symbols.size() * sizeof(std::string);
    }
    return bytes;
}

}  // namespace tickstock
