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

namespace tickstock {

// The byte layout of a journal segment file; docs/reference/journal.md says the same in prose.

inline constexpr std::string_view segment_magic = "TSJOURNL";
inline constexpr std::uint32_t segment_format_version = 1;
inline constexpr std::size_t segment_header_size = 64;
/// Checksum, length, sequence, kind.
inline constexpr std::size_t frame_head_size = 17;
/// No frame of format version 1 carries more.
inline constexpr std::size_t frame_payload_max = 256;
/// Symbol ids are below this; far above what a symbol table admits.
inline constexpr std::uint32_t segment_symbol_limit = std::uint32_t{1} << 20;

/// 128 random bits drawn at each start of the process that writes.
using BootId = std::array<std::uint8_t, 16>;

struct SegmentHeader {
    /// Of the market logic: records replay to the same events under the same version only.
    std::uint32_t logic_version = 0;
    BootId boot_id{};
    UnixNanos created;           ///< wall time, for people only
    Sequence first_sequence{1};  ///< of the first record frame
};

/// What a frame carries. Values are on disk: never renumber.
enum class FrameKind : std::uint8_t {
    Trade = 1,
    Quote = 2,
    Bar = 3,
    FairValue = 4,
    TradingStatus = 5,
    ClockTick = 6,
    Symbol = 16,  ///< the text of an id, before the first record that uses it
    Close = 32,   ///< the writer stopped in good order; nothing follows
};
bool is_frame_kind(std::uint8_t value);
/// True for the kinds that carry a record and use up a sequence number.
bool is_record_frame(FrameKind kind);

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
FrameStatus parse_frame(std::string_view bytes, FrameHead& head);

}  // namespace tickstock
