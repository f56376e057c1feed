#include "publishing/stored_format.hpp"

#include <fmt/format.h>

#include <charconv>
#include <span>

#include "base/assert.hpp"
#include "base/crc32c.hpp"
#include "base/little_endian.hpp"

namespace tickstock {
namespace {

constexpr std::string_view name_prefix = "stream-";
constexpr std::string_view name_suffix = ".tse";
constexpr std::size_t name_digits = 10;

constexpr std::size_t checksum_size = sizeof(std::uint32_t);
// Where every version has them: magic, version, size of the header; the checksum at its end.
constexpr std::size_t fixed_size = 16;
constexpr std::size_t event_fixed_size = 45;

StoredFault damaged(std::string text) {
    return {StoredFault::Kind::Damaged, std::move(text)};
}

/// Room for `size` bytes at the end of `out`.
std::span<char> extend(std::string& out, std::size_t size) {
    out.resize(out.size() + size);
    return std::span(out).last(size);
}

void seal(std::span<char> frame, StoredKind kind, Offset offset) {
    LittleEndianWriter head(frame.subspan(checksum_size));
    head.put(static_cast<std::uint32_t>(frame.size() - stored_frame_head_size));
    head.put(offset.value());
    head.put(static_cast<std::uint8_t>(kind));
    LittleEndianWriter(frame).put(
        crc32c({frame.data() + checksum_size, frame.size() - checksum_size}));
}

}  // namespace

void append_stored_header(const StoredHeader& header, std::string& out) {
    TS_ASSERT(!header.epoch.empty() && header.epoch.size() <= stored_epoch_max);
    const std::span<char> bytes = extend(out, stored_header_size);
    LittleEndianWriter writer(bytes);
    writer.put_bytes(stored_magic);
    writer.put(stored_format_version);
    writer.put(static_cast<std::uint32_t>(stored_header_size));
    writer.put(header.first.value());
    writer.put(to_ns(header.created));
    writer.put(static_cast<std::uint8_t>(header.epoch.size()));
    writer.put_bytes(header.epoch);
    const std::size_t checksum_at = stored_header_size - checksum_size;
    LittleEndianWriter(bytes.subspan(checksum_at)).put(crc32c({bytes.data(), checksum_at}));
}

std::optional<StoredFault> decode_stored_header(std::string_view bytes, StoredHeader& header) {
    LittleEndianReader in(bytes);
    const std::string_view magic = in.get_bytes(stored_magic.size());
    const auto version = in.get<std::uint32_t>();
    const auto size = in.get<std::uint32_t>();
    if (!in.ok() || magic != stored_magic) {
        return damaged("it does not start as a stored stream does");
    }
    if (size < fixed_size + checksum_size || bytes.size() < size) {
        return damaged(fmt::format("a header of {} bytes", size));
    }
    const std::size_t checksum_at = size - checksum_size;
    const auto found = LittleEndianReader(bytes.substr(checksum_at)).get<std::uint32_t>();
    if (found != crc32c(bytes.substr(0, checksum_at))) {
        return damaged("the header does not have its checksum");
    }
    if (version != stored_format_version) {
        return StoredFault{
            StoredFault::Kind::Unsupported,
            fmt::format("stored stream format version {}, and this program knows {} only: use the "
                        "program that wrote it, or move the file away",
                        version, stored_format_version)};
    }
    header.first = Offset{in.get<std::uint64_t>()};
    header.created = unix_nanos(in.get<std::int64_t>());
    const auto length = in.get<std::uint8_t>();
    if (size != stored_header_size || length == 0 || length > stored_epoch_max ||
        header.first.value() == 0) {
        return damaged("the header has values that cannot be");
    }
    header.epoch = in.get_bytes(length);
    return std::nullopt;
}

void append_event_frame(const StreamEntry& entry, std::string_view body, std::string& out) {
    const std::string_view symbol = entry.symbol.view();
    const std::size_t length = event_fixed_size + symbol.size() + body.size();
    TS_ASSERT(length <= stored_payload_max);
    const std::span<char> frame = extend(out, stored_frame_head_size + length);
    LittleEndianWriter payload(frame.subspan(stored_frame_head_size));
    payload.put(to_ns(entry.ts_pub));
    payload.put(to_ns(entry.ts));
    payload.put(entry.price.raw());
    payload.put(entry.volume.raw());
    payload.put_double(entry.score);
    payload.put(static_cast<std::uint8_t>(entry.type));
    payload.put(static_cast<std::uint8_t>(entry.direction));
    payload.put(static_cast<std::uint8_t>(entry.source));
    payload.put(entry.priority);
    payload.put(static_cast<std::uint8_t>(symbol.size()));
    payload.put_bytes(symbol);
    payload.put_bytes(body);
    seal(frame, StoredKind::Event, entry.offset);
}

void append_close_frame(Offset due, std::string& out) {
    seal(extend(out, stored_frame_head_size), StoredKind::Close, due);
}

StoredFrameStatus parse_stored_frame(std::string_view bytes, StoredFrameHead& head) {
    LittleEndianReader in(bytes.substr(0, stored_frame_head_size));
    head.checksum = in.get<std::uint32_t>();
    head.length = in.get<std::uint32_t>();
    head.offset = Offset{in.get<std::uint64_t>()};
    const auto kind = in.get<std::uint8_t>();
    if (!in.ok()) {
        return StoredFrameStatus::Cut;
    }
    if (head.length > stored_payload_max) {
        return StoredFrameStatus::BadLength;
    }
    if (kind != static_cast<std::uint8_t>(StoredKind::Event) &&
        kind != static_cast<std::uint8_t>(StoredKind::Close)) {
        return StoredFrameStatus::BadKind;
    }
    head.kind = static_cast<StoredKind>(kind);
    const std::size_t size = stored_frame_head_size + head.length;
    if (bytes.size() < size) {
        return StoredFrameStatus::Cut;
    }
    return head.checksum == crc32c(bytes.substr(checksum_size, size - checksum_size))
               ? StoredFrameStatus::Valid
               : StoredFrameStatus::BadChecksum;
}

std::string_view decode_event_payload(std::string_view payload, Offset offset, StreamEntry& entry,
                                      std::string_view& body) {
    LittleEndianReader in(payload);
    entry = StreamEntry{};
    entry.offset = offset;
    entry.ts_pub = unix_nanos(in.get<std::int64_t>());
    entry.ts = unix_nanos(in.get<std::int64_t>());
    entry.price = Price::from_raw(in.get<std::int64_t>());
    entry.volume = Size::from_raw(in.get<std::int64_t>());
    entry.score = in.get_double();
    const auto type = in.get<std::uint8_t>();
    const auto direction = in.get<std::uint8_t>();
    const auto source = in.get<std::uint8_t>();
    entry.priority = in.get<std::uint8_t>();
    const std::string_view symbol = in.get_bytes(in.get<std::uint8_t>());
    if (!in.ok()) {
        return "an event that is cut short";
    }
    if (type >= event_type_count || direction > static_cast<std::uint8_t>(Direction::Down) ||
        source > static_cast<std::uint8_t>(SourceKind::Channel) ||
        (!symbol.empty() && !SymbolText::is_valid(symbol))) {
        return "an event with values that cannot be";
    }
    entry.type = static_cast<EventType>(type);
    entry.direction = static_cast<Direction>(direction);
    entry.source = static_cast<SourceKind>(source);
    entry.symbol = symbol.empty() ? SymbolText() : SymbolText(symbol);
    body = payload.substr(event_fixed_size + symbol.size());
    return "";
}

std::string stored_name(std::uint64_t number) {
    return fmt::format("{}{:0{}}{}", name_prefix, number, name_digits, name_suffix);
}

std::optional<std::uint64_t> stored_number(std::string_view name) {
    if (name.size() < name_prefix.size() + name_digits || !name.starts_with(name_prefix)) {
        return std::nullopt;
    }
    const std::string_view digits = name.substr(name_prefix.size(), name_digits);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + name_digits, number);
    if (error != std::errc() || end != digits.data() + name_digits ||
        !name.substr(name_prefix.size() + name_digits).starts_with(name_suffix)) {
        return std::nullopt;
    }
    return number;
}

bool is_stored_name(std::string_view name) {
    return stored_number(name).has_value() && name.ends_with(name_suffix);
}

}  // namespace tickstock
