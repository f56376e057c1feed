#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/disk.hpp"
#include "journal/decision_codec.hpp"
#include "journal/segment_format.hpp"

namespace tickstock {

/// What is known of a segment file after a look at it.
struct SegmentSurvey {
    Sequence first;  ///< as its name says, or its header
    std::uint64_t file_bytes = 0;
    bool has_header = false;  ///< false: the header was never completed
    SegmentHeader header;
    bool walked = false;              ///< false: known from its last frame only
    Sequence last;                    ///< first − 1 = no entries
    std::uint64_t valid_through = 0;  ///< end of the last valid frame
    Sequence synced_through;          ///< as its frames say, when walked
    SegmentTail tail;
    UnixNanos last_clock;                 ///< of its last entry, when walked
    std::vector<RefusedRecords> refused;  ///< behind its last entry, when walked
    std::string damage;                   ///< what is no torn tail; names file and byte
};

/// `first` = what its name says, 0 = any. `next` = first sequence of the segment after it, 0 =
/// none: a segment that ends where that one begins is not read whole.
Result<SegmentSurvey> survey_segment(Disk& disk, const std::string& path, Sequence first,
                                     Sequence next);

/// Highest entry that any synced frame from `offset` on, be it in order or not, says was on the
/// disk; 0 = none.
Result<Sequence> find_synced_through(Disk& disk, const std::string& path, std::uint64_t offset);

}  // namespace tickstock
