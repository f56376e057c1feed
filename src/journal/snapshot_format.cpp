#include "journal/snapshot_format.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <span>

#include "base/assert.hpp"
#include "base/crc32c.hpp"
#include "base/little_endian.hpp"

namespace tickstock {
namespace {

constexpr std::string_view name_prefix = "snapshot-";
constexpr std::string_view name_suffix = ".tss";
constexpr std::size_t name_digits = 20;

constexpr std::size_t checksum_size = sizeof(std::uint32_t);
// Where every version has them: magic, version, size of the header; the checksum at its end.
constexpr std::size_t fixed_size = 16;
constexpr std::size_t header_size_max = 4096;

/// State is the machine's own bytes: their order, and the sizes of what the compiler chooses.
std::array<char, 8> machine_mark() {
    std::array<char, 8> mark{};
    const std::uint32_t order = 0x01020304;
    std::memcpy(mark.data(), &order, sizeof order);
    mark[4] = sizeof(void*);
    mark[5] = sizeof(long);
    mark[6] = sizeof(long double);
    return mark;
}

SnapshotFault damaged(std::string text) {
    return {SnapshotFault::Kind::Damaged, std::move(text)};
}

}  // namespace

std::array<char, snapshot_header_size> encode_snapshot_header(const SnapshotHeader& header,
                                                              const SnapshotExtent& extent) {
    std::array<char, snapshot_header_size> bytes{};
    LittleEndianWriter out(bytes);
    out.put_bytes(snapshot_magic);
    out.put(snapshot_format_version);
    out.put(static_cast<std::uint32_t>(snapshot_header_size));
    out.put(header.logic_version);
    out.put(header.sequence.value());
    out.put(to_ns(header.clock));
    out.put(to_ns(header.created));
    out.put(header.configuration_hash);
    const auto mark = machine_mark();
    out.put_bytes({mark.data(), mark.size()});
    out.put(extent.sections);
    out.put(extent.file_size);
    const std::size_t checksum_at = snapshot_header_size - checksum_size;
    LittleEndianWriter(std::span(bytes).subspan(checksum_at))
        .put(crc32c({bytes.data(), checksum_at}));
    return bytes;
}

std::optional<SnapshotFault> decode_snapshot_header(std::string_view bytes, SnapshotHeader& header,
                                                    SnapshotExtent& extent) {
    LittleEndianReader in(bytes);
    const std::string_view magic = in.get_bytes(snapshot_magic.size());
    const auto version = in.get<std::uint32_t>();
    const auto size = in.get<std::uint32_t>();
    if (!in.ok() || magic != snapshot_magic) {
        return damaged("it does not start as a snapshot does");
    }
    if (size < fixed_size + checksum_size || size > header_size_max || bytes.size() < size) {
        return damaged(fmt::format("a header of {} bytes", size));
    }
    const std::size_t checksum_at = size - checksum_size;
    const auto found = LittleEndianReader(bytes.substr(checksum_at)).get<std::uint32_t>();
    if (found != crc32c(bytes.substr(0, checksum_at))) {
        return damaged("the header does not have its checksum");
    }
    if (version != snapshot_format_version) {
        return SnapshotFault{
            SnapshotFault::Kind::Unsupported,
            fmt::format("snapshot format version {}, and this program knows {} only: use the "
                        "program that wrote it, or move the file away",
                        version, snapshot_format_version)};
    }
    if (size != snapshot_header_size) {
        return damaged(fmt::format("a header of {} bytes", size));
    }
    header.logic_version = in.get<std::uint32_t>();
    header.sequence = Sequence{in.get<std::uint64_t>()};
    header.clock = unix_nanos(in.get<std::int64_t>());
    header.created = unix_nanos(in.get<std::int64_t>());
    header.configuration_hash = in.get<std::uint64_t>();
    const auto mark = machine_mark();
    if (in.get_bytes(mark.size()) != std::string_view(mark.data(), mark.size())) {
        return SnapshotFault{SnapshotFault::Kind::Unsupported,
                             "it was written on another kind of machine, whose state this one "
                             "cannot read: move the file away to start from the journal"};
    }
    extent.sections = in.get<std::uint32_t>();
    extent.file_size = in.get<std::uint64_t>();
    return std::nullopt;
}

std::uint32_t snapshot_section_checksum(std::uint32_t bytes_checksum, std::uint32_t kind,
                                        std::uint64_t length) {
    std::array<char, sizeof kind + sizeof length> bytes{};
    LittleEndianWriter out(bytes);
    out.put(kind);
    out.put(length);
    return crc32c({bytes.data(), bytes.size()}, bytes_checksum);
}

std::array<char, snapshot_section_head_size> encode_section_head(const SnapshotSectionHead& head) {
    std::array<char, snapshot_section_head_size> bytes{};
    LittleEndianWriter out(bytes);
    out.put(head.kind);
    out.put(head.checksum);
    out.put(head.length);
    return bytes;
}

SnapshotSectionHead decode_section_head(std::string_view bytes) {
    TS_ASSERT(bytes.size() == snapshot_section_head_size);
    LittleEndianReader in(bytes);
    SnapshotSectionHead head;
    head.kind = in.get<std::uint32_t>();
    head.checksum = in.get<std::uint32_t>();
    head.length = in.get<std::uint64_t>();
    return head;
}

std::string snapshot_name(Sequence sequence) {
    return fmt::format("{}{:0{}}{}", name_prefix, sequence.value(), name_digits, name_suffix);
}

std::optional<Sequence> snapshot_sequence(std::string_view name) {
    if (name.size() != name_prefix.size() + name_digits + name_suffix.size() ||
        !name.starts_with(name_prefix) || !name.ends_with(name_suffix)) {
        return std::nullopt;
    }
    const std::string_view digits = name.substr(name_prefix.size(), name_digits);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + name_digits, value);
    if (error != std::errc() || end != digits.data() + name_digits) {
        return std::nullopt;
    }
    return Sequence{value};
}

}  // namespace tickstock
