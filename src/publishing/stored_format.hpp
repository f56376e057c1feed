#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/strong.hpp"
#include "base/time.hpp"
#include "publishing/event_stream.hpp"

namespace tickstock {

// The byte layout of the stored event stream's files; docs/reference/snapshots.md says the same in
// prose.

inline constexpr std::string_view stored_magic = "TSEVENTS";
inline constexpr std::uint32_t stored_format_version = 1;
inline constexpr std::size_t stored_header_size = 128;
inline constexpr std::size_t stored_epoch_max = 64;
/// Checksum, length, offset, kind.
inline constexpr std::size_t stored_frame_head_size = 17;
/// No frame of format version 1 carries more; far above what an event's body takes.
inline constexpr std::size_t stored_payload_max = std::size_t{1} << 20;

/// One file: events of one epoch with contiguous offsets.
struct StoredHeader {
    std::string epoch;  ///< 1 … stored_epoch_max bytes
    Offset first;
    UnixNanos created;  ///< ts_pub of the first event
};

/// What a frame carries. Values are on disk: never renumber.
enum class StoredKind : std::uint8_t {
    Event = 1,
    Close = 2,  ///< nothing follows; its offset is that of the event that would
};

struct StoredFrameHead {
    std::uint32_t checksum = 0;
    std::uint32_t length = 0;  ///< of the payload
    Offset offset;
    StoredKind kind = StoredKind::Event;
};

void append_stored_header(const StoredHeader& header, std::string& out);

struct StoredFault {
    enum class Kind : std::uint8_t {
        Damaged,
        Unsupported,  ///< whole, and written by a newer program
    };
    Kind kind = Kind::Damaged;
    std::string text;  ///< without the file's name
};
/// `bytes`: the file's first stored_header_size ones or more, or all of a shorter file. Nothing =
/// sound, and `header` is filled.
std::optional<StoredFault> decode_stored_header(std::string_view bytes, StoredHeader& header);

/// REQUIRES: a body that leaves the payload within stored_payload_max.
void append_event_frame(const StreamEntry& entry, std::string_view body, std::string& out);
void append_close_frame(Offset due, std::string& out);

enum class StoredFrameStatus : std::uint8_t { Valid, Cut, BadLength, BadKind, BadChecksum };
/// Looks at the frame that starts at bytes[0]. Cut: it goes on behind the end of `bytes`. `head` is
/// filled as far as the bytes reach.
StoredFrameStatus parse_stored_frame(std::string_view bytes, StoredFrameHead& head);

/// Reads an event frame's payload; `entry` has no slice yet. Returns a static text that says what
/// is wrong, or "".
std::string_view decode_event_payload(std::string_view payload, Offset offset, StreamEntry& entry,
                                      std::string_view& body);

/// "stream-0000000012.tse"; names sort by age.
std::string stored_name(std::uint64_t number);
/// Also of a file that was set aside ("stream-0000000012.tse.damaged"). Nothing = another file.
std::optional<std::uint64_t> stored_number(std::string_view name);
bool is_stored_name(std::string_view name);  ///< of a file in use

}  // namespace tickstock
