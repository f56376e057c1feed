#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/symbol.hpp"

namespace tickstock {

// The byte layout of a journal segment file; docs/reference/journal.md says the same in prose.

inline constexpr std::string_view segment_magic = "TSJOURNL";
/// What this program writes; it reads versions back to the oldest one.
inline constexpr std::uint32_t segment_format_version = 2;
inline constexpr std::uint32_t segment_format_oldest = 1;
inline constexpr std::size_t segment_header_size = 64;
/// Checksum, length, sequence, kind.
inline constexpr std::size_t frame_head_size = 17;
/// No frame carries more, but for decisions.
inline constexpr std::size_t frame_payload_max = 256;
/// Room for a decision about every symbol of a full table.
inline constexpr std::size_t decision_payload_max = std::size_t{4} << 20;
/// Symbol ids are below this; far above what a symbol table admits.
inline constexpr std::uint32_t segment_symbol_limit = std::uint32_t{1} << 20;

/// Which boot of the machine a segment was written in: pages that were never synced can only be
/// lost between two boots. (In version 1: random bits of the writing process.)
using BootId = std::array<std::uint8_t, 16>;

struct SegmentHeader {
    /// Of the market logic: records replay to the same events under the same version only.
    std::uint32_t logic_version = 0;
    BootId boot_id{};
    UnixNanos created;           ///< wall time, for people only
    Sequence first_sequence{1};  ///< of the first entry's frame
    UnixNanos clock_before;      ///< of the entry before; 0 = none, or version 1
    std::uint32_t format_version = segment_format_version;
};

/// What a frame carries. Values are on disk: never renumber.
enum class FrameKind : std::uint8_t {
    Trade = 1,
    Quote = 2,
    Bar = 3,
    FairValue = 4,
    TradingStatus = 5,
    ClockTick = 6,
    Decision = 8,  ///< since version 2
    Symbol = 16,   ///< the text of an id, before the first entry that names it
    Refused = 17,  ///< since version 2: records that were refused before the next entry
    Synced = 18,   ///< since version 2: entries that were on the disk when this was written
    Close = 32,    ///< the writer stopped in good order; nothing follows
    Rotate = 33,   ///< since version 2: the journal goes on in the next segment; nothing follows
};
bool is_frame_kind(std::uint8_t value, std::uint32_t format_version = segment_format_version);
bool is_record_frame(FrameKind kind);
/// True for the kinds that use up a sequence number: records and decisions.
bool is_entry_frame(FrameKind kind);
std::size_t payload_max(FrameKind kind);

/// What a symbol frame says.
struct SymbolDefinition {
    SymbolId id;
    SymbolText text;
};

/// What stood behind the last valid frame.
struct SegmentTail {
    std::uint64_t torn_bytes = 0;    ///< of a frame that was never written whole; cut
    std::uint64_t unused_bytes = 0;  ///< zeros: reserved and never written
    bool closed = false;             ///< the writer stopped in good order
    bool rotated = false;            ///< the journal goes on in the next segment

    bool ended() const { return closed || rotated; }
};

struct FrameHead {
    std::uint32_t checksum = 0;
    std::uint32_t length = 0;  ///< of the payload
    Sequence sequence;
    FrameKind kind = FrameKind::Trade;
};

std::array<char, segment_header_size> encode_segment_header(const SegmentHeader& header);

/// REQUIRES: bytes.size() == segment_header_size. The error says what was found, without a file.
Result<SegmentHeader> decode_segment_header(std::string_view bytes);

/// Completes a frame in place: `frame` holds frame_head_size free bytes, then the payload.
void seal_frame(std::span<char> frame, FrameKind kind, Sequence sequence);

enum class FrameStatus : std::uint8_t { Valid, Cut, BadLength, BadKind, BadChecksum };

/// Looks at the frame that starts at bytes[0]. Cut: it goes on behind the end of `bytes`. `head` is
/// filled as far as the bytes reach.
FrameStatus parse_frame(std::string_view bytes, FrameHead& head,
                        std::uint32_t format_version = segment_format_version);
/// The same without the checksum: Valid = it may be a frame.
FrameStatus parse_frame_head(std::string_view bytes, FrameHead& head,
                             std::uint32_t format_version = segment_format_version);

}  // namespace tickstock
