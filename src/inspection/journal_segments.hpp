#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/disk.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "journal/journal.hpp"

namespace tickstock {

/// Where a segment of a journal begins, as its name and header say.
struct SegmentBegin {
    Sequence first;
    UnixNanos clock_before;  ///< of the entry before; time_unknown = none
};

/// All segments of the journal in `directory`, oldest first; one whose header was not written yet
/// is left out. An error when there is none, or one cannot be read.
Result<std::vector<SegmentBegin>> list_segment_begins(Disk& disk, const std::string& directory);

}  // namespace tickstock
