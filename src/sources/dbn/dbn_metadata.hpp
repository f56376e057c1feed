#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace tickstock::dbn {

/// In front of the metadata: magic, version, length.
inline constexpr std::size_t prelude_bytes = 8;
/// A longer metadata block is refused: 10,000 symbols with a new id every day of a year fit.
inline constexpr std::size_t metadata_bytes_max = std::size_t{256} << 20;

struct Prelude {
    std::uint8_t version = 0;
    std::size_t metadata_bytes = 0;
};

/// An instrument's name from `from` (UTC midnight) to just before `to`.
struct Mapping {
    std::uint32_t instrument = 0;
    UnixNanos from;
    UnixNanos to;
    std::string symbol;
};

/// What the head of a file says, as far as it is used.
struct Metadata {
    std::uint8_t version = 0;
    std::size_t symbol_length = 0;  ///< bytes of a symbol field, here and in records
    std::string dataset;
    /// Empty when neither symbol type is the instrument id (a file of mixed types).
    std::vector<Mapping> mappings;
};

/// Errors say the byte (of the file), the value and what is accepted, without the file's name.
/// REQUIRES: bytes.size() == prelude_bytes.
Result<Prelude> parse_prelude(std::string_view bytes);

/// `bytes`: the metadata block behind the prelude, prelude.metadata_bytes long.
Result<Metadata> parse_metadata(const Prelude& prelude, std::string_view bytes);

}  // namespace tickstock::dbn
