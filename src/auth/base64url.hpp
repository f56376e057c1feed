#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tickstock {

/// RFC 4648 section 5 without padding, as JWTs, API keys and tickets have it.
std::string base64url_encode(std::string_view bytes);

/// The bytes. Nothing unless base64url_encode() would give the same text: padding, other
/// characters, an impossible length and unused bits that are not zero are refused, so that no two
/// texts mean the same.
std::optional<std::string> base64url_decode(std::string_view text);

/// `count` bytes of the operating system's randomness, encoded.
std::string random_base64url(std::size_t count);

}  // namespace tickstock
