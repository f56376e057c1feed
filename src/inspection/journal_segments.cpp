#include "inspection/journal_segments.hpp"

#include <array>

#include "journal/journal_files.hpp"
#include "journal/segment_format.hpp"

namespace tickstock {

Result<std::vector<SegmentBegin>> list_segment_begins(Disk& disk, const std::string& directory) {
    const auto firsts = list_segments(disk, directory);
    if (!firsts) {
        return firsts.error();
    }
    std::vector<SegmentBegin> begins;
    for (const Sequence first : *firsts) {
        const auto file = disk.open(segment_path(directory, first), Disk::Mode::Read);
        if (!file) {
            if (first == firsts->front() || begins.empty()) {
                continue;  // removed by retention since it was listed
            }
            return to_error(file.error());
        }
        std::array<char, segment_header_size> bytes{};
        const auto size = (*file)->read_at(0, bytes);
        if (!size) {
            return to_error(size.error());
        }
        if (*size < bytes.size()) {
            continue;
        }
        const auto header = decode_segment_header({bytes.data(), bytes.size()});
        if (!header) {
            return Error{segment_path(directory, first) + ": " + header.error().message};
        }
        begins.push_back({first, header->clock_before});
    }
    if (begins.empty()) {
        return Error{directory + ": no journal segment there"};
    }
    return begins;
}

}  // namespace tickstock
