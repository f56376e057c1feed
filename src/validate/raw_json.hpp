#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickstock::validate {

// JSON as it stands on the wire: the bytes of a value are what the promises are about, so they are
// cut out and never written anew. For answers of a server that is held to account, not for hostile
// input: what is no JSON gives fewer members.

/// A member of an object: its name, and its value as written.
struct RawMember {
    std::string_view name;
    std::string_view value;
};

/// The members of the object that `text` is; empty when it is none.
std::vector<RawMember> raw_members(std::string_view text);
/// The elements of the array that `text` is.
std::vector<std::string_view> raw_elements(std::string_view text);

/// A member's value as written; empty when there is no such member.
std::string_view raw_value(std::string_view object, std::string_view name);
/// A text as written without its quotes. Escapes stay as they are.
std::string_view raw_text(std::string_view value);
/// A whole number; nothing for any other value.
std::optional<std::uint64_t> raw_number(std::string_view value);

}  // namespace tickstock::validate
