#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/disk.hpp"
#include "base/strong.hpp"
#include "journal/frame_reader.hpp"

namespace tickstock {

/// "00000000000000000001.tsj": the sequence of a segment's first entry, so that names sort.
std::string segment_name(Sequence first);
/// Nothing for a name that segment_name() does not give.
std::optional<Sequence> parse_segment_name(std::string_view name);
std::string segment_path(const std::string& directory, Sequence first);

/// First sequences of the segments in a directory, in order; other files are left alone.
Result<std::vector<Sequence>> list_segments(Disk& disk, const std::string& directory);

/// Bytes of a file of the operating system, opened for reading now.
Result<ReadBytes> read_file_bytes(const std::string& path);
/// For a FrameReader.
ReadBytesAt read_disk_file(std::shared_ptr<DiskFile> file);

inline Error to_error(const DiskError& error) {
    return Error{error.message};
}

}  // namespace tickstock
