#include "journal/segment_format.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.hpp"
#include "base/crc32c.hpp"
#include "base/mutant.hpp"
#include "journal/little_endian.hpp"

namespace tickstock {
namespace {

constexpr std::size_t header_checksum_at = segment_header_size - sizeof(std::uint32_t);
constexpr std::size_t checksum_size = sizeof(std::uint32_t);

/// The magic as people can read it, whatever the bytes are.
std::string printable(std::string_view bytes) {
    std::string text(bytes);
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '.');
    return text;
}

}  // namespace

bool is_frame_kind(std::uint8_t value, std::uint32_t format_version) {
    switch (static_cast<FrameKind>(value)) {
        case FrameKind::Trade:
        case FrameKind::Quote:
        case FrameKind::Bar:
        case FrameKind::FairValue:
        case FrameKind::TradingStatus:
        case FrameKind::ClockTick:
        case FrameKind::Symbol:
        case FrameKind::Close: return true;
        case FrameKind::Decision:
        case FrameKind::Refused:
        case FrameKind::Synced:
        case FrameKind::Rotate: return format_version >= 2;
    }
    return false;
}

bool is_record_frame(FrameKind kind) {
    return kind <= FrameKind::ClockTick;
}

bool is_entry_frame(FrameKind kind) {
    return kind <= FrameKind::Decision;
}

std::size_t payload_max(FrameKind kind) {
    return kind == FrameKind::Decision ? decision_payload_max : frame_payload_max;
}

std::array<char, segment_header_size> encode_segment_header(const SegmentHeader& header) {
    std::array<char, segment_header_size> bytes{};
    LittleEndianWriter out(bytes);
    out.put_bytes(segment_magic);
    out.put(header.format_version);
    out.put(static_cast<std::uint32_t>(segment_header_size));
    out.put(header.logic_version);
    for (const std::uint8_t byte : header.boot_id) {
        out.put(byte);
    }
    out.put(to_ns(header.created));
    out.put(header.first_sequence.value());
    out.put(header.format_version == 1 ? 0 : to_ns(header.clock_before));
    const std::uint32_t checksum = crc32c({bytes.data(), header_checksum_at});
    LittleEndianWriter(std::span(bytes).subspan(header_checksum_at)).put(checksum);
    return bytes;
}

Result<SegmentHeader> decode_segment_header(std::string_view bytes) {
    TS_ASSERT(bytes.size() == segment_header_size);
    LittleEndianReader in(bytes);
    if (const auto magic = in.get_bytes(segment_magic.size()); magic != segment_magic) {
        return Error{fmt::format("no journal segment: it starts with '{}' instead of '{}'",
                                 printable(magic), segment_magic)};
    }
    const auto found = LittleEndianReader(bytes.substr(header_checksum_at)).get<std::uint32_t>();
    const std::uint32_t wanted = crc32c(bytes.substr(0, header_checksum_at));
    if (found != wanted) {
        return Error{
            fmt::format("the header is damaged: checksum {:08x} instead of {:08x}", found, wanted)};
    }
    const auto version = in.get<std::uint32_t>();
    const auto size = in.get<std::uint32_t>();
    if (version > segment_format_version) {
        return Error{
            fmt::format("written by a newer version: format {}; this program reads {} and {}",
                        version, segment_format_oldest, segment_format_version)};
    }
    if (version < segment_format_oldest || size != segment_header_size) {
        return Error{fmt::format(
            "format version {} with a header of {} bytes; accepted: {} and {} with {}", version,
            size, segment_format_oldest, segment_format_version, segment_header_size)};
    }
    SegmentHeader header;
    header.format_version = version;
    header.logic_version = in.get<std::uint32_t>();
    for (std::uint8_t& byte : header.boot_id) {
        byte = in.get<std::uint8_t>();
    }
    header.created = unix_nanos(in.get<std::int64_t>());
    header.first_sequence = Sequence{in.get<std::uint64_t>()};
    header.clock_before = unix_nanos(in.get<std::int64_t>());
    return header;
}

void seal_frame(std::span<char> frame, FrameKind kind, Sequence sequence) {
    TS_ASSERT(frame.size() >= frame_head_size);
    TS_ASSERT(frame.size() <= frame_head_size + payload_max(kind));
    LittleEndianWriter head(frame.subspan(checksum_size));
    head.put(static_cast<std::uint32_t>(frame.size() - frame_head_size));
    head.put(sequence.value());
    head.put(static_cast<std::uint8_t>(kind));
    LittleEndianWriter(frame).put(
        crc32c({frame.data() + checksum_size, frame.size() - checksum_size}));
}

FrameStatus parse_frame_head(std::string_view bytes, FrameHead& head,
                             std::uint32_t format_version) {
    LittleEndianReader in(bytes.substr(0, frame_head_size));
    head.checksum = in.get<std::uint32_t>();
    head.length = in.get<std::uint32_t>();
    head.sequence = Sequence{in.get<std::uint64_t>()};
    const auto kind = in.get<std::uint8_t>();
    if (!in.ok()) {
        return FrameStatus::Cut;
    }
    if (!is_frame_kind(kind, format_version)) {
        return head.length > decision_payload_max ? FrameStatus::BadLength : FrameStatus::BadKind;
    }
    head.kind = static_cast<FrameKind>(kind);
    if (head.length > payload_max(head.kind)) {
        return FrameStatus::BadLength;
    }
    return bytes.size() < frame_head_size + head.length ? FrameStatus::Cut : FrameStatus::Valid;
}

FrameStatus parse_frame(std::string_view bytes, FrameHead& head, std::uint32_t format_version) {
    const FrameStatus status = parse_frame_head(bytes, head, format_version);
    if (status != FrameStatus::Valid) {
        return status;
    }
    const std::size_t size = frame_head_size + head.length;
    const std::uint32_t wanted = crc32c(bytes.substr(checksum_size, size - checksum_size));
    if (TICKSTOCK_MUTANT(1)) {
        return FrameStatus::Valid;
    }
    return head.checksum == wanted ? FrameStatus::Valid : FrameStatus::BadChecksum;
}

}  // namespace tickstock
