#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/strong.hpp"
#include "base/time.hpp"

namespace tickstock {

// The byte layout of a snapshot file; docs/reference/snapshots.md says the same in prose.

inline constexpr std::string_view snapshot_magic = "TSSNAPSH";
inline constexpr std::uint32_t snapshot_format_version = 1;
inline constexpr std::size_t snapshot_header_size = 128;
/// Kind, checksum, length.
inline constexpr std::size_t snapshot_section_head_size = 16;

/// What the caller says about a snapshot.
struct SnapshotHeader {
    /// Of the market logic: whoever loads state of another one must not go on with it.
    std::uint32_t logic_version = 0;
    Sequence sequence;  ///< the state is that behind this entry of the journal
    UnixNanos clock;    ///< the sequencer's, there
    UnixNanos created;  ///< wall time, for people only
    std::uint64_t configuration_hash = 0;
};

/// What the writer of the file adds.
struct SnapshotExtent {
    std::uint32_t sections = 0;
    std::uint64_t file_size = 0;
};

std::array<char, snapshot_header_size> encode_snapshot_header(const SnapshotHeader& header,
                                                              const SnapshotExtent& extent);

/// Why a file cannot be used. Damaged: the one before may be. Unsupported: whole, but a newer
/// program's or another kind of machine's; going on with an older one would be wrong.
struct SnapshotFault {
    enum class Kind : std::uint8_t { Damaged, Unsupported };
    Kind kind = Kind::Damaged;
    std::string text;  ///< without the file's name
};

/// `bytes`: the file's first snapshot_header_size ones, or all of a shorter file. Nothing = sound,
/// and `header` and `extent` are filled.
std::optional<SnapshotFault> decode_snapshot_header(std::string_view bytes, SnapshotHeader& header,
                                                    SnapshotExtent& extent);

struct SnapshotSectionHead {
    std::uint32_t kind = 0;
    std::uint32_t checksum = 0;
    std::uint64_t length = 0;
};

/// Of the section's bytes, kind and length. `bytes_checksum` = crc32c of the bytes.
std::uint32_t snapshot_section_checksum(std::uint32_t bytes_checksum, std::uint32_t kind,
                                        std::uint64_t length);
std::array<char, snapshot_section_head_size> encode_section_head(const SnapshotSectionHead& head);
/// REQUIRES: snapshot_section_head_size bytes.
SnapshotSectionHead decode_section_head(std::string_view bytes);

/// "snapshot-00000000000000001234.tss"; names sort as the sequences do.
std::string snapshot_name(Sequence sequence);
/// Nothing = not the name of a snapshot.
std::optional<Sequence> snapshot_sequence(std::string_view name);

}  // namespace tickstock
