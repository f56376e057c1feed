#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tickstock {

/// A run of bytes read front to back, from a file, standard input or memory. One thread.
class ByteSource {
public:
    virtual ~ByteSource() = default;

    /// Fills up to into.size() bytes; 0 = the end, or a failure (see failure()).
    /// REQUIRES: !into.empty().
    virtual std::size_t read(std::span<char> into) = 0;

    /// Why reading stopped before the end: an I/O error, damaged or truncated compression.
    virtual const std::optional<Error>& failure() const = 0;

    /// Bytes taken from disk so far (compressed where the input is) and their total, 0 = unknown.
    virtual std::uint64_t bytes_read() const = 0;
    virtual std::uint64_t bytes_total() const { return 0; }
};

/// Opens `path` ("-" = standard input) as it is on disk. Fails for directories and what cannot be
/// opened.
Result<std::unique_ptr<ByteSource>> open_raw(const std::string& path);

/// Bytes in memory, which must outlive the source.
std::unique_ptr<ByteSource> memory_source(std::string_view bytes);

/// `head`, then what is left in `rest`.
std::unique_ptr<ByteSource> prefixed(std::string head, std::unique_ptr<ByteSource> rest);

enum class Compression : std::uint8_t { None, Gzip, Zstd };

/// What the first four bytes tell.
Compression detect_compression(std::string_view head);

/// Looks at the first bytes of `raw` and decompresses gzip (also several members one after the
/// other) and zstd (windows up to 128 MiB) while reading; anything else passes as it is. Memory:
/// 64 KiB and the decompressor's window.
std::unique_ptr<ByteSource> decompressed(std::unique_ptr<ByteSource> raw);

}  // namespace tickstock
